package encode

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/prometheus/otlptranslator"
	"github.com/prometheus/prometheus/model/relabel"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/verbatim"
	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// defaultPayloadBytes is where records are cut: damage to one costs no more than this, and what is up to 64 KiB is compressed fastest.
const defaultPayloadBytes = 63 << 10

// Settings of an encoder.
type Settings struct {
	ExternalLabels            map[string]string // added to series that have no label of that name
	WriteRelabelConfigs       []*relabel.Config // applied after them
	SendExemplars             bool
	SendNativeHistograms      bool
	CustomBuckets             func() bool                              // whether native histograms that have them are sent, too; nil: no
	TranslationStrategy       otlptranslator.TranslationStrategyOption // for OTLP data
	PromoteResourceAttributes []string                                 // for OTLP data: attributes of the resource that become labels
	TargetInfoInterval        time.Duration                            // for OTLP data: how often a target_info sample is made; 0: never
	MaxPayloadBytes           int                                      // 0: 63 KiB
}

// Encoder turns metrics into records. It is safe for concurrent use.
type Encoder struct {
	set          Settings
	external     []label
	externalText [][]byte // each encoded
	targets      *targets
	states       sync.Pool
	names        chan *names // not in use
}

// New returns an encoder.
func New(set Settings) (*Encoder, error) {
	if set.MaxPayloadBytes == 0 {
		set.MaxPayloadBytes = defaultPayloadBytes
	}
	e := &Encoder{set: set, targets: newTargets(set.TargetInfoInterval), names: make(chan *names, runtime.GOMAXPROCS(0))}
	for name, value := range set.ExternalLabels {
		if !utf8.ValidString(name) || !utf8.ValidString(value) || name == "" {
			return nil, fmt.Errorf("external_labels: %q: %q cannot be a label: the name is empty, or one is not UTF-8", name, value)
		}
		e.external = append(e.external, label{name, value})
	}
	slices.SortFunc(e.external, compareLabels)
	e.external = slices.DeleteFunc(e.external, func(l label) bool { return l.value == "" })
	for _, l := range e.external {
		e.externalText = append(e.externalText, record.AppendLabel(nil, l.name, l.value))
	}
	e.states.New = func() any { return &state{e: e} }
	return e, nil
}

// Refusal is why data points did not become samples.
type Refusal struct {
	Reason  string
	Count   int
	Example string // one of them, and what can be done
}

// Batch is what became of some metrics. Its slices are valid until Release.
type Batch struct {
	Payloads []wal.Payload // each with at least one sample
	Metadata []byte        // items, as record.Items takes them, of families that came without a sample
	Samples  int           // native histograms and exemplars without a sample included
	Filtered int           // dropped by relabelling
	Refused  []Refusal
	state    *state
}

// Release gives the batch's memory back.
func (b *Batch) Release() {
	if s := b.state; s != nil {
		b.state = nil
		s.e.states.Put(s)
	}
}

// Encode encodes all metrics; md is only read.
func (e *Encoder) Encode(md pmetric.Metrics) *Batch {
	return e.states.Get().(*state).encode(md)
}

func (s *state) encode(md pmetric.Metrics) *Batch {
	s.reset()
	s.names = s.e.takeNames()
	resources := md.ResourceMetrics()
	for i := range resources.Len() {
		s.resource(resources.At(i))
	}
	return s.finish()
}

// resource encodes the metrics of one resource.
func (s *state) resource(rm pmetric.ResourceMetrics) {
	s.origin.begin(rm.Resource().Attributes())
	scopes := rm.ScopeMetrics()
	for i := range scopes.Len() {
		s.kind = kindNone
		s.scope(scopes.At(i))
	}
	s.targetInfo()
}

func (s *state) scope(sm pmetric.ScopeMetrics) {
	s.origin.scope = sm
	metrics, hasOTLP := sm.Metrics(), false
	for i := range metrics.Len() {
		m := metrics.At(i)
		if written, ok := verbatim.Packed(m); ok {
			s.packed(written)
		} else if verbatim.Is(m) {
			s.verbatim(m)
		} else if kind, ok := verbatim.Type(m); ok {
			s.scrape(m, kind)
		} else {
			if !hasOTLP {
				hasOTLP = true
				s.group()
			}
			s.translate(m)
		}
	}
}
