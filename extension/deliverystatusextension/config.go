package deliverystatusextension

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
)

// Config is what users write below `delivery_status:`.
type Config struct {
	// Endpoint is where the page is served.
	Endpoint string `mapstructure:"endpoint"`
	// TLS makes it https.
	TLS configoptional.Optional[configtls.ServerConfig] `mapstructure:"tls"`
	// Auth names an extension that judges who may look, accesskey_auth with a server section for example. The probes /live and
	// /ready stay open: they tell no more than a word.
	Auth configoptional.Optional[configauth.Config] `mapstructure:"auth"`
	// Verify looks for delivered samples at the destination.
	Verify configoptional.Optional[VerifyConfig] `mapstructure:"verify"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// VerifyConfig says where the destination answers PromQL.
type VerifyConfig struct {
	// QueryURL is the HTTP API URL of the instance's Settings tab: what stands before /api/v1/query.
	QueryURL string `mapstructure:"query_url"`
	// Auth names an authenticator whose AccessKey pair may read.
	Auth configoptional.Optional[configauth.Config] `mapstructure:"auth"`
	TLS  configtls.ClientConfig                     `mapstructure:"tls"`
	// Exporter is the one whose samples are looked for; it can be left out where there is only one.
	Exporter component.ID `mapstructure:"exporter"`
	// Interval is how often.
	Interval time.Duration `mapstructure:"interval"`

	// prevent unkeyed literal initialization
	_ struct{}
}

const minInterval = time.Second

// Validate checks what can be checked without listening or asking.
func (c *Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Endpoint); err != nil {
		return fmt.Errorf("endpoint %q is no address: write host:port, 127.0.0.1:8686 for example", c.Endpoint)
	}
	if c.Verify.HasValue() {
		return c.Verify.Get().validate()
	}
	return nil
}

func (c *VerifyConfig) validate() error {
	u, err := url.Parse(c.QueryURL)
	switch {
	case c.QueryURL == "" || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(c.QueryURL, "<> "):
		return errors.New("verify::query_url must be the HTTP API URL of the instance's Settings tab, http:// or https://")
	case u.User != nil:
		return errors.New("verify::query_url holds credentials: take them out, and name an accesskey_auth in verify::auth::authenticator")
	case strings.HasSuffix(u.Path, "/write") || strings.HasSuffix(u.Path, "/prom_write"):
		return errors.New("verify::query_url is a remote write URL: take the HTTP API URL of the instance's Settings tab")
	case c.Interval < minInterval:
		return fmt.Errorf("verify::interval must be at least %s", minInterval)
	}
	return nil
}

// queryURL is where a query goes.
func (c *VerifyConfig) queryURL() string {
	base := strings.TrimSuffix(strings.TrimRight(c.QueryURL, "/"), "/api/v1/query")
	return strings.TrimSuffix(base, "/api/v1") + "/api/v1/query"
}

// ListenAddress returns the key and the TCP address that the page is served at.
func (c *Config) ListenAddress() (key, endpoint string) { return "endpoint", c.Endpoint }
