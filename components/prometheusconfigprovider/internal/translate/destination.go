package translate

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"go.yaml.in/yaml/v3"
)

// destination is what becomes of an entry of remote_write.
type destination struct {
	entry      *yaml.Node
	written    *config.RemoteWriteConfig
	key        string // remote_write[0]
	id         string
	exporterID string
	exporter   *yaml.Node
	authID     string
	auth       *yaml.Node // nil without authentication
}

func (t *translation) destinations(root *yaml.Node) ([]*destination, error) {
	_, entries := lookup(root, "remote_write")
	all := make([]*destination, len(entries.Content))
	ids := map[string]bool{}
	var errs []error
	for i, entry := range entries.Content {
		d := &destination{entry: entry, written: t.loaded.RemoteWriteConfigs[i], key: fmt.Sprintf("remote_write[%d]", i)}
		d.id = identify(d.written.Name, d.written.URL.URL)
		d.exporterID = "managed_prometheus/" + d.id
		if ids[d.id] {
			errs = append(errs, t.at(entry, "%s has the URL of another entry: give both a name, which their write-ahead logs are told apart by", d.key))
		}
		ids[d.id] = true
		errs = append(errs, t.authenticate(d), t.export(d))
		all[i] = d
	}
	return all, errors.Join(errs...)
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// identify gives a destination a name that stays with it whatever is written before or after it, since the write-ahead log is
// found by it: that of the entry, else a hash of the URL. When the URL of one entry changes, the log follows, see docs/decisions/0015. Characters that a component's name cannot have are replaced, and a hash
// keeps such names distinct.
func identify(name string, to *url.URL) string {
	if plainName.MatchString(name) {
		return name
	}
	short := func(of string) string {
		sum := sha256.Sum256([]byte(of))
		return hex.EncodeToString(sum[:4])
	}
	if name != "" {
		return unusual.ReplaceAllString(name[:min(len(name), 50)], "_") + "-" + short(name)
	}
	public := *to
	public.User = nil
	return short(public.String())
}

var unusual = regexp.MustCompile(`[^A-Za-z0-9._-]`)

// export makes the exporter. Values that an entry does not name are Prometheus's, not those of our exporter.
func (t *translation) export(d *destination) error {
	w := d.written
	client, err := t.client(d)
	queue, metadata := w.QueueConfig, w.MetadataConfig
	d.exporter = mapping(
		"http", client,
		"proxy_from_environment", boolean(w.HTTPClientConfig.ProxyFromEnvironment),
		"wal", mapping("directory", t.variable("", walDirectoryVariable, walDirectory()), "max_size", t.variable("", walMaxSizeVariable, defaultMaxSize)),
		"queue_config", mapping(
			"capacity", integer(queue.Capacity),
			"min_shards", integer(queue.MinShards),
			"max_shards", integer(queue.MaxShards),
			"max_samples_per_send", integer(queue.MaxSamplesPerSend),
			"batch_send_deadline", duration(queue.BatchSendDeadline),
			"min_backoff", duration(queue.MinBackoff),
			"max_backoff", duration(queue.MaxBackoff),
			"sample_age_limit", duration(queue.SampleAgeLimit),
		),
		"metadata_config", mapping(
			"send", boolean(metadata.Send),
			"send_interval", duration(metadata.SendInterval),
			"max_samples_per_send", integer(metadata.MaxSamplesPerSend),
		),
		"protobuf_message", text(string(w.ProtobufMessage)),
		"send_exemplars", boolean(w.SendExemplars),
		"send_native_histograms", boolean(w.SendNativeHistograms),
	)
	if external := t.externalLabels(); len(external.Content) > 0 {
		set(d.exporter, "external_labels", external)
	}
	if _, rules := lookup(d.entry, "write_relabel_configs"); rules != nil && len(rules.Content) > 0 {
		set(d.exporter, "write_relabel_configs", rules)
		if t.loaded.GlobalConfig.MetricNameValidationScheme == model.LegacyValidation {
			set(d.exporter, "metric_name_validation_scheme", text("legacy"))
		}
	}
	t.noteEntry(d)
	return err
}

// externalLabels are as Prometheus has expanded them from its environment. One that is empty then adds nothing.
func (t *translation) externalLabels() *yaml.Node {
	node := mapping()
	t.loaded.GlobalConfig.ExternalLabels.Range(func(l labels.Label) {
		if l.Value != "" {
			set(node, l.Name, text(l.Value))
		}
	})
	return node
}

// noteEntry names what the exporter does in its own way.
func (t *translation) noteEntry(d *destination) {
	for _, s := range []struct {
		key    string
		unless string
		advice string
	}{
		{"round_robin_dns", "false", "connections are kept; let the endpoint's address balance them"},
		{"enable_http2", "false", "requests are sent over HTTP/1.1, which the service asks for"},
		{"follow_redirects", "false", "redirects are not followed, so that a key never travels to another host; write the final URL"},
	} {
		if key, value := lookup(d.entry, s.key); key != nil && value.Value != s.unless {
			t.note(key, d.key+"."+s.key, s.advice)
		}
	}
	if key, value := lookupIn(d.entry, "queue_config", "retry_on_http_429"); key != nil && strings.EqualFold(value.Value, "false") {
		t.note(key, d.key+".queue_config.retry_on_http_429", "what is answered with 429 is always sent again, from the write-ahead log")
	}
}

// lookupIn looks in a mapping within a mapping.
func lookupIn(in *yaml.Node, outer, key string) (name, value *yaml.Node) {
	_, nested := lookup(in, outer)
	return lookup(nested, key)
}
