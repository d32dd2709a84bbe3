package source

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/ini.v1"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

var errBadINI = errors.New(`it is neither JSON nor INI: write a section such as [default] with lines "key = value"`)

// parseINI returns the pair in the section named profile, "default" if that is empty. It reads as Alibaba Cloud's SDKs
// do, with the same package: quotes around a value are taken off, and a comment behind it is cut. Errors never quote the
// text, as those of the package would.
func parseINI(text, profile string) (accesskey.Pair, error) {
	if profile == "" {
		profile = "default"
	}
	file, err := ini.Load([]byte(text))
	if err != nil {
		if n := bareLine(text); n > 0 {
			return accesskey.Pair{}, fmt.Errorf(`line %d is neither JSON nor "key = value"`, n)
		}
		return accesskey.Pair{}, errBadINI
	}
	section, err := file.GetSection(profile)
	if err != nil {
		return accesskey.Pair{}, fmt.Errorf("it has no section [%s]: set profile to one that it has", profile)
	}
	f := fields{id: section.Key("access_key_id").String(), secret: section.Key("access_key_secret").String()}
	for _, name := range []string{"security_token", "sts_token"} {
		if token := section.Key(name).String(); token != "" {
			f.token = token
		}
	}
	return f.pair()
}

// bareLine returns the number of the first line that is neither a section, nor a comment, nor a key with a value, or 0.
func bareLine(text string) int {
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.ContainsAny(line[:1], "#;[") && !strings.ContainsAny(line, "=:") {
			return i + 1
		}
	}
	return 0
}
