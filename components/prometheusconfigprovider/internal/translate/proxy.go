package translate

import (
	"net/http"
	"net/url"

	promconfig "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"
)

// proxy asks Prometheus which proxy is for this URL, so that no_proxy needs no counterpart. The proxy of the environment is that of
// the exporter's key proxy_from_environment, which export writes.
func (t *translation) proxy(d *destination, to *yaml.Node) error {
	c := &d.written.HTTPClientConfig.ProxyConfig
	if !c.ProxyFromEnvironment {
		proxy, err := proxyOf(c, &http.Request{URL: d.written.URL.URL})
		switch key, _ := lookup(d.entry, "proxy_url"); {
		case err != nil:
			return t.at(d.entry, "%s: the proxy that is configured is no URL", d.key)
		case proxy != nil && proxy.User != nil:
			public := *proxy
			public.User = nil
			t.setSecret(to, "proxy_url", proxy.String(), func() replacement { return t.secretURL(key, public.String(), d.id+"_proxy_url") })
		case proxy != nil:
			set(to, "proxy_url", text(proxy.String()))
		}
	}
	return t.refuse(d.entry, d.key, []refusal{{[]string{"proxy_connect_header"}, "headers for a proxy cannot be carried: use a proxy that needs none"}})
}

func proxyOf(c *promconfig.ProxyConfig, request *http.Request) (*url.URL, error) {
	choose := c.Proxy()
	if choose == nil {
		return nil, nil
	}
	return choose(request)
}
