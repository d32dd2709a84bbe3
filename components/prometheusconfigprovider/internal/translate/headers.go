package translate

import (
	"errors"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// headers are those of both keys that Prometheus has for them.
func (t *translation) headers(d *destination, to *yaml.Node) error {
	node := mapping()
	for _, name := range slices.Sorted(maps.Keys(d.written.Headers)) {
		key, _ := lookupIn(d.entry, "headers", name)
		t.setHeader(d, node, key, name, d.written.Headers[name], false)
	}
	var errs []error
	if more := d.written.HTTPClientConfig.HTTPHeaders; more != nil {
		for _, name := range slices.Sorted(maps.Keys(more.Headers)) {
			header := more.Headers[name]
			key, _ := lookupIn(d.entry, "http_headers", name)
			switch {
			case len(header.Files) > 0 || len(header.Values)+len(header.Secrets) != 1:
				errs = append(errs, t.at(key, "%s.http_headers: %q cannot be carried: a header has one value here, and it stands in values or secrets", d.key, name))
			case len(header.Secrets) == 1:
				t.setHeader(d, node, key, name, string(header.Secrets[0]), true)
			default:
				t.setHeader(d, node, key, name, header.Values[0], false)
			}
		}
	}
	if len(node.Content) > 0 {
		set(to, "headers", node)
	}
	return errors.Join(errs...)
}

// setHeader sets a header to its value, or to the replacement of one that is or may be a secret.
func (t *translation) setHeader(d *destination, to, at *yaml.Node, name, value string, secret bool) {
	if !secret && harmlessHeader.MatchString(name) {
		set(to, name, text(value))
		return
	}
	t.setSecret(to, name, value, func() replacement { return t.secretFor(at, "", d.id+"_"+name) })
}
