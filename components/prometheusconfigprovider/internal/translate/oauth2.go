package translate

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	promconfig "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"
)

// oauth2 carries the client credentials grant. accesskey_auth asks for the tokens, and reads the files again.
func (t *translation) oauth2(d *destination, o *promconfig.OAuth2) error {
	_, in := lookup(d.entry, "oauth2")
	const fromFile = "there is no secret manager here: use a file"
	const grant = "only the grant client_credentials is supported: remove grant_type and set client_secret_file"
	refusals := []refusal{
		{[]string{"client_secret_ref"}, fromFile}, {[]string{"client_certificate_key"}, grant}, {[]string{"client_certificate_key_file"}, grant},
		{[]string{"client_certificate_key_ref"}, grant}, {[]string{"proxy_connect_header"}, "headers for a proxy cannot be carried: use a proxy that needs none"},
		{[]string{"tls_config", "ca_ref"}, fromFile}, {[]string{"tls_config", "cert_ref"}, fromFile}, {[]string{"tls_config", "key_ref"}, fromFile},
	}
	if o.GrantType != "" && o.GrantType != "client_credentials" {
		refusals = append(refusals, refusal{[]string{"grant_type"}, grant})
	}
	node := mapping("client_id", text(o.ClientID))
	key, _ := lookup(in, "token_url")
	t.setURL(node, "token_url", o.TokenURL, key, d.id+"_oauth2_token_url")
	switch {
	case o.ClientSecretFile != "":
		set(node, "client_secret_file", text(o.ClientSecretFile))
	case o.ClientSecret != "":
		key, _ := lookup(in, "client_secret")
		t.setSecret(node, "client_secret", string(o.ClientSecret), func() replacement { return t.secretFor(key, "client_secret_file", d.id+".client_secret") })
	}
	if len(o.Scopes) > 0 {
		set(node, "scopes", texts(o.Scopes...))
	}
	t.oauth2Params(d, o, in, node)
	t.setTLS(in, &o.TLSConfig, d.id+".oauth2", node)
	d.authID, d.auth = accessKeyType+"/"+d.id, mapping("oauth2", node)
	return errors.Join(t.refuse(in, d.key+".oauth2", refusals), t.oauth2Proxy(d, o, in, node))
}

// oauth2Params carries the further parameters of a request for a token. Which of them are secrets is judged as in jobs.
func (t *translation) oauth2Params(d *destination, o *promconfig.OAuth2, in, to *yaml.Node) {
	params := mapping()
	for _, name := range slices.Sorted(maps.Keys(o.EndpointParams)) {
		value := o.EndpointParams[name]
		if !secretParameter(name, value) {
			set(params, name, text(value))
			continue
		}
		key, _ := lookupIn(in, "endpoint_params", name)
		t.setSecret(params, name, value, func() replacement { return t.secretFor(key, "", d.id+"_oauth2_"+name) })
	}
	if len(params.Content) > 0 {
		set(to, "endpoint_params", params)
	}
}

// oauth2Proxy asks Prometheus which proxy is for the token endpoint, so that no_proxy needs no counterpart.
func (t *translation) oauth2Proxy(d *destination, o *promconfig.OAuth2, in, to *yaml.Node) error {
	address, err := url.Parse(o.TokenURL)
	if err != nil {
		return nil //nolint:nilerr // accesskey_auth names it
	}
	if o.ProxyFromEnvironment {
		set(to, "proxy_from_environment", boolean(true))
		return nil
	}
	proxy, err := proxyOf(&o.ProxyConfig, &http.Request{URL: address})
	if err != nil {
		return t.at(in, "%s.oauth2: the proxy that is configured is no URL", d.key)
	}
	if proxy != nil {
		key, _ := lookup(in, "proxy_url")
		t.setURL(to, "proxy_url", proxy.String(), key, d.id+"_oauth2_proxy_url")
	}
	return nil
}
