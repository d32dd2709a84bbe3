package encode

import (
	"math"
	"strconv"

	"github.com/prometheus/otlptranslator"
	"github.com/prometheus/prometheus/model/labels"
)

// maxNames bounds each of the caches below: a full one is emptied.
const maxNames = 20_000

// names translates names and numbers, and remembers the results.
type names struct {
	metricNamer otlptranslator.MetricNamer
	labelNamer  otlptranslator.LabelNamer
	unitNamer   otlptranslator.UnitNamer

	metrics     map[otlptranslator.Metric]string
	labels      map[string]string
	units       map[string]string
	jobs        map[[2]string]string
	families    map[string]*family
	integers    map[int64]string
	openMetrics map[uint64]string // by the bits of the number
	decimals    map[uint64]string
}

// family has the names of the series of a histogram or summary.
type family struct{ name, sum, count, bucket string }

func newNames(strategy otlptranslator.TranslationStrategyOption) *names {
	if strategy == "" {
		strategy = otlptranslator.UnderscoreEscapingWithSuffixes
	}
	return &names{
		metricNamer: otlptranslator.NewMetricNamer("", strategy),
		labelNamer:  otlptranslator.LabelNamer{UTF8Allowed: !strategy.ShouldEscape()},
		metrics:     map[otlptranslator.Metric]string{}, labels: map[string]string{}, units: map[string]string{},
		jobs: map[[2]string]string{}, families: map[string]*family{}, integers: map[int64]string{}, openMetrics: map[uint64]string{}, decimals: map[uint64]string{},
	}
}

// remember returns what the cache has for a key, or else makes it.
func remember[K comparable, V any](cache map[K]V, key K, compute func(K) V) V {
	if value, ok := cache[key]; ok {
		return value
	}
	if len(cache) >= maxNames {
		clear(cache)
	}
	value := compute(key)
	cache[key] = value
	return value
}

// metric returns the name of a family, which is empty when none can be made.
func (n *names) metric(m otlptranslator.Metric) string {
	return remember(n.metrics, m, func(m otlptranslator.Metric) string {
		name, err := n.metricNamer.Build(m)
		if err != nil {
			return ""
		}
		return name
	})
}

// label returns the name of a label, which is empty when none can be made.
func (n *names) label(attribute string) string {
	return remember(n.labels, attribute, func(attribute string) string {
		name, err := n.labelNamer.Build(attribute)
		if err != nil {
			return ""
		}
		return name
	})
}

// unit returns Prometheus's word for a unit.
func (n *names) unit(unit string) string {
	if unit == "" {
		return ""
	}
	return remember(n.units, unit, n.unitNamer.Build)
}

func (n *names) family(name string) *family {
	return remember(n.families, name, func(name string) *family {
		return &family{name, name + "_sum", name + "_count", name + "_bucket"}
	})
}

// job is the label of a service in a namespace.
func (n *names) job(namespace, service string) string {
	return remember(n.jobs, [2]string{namespace, service}, func(of [2]string) string { return of[0] + "/" + of[1] })
}

func (n *names) integer(i int64) string {
	return remember(n.integers, i, func(i int64) string { return strconv.FormatInt(i, 10) })
}

// openMetric spells a number as Prometheus does for le and quantile of what it scrapes.
func (n *names) openMetric(f float64) string {
	return remember(n.openMetrics, math.Float64bits(f), func(uint64) string { return labels.FormatOpenMetricsFloat(f) })
}

// decimal spells a number as Prometheus does for le and quantile of what it gets over OTLP.
func (n *names) decimal(f float64) string {
	return remember(n.decimals, math.Float64bits(f), func(uint64) string { return strconv.FormatFloat(f, 'f', -1, 64) })
}
