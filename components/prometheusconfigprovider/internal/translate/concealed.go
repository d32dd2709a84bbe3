package translate

import (
	"net/url"
	"regexp"
	"strings"
)

// Prometheus hides what has the type of a secret. Secrets stand in other texts, too: in URLs, parameters and headers. What these
// hold is judged by its name and its look.
var (
	secretName = regexp.MustCompile(`(?i)token|secret|passw|pwd|passphrase|credential|bearer|jwt|cookie|authorization|signature|(^|[-_.])sig$|api[-_.]?key|access[-_.]?key|private[-_.]?key|(^|[-_.])key$`)
	// harmlessHeader are headers whose values are no secrets; any other header may be one.
	harmlessHeader = regexp.MustCompile(`(?i)^(x-scope-orgid|(x-|thanos-)?tenant(-id)?|accept(-.*)?|content-.*|user-agent|x-prometheus-.*|cache-control|host)$`)

	tokenText = regexp.MustCompile(`^[A-Za-z0-9+/=_.~-]{20,}$`)
	hexText   = regexp.MustCompile(`^[0-9a-fA-F-]{32,}$`)
)

// secretParameter reports whether the value of a parameter is a secret: by the name, or because it looks like a token.
func secretParameter(name, value string) bool {
	return value != "" && (secretName.MatchString(name) || looksRandom(value))
}

func looksRandom(value string) bool {
	if !tokenText.MatchString(value) {
		return false
	}
	return hexText.MatchString(value) ||
		strings.ContainsAny(value, "0123456789") && strings.ToLower(value) != value && strings.ToUpper(value) != value
}

// concealed reports whether a text of a job is a secret that Prometheus shows.
func concealed(at *place) bool {
	if _, secrets := publicURL(at.name(), at.value.Value); len(secrets) > 0 {
		return true
	}
	keys := at.keys
	last := len(keys) - 1
	if last < 0 {
		return false
	}
	for i, key := range keys[:last] {
		name := keys[i+1]
		switch key {
		case "params", "endpoint_params", "claims":
			return secretParameter(name, at.value.Value)
		case "http_headers":
			return i+2 <= last && keys[i+2] == "values" && !harmlessHeader.MatchString(name)
		case "labels":
			parameter, is := strings.CutPrefix(name, "__param_")
			return is && secretParameter(parameter, at.value.Value)
		}
	}
	if keys[last] == "replacement" { // of a rule that sets a parameter
		_, target := lookup(at.mapping, "target_label")
		if target == nil {
			return false
		}
		parameter, is := strings.CutPrefix(target.Value, "__param_")
		return is && !strings.Contains(at.value.Value, "$") && secretParameter(parameter, at.value.Value)
	}
	return false
}

// publicURL returns a URL without its password and without parameters that are secrets, and these. A text is a URL where it has a
// scheme, or where its key says that it is a path.
func publicURL(key, written string) (public string, secrets []string) {
	if !strings.Contains(written, "://") && key != "metrics_path" {
		return "", nil
	}
	address, err := url.Parse(written)
	if err != nil {
		return "", nil
	}
	if address.User != nil {
		if password, set := address.User.Password(); set {
			address.User, secrets = nil, append(secrets, password)
		}
	}
	var kept []string
	for parameter := range strings.SplitSeq(address.RawQuery, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		if secretParameter(name, value) {
			secrets = append(secrets, value)
			continue
		}
		kept = append(kept, parameter)
	}
	address.RawQuery = strings.Join(kept, "&")
	return address.String(), secrets
}
