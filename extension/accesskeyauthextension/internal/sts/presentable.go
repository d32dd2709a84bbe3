package sts

import (
	"net/url"
	"strings"
	"unicode"
)

const (
	maxQuoted = 512 // runes of one text of a service that an error may quote
	// minTokenPart keeps short parts of a token, which are also ordinary words, out of the blotting.
	minTokenPart = 16
)

// presentable makes a text of a service fit to show: one line, bounded, and without the secrets that
// a careless service may echo. The parts of a JWT are blotted out one by one too.
func presentable(text string, secrets []string) string {
	text = printable(text)
	for _, secret := range secrets {
		text = blot(text, secret)
		for part := range strings.SplitSeq(secret, ".") {
			if len(part) >= minTokenPart {
				text = blot(text, part)
			}
		}
	}
	if runes := []rune(text); len(runes) > maxQuoted {
		return string(runes[:maxQuoted]) + "..."
	}
	return text
}

func blot(text, secret string) string {
	if secret = printable(secret); secret == "" {
		return text
	}
	return strings.ReplaceAll(text, secret, "[REDACTED]")
}

func printable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text))
}

// presentableURL leaves out what may be secret in a URL: user, password, query and fragment.
func presentableURL(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
