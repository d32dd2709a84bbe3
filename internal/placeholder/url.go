package placeholder

import (
	"regexp"
	"strings"
)

// parts are shapes of one label of a host name, or of one segment of a path.
var parts = []*regexp.Regexp{
	regexp.MustCompile(`^(\.{3,}|…+)$`),                                // https://..., /prometheus/.../api/v3/write
	regexp.MustCompile(`[<>{}]|\*{3}`),                                 // {project}, <remote-write-url>, 1234****
	regexp.MustCompile(`(?i)^([a-z0-9]+-)*x{3,}(-[a-z0-9-]+)?$`),       // ts-xxxxxxxxxxxx, cn-xxx, workspace-xxxx-cn-hangzhou
	regexp.MustCompile(`(?i)x{6}`),                                     // ts-bp1xxxxxxxx
	regexp.MustCompile(`(?i)^your[-_]|^(instance|region|project)-id$`), // your-instance
}

// InURL returns the part of a URL that is a placeholder, or "". It looks at the host name and the path, not at the query: that may
// hold a secret.
func InURL(address string) string {
	address, _, _ = strings.Cut(address, "?")
	if whole := strings.TrimSpace(address); strings.HasPrefix(whole, "<") && strings.HasSuffix(whole, ">") {
		return whole
	}
	_, rest, found := strings.Cut(address, "://")
	if !found {
		rest = address
	}
	host, path, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host, _, _ = strings.Cut(host, ":")
	if host != "" && strings.Trim(host, ".…") == "" {
		return host
	}
	for _, part := range append(strings.Split(host, "."), strings.Split(path, "/")...) {
		for _, shape := range parts {
			if shape.MatchString(part) {
				return part
			}
		}
	}
	return ""
}
