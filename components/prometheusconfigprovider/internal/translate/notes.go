package translate

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Note says of a part of a file that it is not honoured, and what to do instead.
type Note struct {
	Path   string
	Line   int
	Key    string
	Advice string
}

func (n Note) String() string { return fmt.Sprintf("%s:%d: %s: %s", n.Path, n.Line, n.Key, n.Advice) }

// notHonoured are the sections that a collector has no place for.
var notHonoured = []struct{ section, advice string }{
	{"rule_files", "evaluate rules where the metrics are stored"},
	{"alerting", "send alerts from where the metrics are stored"},
	{"remote_read", "queries are answered where the metrics are stored"},
	{"storage", "samples wait in a write-ahead log alone, see wal of the exporter managed_prometheus"},
	{"tracing", "a further --config file can set service::telemetry::traces"},
	{"otlp", "a further --config file can add the receiver otlp, and the keys otlp of the exporter managed_prometheus"},
	{"runtime", "set the environment variable GOGC"},
}

// notHonouredInGlobal are keys of global likewise. evaluation_interval stands in every file and means nothing without rules.
var notHonouredInGlobal = []struct{ section, advice string }{
	{"rule_query_offset", "evaluate rules where the metrics are stored"},
	{"query_log_file", "queries are answered where the metrics are stored"},
}

func (t *translation) noteSections(root *yaml.Node) {
	for _, s := range notHonoured {
		if key, _ := lookup(root, s.section); key != nil {
			t.note(key, s.section, s.advice)
		}
	}
	t.noteOutOfOrder(root)
	_, global := lookup(root, "global")
	for _, s := range notHonouredInGlobal {
		if key, _ := lookup(global, s.section); key != nil {
			t.note(key, "global."+s.section, s.advice)
		}
	}
}

// noteOutOfOrder is about the one setting of the storage that changes what Prometheus sends.
func (t *translation) noteOutOfOrder(root *yaml.Node) {
	_, storage := lookup(root, "storage")
	_, tsdb := lookup(storage, "tsdb")
	if key, _ := lookup(tsdb, "out_of_order_time_window"); key != nil {
		t.note(key, "storage.tsdb.out_of_order_time_window", "a scraped sample that is older than the last one of its series is refused, and not sent")
	}
}

func (t *translation) note(at *yaml.Node, key, advice string) {
	t.result.Notes = append(t.result.Notes, Note{t.source.Path, at.Line, key, advice})
}
