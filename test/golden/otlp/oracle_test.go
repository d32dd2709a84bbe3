package otlp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/storage/remote/otlptranslator/prometheusremotewrite"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// translate is what Prometheus makes of metrics, sorted.
func translate(md pmetric.Metrics, strategy string) (string, error) {
	var o oracle
	_, err := prometheusremotewrite.NewPrometheusConverter(&o).FromMetrics(context.Background(), md, prometheusremotewrite.Settings{
		AddMetricSuffixes: strings.HasSuffix(strategy, "WithSuffixes"),
		AllowUTF8:         strings.HasPrefix(strategy, "No"),
		PromoteResourceAttributes: prometheusremotewrite.NewPromoteResourceAttributes(config.OTLPConfig{
			PromoteResourceAttributes: []string{"zone", "host.name"},
		}),
	})
	slices.Sort(o.texts)
	return strings.Join(o.texts, "\n") + "\n", err
}

// oracle writes down what Prometheus's own OTLP endpoint would have stored, one text for each sample.
type oracle struct{ texts []string }

func (o *oracle) Append(_ storage.SeriesRef, ls labels.Labels, start, at int64, v float64, h *histogram.Histogram, _ *histogram.FloatHistogram, _ storage.AppendV2Options) (storage.SeriesRef, error) {
	text := ls.Get("__name__")
	var rest string
	ls.Range(func(l labels.Label) {
		if l.Name != "__name__" && l.Value != "" {
			rest += fmt.Sprintf(",%s=%q", l.Name, l.Value)
		}
	})
	if rest != "" {
		text += "{" + rest[1:] + "}"
	}
	switch {
	case h != nil && value.IsStaleNaN(h.Sum):
		text += " stale histogram"
	case h != nil:
		text += " " + h.Compact(0).String()
	case value.IsStaleNaN(v):
		text += " stale"
	default:
		text += fmt.Sprintf(" %v", v)
	}
	text += fmt.Sprintf(" @%d", at)
	if start != 0 {
		text += fmt.Sprintf(" since %d", start)
	}
	o.texts = append(o.texts, text)
	return 1, nil
}

func (*oracle) Commit() error   { return nil }
func (*oracle) Rollback() error { return nil }
