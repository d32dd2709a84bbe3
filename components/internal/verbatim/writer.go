package verbatim

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Errors of samples that cannot be written.
var (
	ErrNoName   = errors.New("the series has no name")
	ErrReserved = fmt.Errorf("the label names %s and %s are reserved", HistogramAttribute, ExemplarsAttribute)
	ErrTime     = errors.New("the time is not between the years 1678 and 2262")
)

// Metadata are those of the family that a series belongs to.
type Metadata struct {
	Type               model.MetricType // empty: unknown
	Family, Help, Unit string           // empty Family: the series' name. Its memory may be used anew after Take.
}

// Writer puts samples into metrics by the convention. It is not safe for concurrent use; the zero value is ready.
type Writer struct {
	md      pmetric.Metrics
	started bool
	metrics []metric
	byName  map[string]int // the newest metric of a name
	last    int            // index of the metric written last
	sampled bool           // the sample written last is the last point of that metric
}

// metric is one that points are appended to: to the one kind or to the other.
type metric struct {
	name         string
	metadata     Metadata
	exponential  bool
	numbers      pmetric.NumberDataPointSlice
	exponentials pmetric.ExponentialHistogramDataPointSlice
}

// Float appends a sample. Times are in milliseconds; start is 0 when unknown.
func (w *Writer) Float(ls labels.Labels, m Metadata, start, at int64, v float64) error {
	p, err := w.number(ls, m, start, at)
	if err != nil {
		return err
	}
	if value.IsStaleNaN(v) {
		p.SetFlags(stale)
	} else {
		p.SetDoubleValue(v)
	}
	return nil
}

// Describe writes down a family that has no samples.
func (w *Writer) Describe(m Metadata) {
	w.begin()
	w.append(strings.Clone(m.Family), m, false)
	w.sampled = false
}

// Exemplar appends an exemplar to the sample written last; without one, it does nothing.
func (w *Writer) Exemplar(x exemplar.Exemplar) {
	if !w.sampled {
		return
	}
	m := &w.metrics[w.last]
	var list pmetric.ExemplarSlice
	if m.exponential {
		list = m.exponentials.At(m.exponentials.Len() - 1).Exemplars()
	} else {
		list = m.numbers.At(m.numbers.Len() - 1).Exemplars()
	}
	at, ok := nanoseconds(x.Ts)
	if !ok {
		return
	}
	e := list.AppendEmpty()
	e.SetTimestamp(at)
	e.SetDoubleValue(x.Value)
	e.FilteredAttributes().EnsureCapacity(x.Labels.Len())
	x.Labels.Range(func(l labels.Label) { e.FilteredAttributes().PutStr(l.Name, l.Value) })
}

// Take returns what was written, and begins anew.
func (w *Writer) Take() pmetric.Metrics {
	w.begin()
	md := w.md
	clear(w.metrics)
	clear(w.byName)
	*w = Writer{metrics: w.metrics[:0], byName: w.byName}
	return md
}

var stale = pmetric.DefaultDataPointFlags.WithNoRecordedValue(true)

func (w *Writer) begin() {
	if w.started {
		return
	}
	w.started = true
	w.md = pmetric.NewMetrics()
	w.md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	if w.byName == nil {
		w.byName = map[string]int{}
	}
}

// number appends a point of a gauge, with its labels and times.
func (w *Writer) number(ls labels.Labels, m Metadata, start, at int64) (p pmetric.NumberDataPoint, err error) {
	to, err := w.metric(ls, m, start, at, false)
	if err != nil {
		return p, err
	}
	p = to.numbers.AppendEmpty()
	p.SetTimestamp(pcommon.Timestamp(at * millisecond))         //nolint:gosec // checked, and signed by the convention
	p.SetStartTimestamp(pcommon.Timestamp(start * millisecond)) //nolint:gosec // as above
	putLabels(ls, p.Attributes())
	return p, nil
}

// metric returns the metric for a sample, or why there can be none.
func (w *Writer) metric(ls labels.Labels, m Metadata, start, at int64, exponential bool) (*metric, error) {
	name := ls.Get(model.MetricNameLabel)
	_, startOK := nanoseconds(start)
	_, atOK := nanoseconds(at)
	switch {
	case name == "":
		return nil, ErrNoName
	case !startOK || !atOK:
		return nil, fmt.Errorf("%s: %w", name, ErrTime)
	case ls.Has(HistogramAttribute), ls.Has(ExemplarsAttribute):
		return nil, fmt.Errorf("%s: %w", name, ErrReserved)
	}
	w.begin()
	w.sampled = true
	if w.last < len(w.metrics) && w.metrics[w.last].takes(name, m, exponential) {
		return &w.metrics[w.last], nil
	}
	if at, known := w.byName[name]; known && w.metrics[at].takes(name, m, exponential) {
		w.last = at
		return &w.metrics[at], nil
	}
	return w.append(name, m, exponential), nil
}

func (m *metric) takes(name string, metadata Metadata, exponential bool) bool {
	return m.exponential == exponential && m.name == name && m.metadata == metadata
}

func (w *Writer) append(name string, m Metadata, exponential bool) *metric {
	to := w.md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().AppendEmpty()
	to.SetName(name)
	to.SetDescription(m.Help)
	to.SetUnit(m.Unit)
	to.Metadata().EnsureCapacity(3)
	to.Metadata().PutBool(MarkerKey, true)
	to.Metadata().PutStr(TypeKey, string(m.kind()))
	if m.Family != "" && m.Family != name {
		to.Metadata().PutStr(FamilyKey, strings.Clone(m.Family))
	}
	one := metric{name: name, metadata: m, exponential: exponential}
	if exponential {
		h := to.SetEmptyExponentialHistogram()
		h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		one.exponentials = h.DataPoints()
	} else {
		one.numbers = to.SetEmptyGauge().DataPoints()
	}
	w.last = len(w.metrics)
	w.byName[name] = w.last
	w.metrics = append(w.metrics, one)
	return &w.metrics[w.last]
}

func (m *Metadata) kind() model.MetricType {
	if m.Type == "" {
		return model.MetricTypeUnknown
	}
	return m.Type
}

func putLabels(ls labels.Labels, dst pcommon.Map) {
	dst.EnsureCapacity(ls.Len())
	ls.Range(func(l labels.Label) {
		if l.Name != model.MetricNameLabel {
			dst.PutStr(l.Name, l.Value)
		}
	})
}

const millisecond = 1_000_000 // in nanoseconds

// nanoseconds is a time as pdata have it.
func nanoseconds(ms int64) (t pcommon.Timestamp, ok bool) {
	const limit = math.MaxInt64 / millisecond
	return pcommon.Timestamp(ms * millisecond), -limit <= ms && ms <= limit //nolint:gosec // signed by the convention
}
