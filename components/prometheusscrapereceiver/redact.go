package prometheusscrapereceiver

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// YAML errors quote between backquotes what they could not read, which may be a password in the wrong place, with backquotes of
// its own. Others quote addresses, with the user before the @ and a password that may hold anything else.
var (
	quotedValue = regexp.MustCompile("`.*`")
	userinfo    = regexp.MustCompile(`//.*@`)
)

// WithoutValues is the text of an error of Prometheus about a configuration, its line numbers included, without what may be a
// secret. It rather leaves out too much of a line.
func WithoutValues(err error) string {
	text := err.Error()
	if wrong := (*url.Error)(nil); errors.As(err, &wrong) {
		text = strings.ReplaceAll(text, wrong.Error(), "a URL cannot be read: see url, proxy_url and token_url, and write special characters in them as %XX")
	}
	return userinfo.ReplaceAllString(quotedValue.ReplaceAllString(text, "a value"), "//...@")
}

// lineNumber counts the lines of a text that the user of a receiver never saw.
var lineNumber = regexp.MustCompile(`line \d+: `)

func withoutValues(err error) string {
	return lineNumber.ReplaceAllString(WithoutValues(err), "")
}
