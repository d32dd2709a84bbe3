// Package translate makes a collector configuration of a prometheus.yml.
//
// Prometheus's own config package says what is valid and what a file means; the text of the file is what is carried, as YAML
// nodes, because Prometheus's types do not come out of YAML as they went in: they hide secrets and fill in defaults. In the end
// what was carried is read by Prometheus again and compared with what the file itself was read as.
//
// Nothing here knows of `$` but Escaped: until then values are literal.
package translate
