package managedprometheusexporter

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
)

// What confighttp takes from the environment is http.DefaultTransport's, which the test can set more than once in a process.
func TestTheProxyOfTheEnvironment(t *testing.T) {
	r := newReceiver(t)
	for name, c := range map[string]struct {
		fromEnvironment bool
		proxyURL        bool
		want            string
	}{
		"on": {fromEnvironment: true, want: "environment"}, "off": {want: ""}, "off, with another": {proxyURL: true, want: "configured"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Pointer[string]
			proxy := func(name string) *url.URL {
				server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(&name) }))
				t.Cleanup(server.Close)
				at, err := url.Parse(server.URL)
				require.NoError(t, err)
				return at
			}
			transport := http.DefaultTransport.(*http.Transport)
			before := transport.Proxy
			transport.Proxy = http.ProxyURL(proxy("environment"))
			t.Cleanup(func() { transport.Proxy = before })
			config := r.config(t)
			config.ProxyFromEnvironment = c.fromEnvironment
			if c.proxyURL {
				config.HTTP.ProxyURL = proxy("configured").String()
			}
			e, _ := started(t, component.NewID(componentType), config)
			delivered := len(r.received())
			require.NoError(t, e.ConsumeMetrics(t.Context(), gauge(1, time.Now())))
			require.Eventually(t, func() bool { return asked.Load() != nil || len(r.received()) > delivered }, 10*time.Second, 5*time.Millisecond)
			if c.want == "" {
				require.Nil(t, asked.Load(), "a proxy was asked")
			} else {
				require.Equal(t, c.want, *asked.Load())
			}
		})
	}
}
