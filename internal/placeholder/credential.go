package placeholder

import (
	"regexp"
	"strings"
)

// credentials are shapes of whole values.
var credentials = []*regexp.Regexp{
	regexp.MustCompile(`^<[^<>]*>$`),                                    // <accesskey-id>
	regexp.MustCompile(`^[A-Za-z0-9]{0,8}(\.{3,}|…+)[A-Za-z0-9]{0,4}$`), // ..., LTAI5t...
	regexp.MustCompile(`^\*{3,}$|\*{4}`),                                // LTAI****, LTAI****abcd as logs show an id
	regexp.MustCompile(`^(LTAI[A-Za-z0-9]{0,2}|STS\.)?[xX]{3,}$`),       // LTAI5tXxx, xXxXxXx
	regexp.MustCompile(`[xX]{8}`),                                       // LTAI5txxxxxxxxxxxx
	regexp.MustCompile(`^\$\{[^{}]*\}$|^\{\{.*\}\}$`),                   // ${SECRET}, {{ .Values.secret }}
	regexp.MustCompile(`(?i)^your[-_ .]`),
	regexp.MustCompile(`(?i)^(<|\[|\{)?(alibaba[-_ ]?cloud[-_ ]?)?access[-_ ]?key([-_ ]?(id|secret))?(>|\]|\})?$`),
	regexp.MustCompile(`^[您你]的`),
}

// IsCredential reports whether a user name, an AccessKey ID, a password or a secret is a placeholder. White space around the
// value is ignored.
func IsCredential(value string) bool {
	value = strings.TrimSpace(value)
	for _, shape := range credentials {
		if shape.MatchString(value) {
			return true
		}
	}
	return false
}
