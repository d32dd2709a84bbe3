package managedprometheusexporter

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/msp-collector/msp-collector/internal/placeholder"
)

// validateEndpoint refuses a URL that cannot be right. Hosts that are not the service's pass: test servers and own domains
// exist. What is known of the service's URLs: a V1 instance has {region}.arms.aliyuncs.com and ends in /api/v3/write, a V2
// instance or MetricStore has {project}.{region}.log.aliyuncs.com with the project again in its path and ends in
// /api/v1/write; "-intranet" behind the region is the internal address; ports 9090 and 9443 of V1 are for queries.
func validateEndpoint(endpoint string) error {
	const way = "copy the remote write URL from the instance's Settings tab"
	if endpoint == "" {
		return errors.New("http::endpoint is missing: " + way)
	}
	if part := placeholder.InURL(endpoint); part != "" {
		return fmt.Errorf("http::endpoint still holds the placeholder %q: %s", part, way)
	}
	if strings.ContainsAny(endpoint, "<> \t\n") {
		return errors.New("http::endpoint holds a space or an angle bracket: " + way)
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("http::endpoint is not an http or https URL: " + way)
	}
	if u.User != nil {
		return errors.New("http::endpoint holds credentials: take them out of the URL, and name accesskey_auth in http::auth::authenticator")
	}
	if hasNoPath(u) && ofTheService(u) {
		return fmt.Errorf("http::endpoint %s has no path: %s, it ends in /api/v1/write, /api/v3/write or /api/prom_write", u.Redacted(), way)
	}
	if purpose := otherPurpose(u); purpose != "" {
		return fmt.Errorf("http::endpoint %s is for %s: %s, it ends in /api/v1/write, /api/v3/write or /api/prom_write", u.Redacted(), purpose, way)
	}
	return validateRegion(u)
}

func ofTheService(u *url.URL) bool { return strings.HasSuffix(u.Hostname(), ".aliyuncs.com") }

func hasNoPath(u *url.URL) bool { return strings.Trim(u.Path, "/") == "" }

// endpointDoubt returns what is odd about a valid URL, or "".
func endpointDoubt(endpoint string) string {
	if u, err := url.Parse(endpoint); err == nil && hasNoPath(u) {
		return fmt.Sprintf("http::endpoint %s has no path: endpoints of remote write have one, such as /api/v1/write", withoutQuery(endpoint))
	}
	return ""
}

// otherPurpose says what a URL is for when it is not remote write.
func otherPurpose(u *url.URL) string {
	path := strings.TrimRight(u.Path, "/")
	for _, p := range []struct{ suffix, purpose string }{
		{"/api/v1/read", "remote read"}, {"/api/v3/read", "remote read"}, {"/api/prom_read", "remote read"},
		{"/api/v1/query", "queries"}, {"/api/v1/query_range", "queries"},
		{"/api/v1/pushgateway", "the Pushgateway protocol"},
	} {
		if strings.HasSuffix(path, p.suffix) {
			return p.purpose
		}
	}
	if strings.HasSuffix(u.Hostname(), ".arms.aliyuncs.com") {
		switch {
		case u.Port() == "9090" || u.Port() == "9443":
			return "queries"
		case strings.HasSuffix(path, "/api/v2"):
			return "the Pushgateway protocol"
		}
	}
	return ""
}

var regionInPath = regexp.MustCompile(`^/prometheus/[^/]+/[^/]+/([a-z]+-[a-z0-9-]+)/api/v3/write/?$`)

// validateRegion finds a URL put together from two instances.
func validateRegion(u *url.URL) error {
	host := u.Hostname()
	if region, ok := strings.CutSuffix(host, ".arms.aliyuncs.com"); ok {
		region = strings.TrimSuffix(region, "-intranet")
		if m := regionInPath.FindStringSubmatch(u.Path); m != nil && m[1] != region {
			return fmt.Errorf("http::endpoint names region %q in its host and %q in its path: copy it whole from the instance's Settings tab", region, m[1])
		}
	}
	if strings.HasSuffix(host, ".log.aliyuncs.com") && strings.HasPrefix(u.Path, "/prometheus/") {
		project, _, _ := strings.Cut(host, ".")
		if inPath := strings.Split(u.Path, "/")[2]; inPath != project {
			return fmt.Errorf("http::endpoint names project %q in its host and %q in its path: copy it whole from the instance's Settings tab", project, inPath)
		}
	}
	return nil
}
