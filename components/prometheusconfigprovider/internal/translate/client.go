package translate

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

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
	t.setTLS(d.entry, &d.written.HTTPClientConfig.TLSConfig, d.id, to)
	return t.refuse(d.entry, d.key, []refusal{
		{[]string{"tls_config", "ca_ref"}, "there is no secret manager here: use ca_file"},
		{[]string{"tls_config", "cert_ref"}, "there is no secret manager here: use cert_file"},
		{[]string{"tls_config", "key_ref"}, "there is no secret manager here: use key_file"},
	})
}

// setTLS makes a section tls of the tls_config in a section. name is for the file that replaces an inline key.
func (t *translation) setTLS(in *yaml.Node, c *promconfig.TLSConfig, name string, to *yaml.Node) {
	node := mapping()
	certificate := []setting{{"cert_pem", c.Cert}, {"cert_file", c.CertFile}, {"key_pem", string(c.Key)}, {"key_file", c.KeyFile}}
	comment := ""
	if c.Key != "" && t.secrets == Replaced {
		comment, certificate = t.clientCertificate(in, string(c.Key), name, certificate), nil
	}
	settings := append([]setting{{"ca_pem", c.CA}, {"ca_file", c.CAFile}}, certificate...)
	for _, s := range append(settings, setting{"server_name_override", c.ServerName}, setting{"min_version", tlsVersions[c.MinVersion]}, setting{"max_version", tlsVersions[c.MaxVersion]}) {
		if s.value != "" {
			set(node, s.key, text(s.value))
		}
	}
	if c.InsecureSkipVerify {
		set(node, "insecure_skip_verify", boolean(true))
	}
	if len(node.Content) > 0 || comment != "" {
		set(to, "tls", node).HeadComment = comment
	}
}

// setting is a key of the collector with its value; empty values are left out.
type setting struct{ key, value string }

// clientCertificate returns a comment in the place of a client certificate whose key is replaced. The collector does not start
// with a certificate that has no key, so the certificate is put in together with the key.
func (t *translation) clientCertificate(in *yaml.Node, secret, name string, certificate []setting) string {
	key, _ := lookupIn(in, "tls_config", "key")
	t.replaced = append(t.replaced, secret)
	file := t.secretFor(key, "key_file", name+".key")
	lines := []string{file.comment + ", and take the # off the lines below:", "  " + file.key + ": " + file.value.Value}
	for _, s := range certificate {
		if s.value != "" && s.key != "key_pem" {
			lines = append(lines, fmt.Sprintf("  %s: %q", s.key, escapeText(s.value)))
		}
	}
	return strings.Join(lines, "\n")
}
