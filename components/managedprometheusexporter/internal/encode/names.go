package encode

import (
	"math"
	"strconv"

	"github.com/prometheus/otlptranslator"
	"github.com/prometheus/prometheus/model/labels"
)

// maxNames is how much each of the caches below may hold from one batch to the next.
const maxNames = 20_000

// names translates names and numbers, and remembers the results.
type names struct {
	scope uint64 // number of the scope at hand

	metricNamer otlptranslator.MetricNamer
	labelNamer  otlptranslator.LabelNamer
	unitNamer   otlptranslator.UnitNamer

	metrics     map[otlptranslator.Metric]*family
	labels      map[string]string
	units       map[string]string
	jobs        map[[2]string]string
	families    map[string]*family
	integers    map[int64]string
	openMetrics map[uint64]string // by the bits of the number
	decimals    map[uint64]string
}

// family has the names of the series of a metric.
type family struct {
	name, sum, count, bucket string
	scope                    uint64 // that last had such series
}

func newNames(strategy otlptranslator.TranslationStrategyOption) *names {
	if strategy == "" {
		strategy = otlptranslator.UnderscoreEscapingWithSuffixes
	}
	return &names{
		metricNamer: otlptranslator.NewMetricNamer("", strategy),
		labelNamer:  otlptranslator.LabelNamer{UTF8Allowed: !strategy.ShouldEscape()},
		metrics:     map[otlptranslator.Metric]*family{}, labels: map[string]string{}, units: map[string]string{},
		jobs: map[[2]string]string{}, families: map[string]*family{}, integers: map[int64]string{}, openMetrics: map[uint64]string{}, decimals: map[uint64]string{},
	}
}

// takeNames returns names until giveNames. They are apart from the states, which wait for the disk: that many encode at a time,
// and so many caches there are, as there are CPUs.
func (e *Encoder) takeNames() *names {
	select {
	case n := <-e.names:
		n.trim()
		return n
	default:
		return newNames(e.set.TranslationStrategy)
	}
}

func (e *Encoder) giveNames(n *names) {
	select {
	case e.names <- n:
	default:
	}
}

// remember returns what the cache has for a key, or else makes it.
func remember[K comparable, V any](cache map[K]V, key K, compute func(K) V) V {
	if value, ok := cache[key]; ok {
		return value
	}
	value := compute(key)
	cache[key] = value
	return value
}

// trim empties what has become too large.
func (n *names) trim() {
	if len(n.metrics) > maxNames || len(n.families) > maxNames { // together, since those have these
		n.metrics, n.families = map[otlptranslator.Metric]*family{}, map[string]*family{}
	}
	n.labels, n.units, n.jobs = bounded(n.labels), bounded(n.units), bounded(n.jobs)
	n.integers, n.openMetrics, n.decimals = bounded(n.integers), bounded(n.openMetrics), bounded(n.decimals)
}

func bounded[K comparable, V any](cache map[K]V) map[K]V {
	if len(cache) > maxNames {
		return map[K]V{}
	}
	return cache
}

// metric returns a family, whose name is empty when none can be made.
func (n *names) metric(m otlptranslator.Metric) *family {
	return remember(n.metrics, m, func(m otlptranslator.Metric) *family {
		name, err := n.metricNamer.Build(m)
		if err != nil {
			name = ""
		}
		return n.family(name)
	})
}

// again tells whether the scope at hand has had a metric with series of these names already.
func (n *names) again(f *family, composite bool) bool {
	again := n.mark(f)
	if composite {
		for _, name := range [...]string{f.sum, f.count, f.bucket} {
			again = n.mark(n.family(name)) || again
		}
	}
	return again
}

func (n *names) mark(f *family) (again bool) {
	again, f.scope = f.scope == n.scope, n.scope
	return again
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
		return &family{name: name, sum: name + "_sum", count: name + "_count", bucket: name + "_bucket"}
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
