package accesskeyauthextension

import (
	"net/url"
	"strings"

	"go.uber.org/zap"
)

// unusable tells, once per destination, why nothing can be sent to it as configured: exporters that
// retry do not log what they retry. It returns err.
func (a *accessKeyAuth) unusable(u *url.URL, err error) error {
	dest := a.destinations.of(u)
	if dest.tellUnusable() {
		a.logger.Error("Nothing can be sent to the endpoint as it is configured", zap.String("endpoint", dest.url), zap.Error(err))
	}
	return err
}

// notePlaintext warns, once per destination, about a pair that crosses the Internet unencrypted. The
// service's internal endpoints, whose region ends in -intranet, are plain http by design.
func (a *accessKeyAuth) notePlaintext(u *url.URL) {
	host := u.Hostname()
	if u.Scheme == "http" && strings.HasSuffix(host, ".aliyuncs.com") && !strings.Contains(host, "-intranet.") {
		a.logger.Warn("AccessKey secret is sent over the Internet unencrypted: write https:// in the endpoint, or use the instance's internal URL",
			zap.String("endpoint", u.Scheme+"://"+u.Host))
	}
}
