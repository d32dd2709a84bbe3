package translate

import (
	"crypto/tls"
	"errors"

	promconfig "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"
)

// client makes the part http of the exporter.
func (t *translation) client(d *destination) (*yaml.Node, error) {
	w := d.written
	_, written := lookup(d.entry, "url")
	endpoint := written.Value
	if w.URL.User != nil { // it is in the authenticator
		public := *w.URL.URL
		public.User = nil
		endpoint = public.String()
	}
	node := mapping()
	t.setURL(node, "endpoint", endpoint, written, d.id+"_url")
	set(node, "timeout", duration(w.RemoteTimeout))
	if d.auth != nil {
		set(node, "auth", mapping("authenticator", text(d.authID)))
	}
	errs := []error{t.tls(d, node), t.headers(d, node), t.proxy(d, node)}
	return node, errors.Join(errs...)
}

var tlsVersions = map[promconfig.TLSVersion]string{
	tls.VersionTLS10: "1.0", tls.VersionTLS11: "1.1", tls.VersionTLS12: "1.2", tls.VersionTLS13: "1.3",
}

func (t *translation) tls(d *destination, to *yaml.Node) error {
	c := d.written.HTTPClientConfig.TLSConfig
	node := mapping()
	for _, s := range []struct{ key, value string }{
		{"ca_pem", c.CA}, {"ca_file", c.CAFile}, {"cert_pem", c.Cert}, {"cert_file", c.CertFile},
		{"key_file", c.KeyFile}, {"server_name_override", c.ServerName},
		{"min_version", tlsVersions[c.MinVersion]}, {"max_version", tlsVersions[c.MaxVersion]},
	} {
		if s.value != "" {
			set(node, s.key, text(s.value))
		}
	}
	if c.Key != "" {
		key, _ := lookupIn(d.entry, "tls_config", "key")
		t.setSecret(node, "key_pem", string(c.Key), func() replacement { return t.secretFor(key, "key_file", d.id+".key") })
	}
	if c.InsecureSkipVerify {
		set(node, "insecure_skip_verify", boolean(true))
	}
	if len(node.Content) > 0 {
		set(to, "tls", node)
	}
	return t.refuse(d.entry, d.key, []refusal{
		{[]string{"tls_config", "ca_ref"}, "there is no secret manager here: use ca_file"},
		{[]string{"tls_config", "cert_ref"}, "there is no secret manager here: use cert_file"},
		{[]string{"tls_config", "key_ref"}, "there is no secret manager here: use key_file"},
	})
}
