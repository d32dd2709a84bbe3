package encode

import (
	"strings"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

const (
	targetInfo = "target_info"
	// maxTargets bounds what is remembered; beyond it, all is forgotten and told again.
	maxTargets = 10_000
)

// targets remember when target_info was last made of a resource and kept. Safe for concurrent use.
type targets struct {
	interval time.Duration // 0: never

	mu   sync.Mutex
	last map[uint64]pcommon.Timestamp
}

func newTargets(interval time.Duration) *targets {
	return &targets{interval: interval, last: map[uint64]pcommon.Timestamp{}}
}

func (t *targets) recall(key uint64) (last pcommon.Timestamp, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, known = t.last[key]
	return last, known
}

func (t *targets) remember(told map[uint64]pcommon.Timestamp) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, at := range told {
		if _, known := t.last[key]; len(t.last) >= maxTargets && !known {
			clear(t.last)
		}
		t.last[key] = at
	}
}

// Kept tells the encoder that the records are in the log, so that target_info need not be made of the same resources again
// before it is due. It comes before Release.
func (b *Batch) Kept() {
	if b.state != nil && len(b.state.told) > 0 {
		b.state.e.targets.remember(b.state.told)
	}
}

// due tells whether target_info is to be made of the resource at hand: an interval after the last one, or before it, since a
// clock may have been wrong and be right now.
func (s *state) due() bool {
	key, at := s.resourceKey(), s.origin.newest
	last, known := s.told[key]
	if !known {
		last, known = s.e.targets.recall(key)
	}
	since := time.Duration(at) - time.Duration(last) //nolint:gosec // both are times
	if known && -s.e.targets.interval < since && since < s.e.targets.interval {
		return false
	}
	if s.told == nil {
		s.told = map[uint64]pcommon.Timestamp{}
	}
	s.told[key] = at
	return true
}

// targetInfo adds the series of that name, which needs the newest time of the resource's samples.
func (s *state) targetInfo() {
	if s.origin.newest == 0 {
		return
	}
	if s.origin.scraped {
		s.scrapedTargetInfo()
	}
	if s.origin.otlp && s.e.targets.interval > 0 {
		s.otlpTargetInfo()
	}
}

// otlpTargetInfo makes a series of the attributes that do not identify the resource, where there are any beside ones that
// do.
func (s *state) otlpTargetInfo() {
	job, instance := s.origin.identity(s.names)
	if job == "" && instance == "" || !s.due() {
		return
	}
	described := pcommon.NewMap()
	s.origin.resource.CopyTo(described)
	described.RemoveIf(func(name string, _ pcommon.Value) bool { return identifies(name) })
	if described.Len() > 0 {
		s.use(kindTarget)
		s.info(record.Gauge, "Target metadata", described, moment{at: milliseconds(s.origin.newest)}, 1)
	}
}

func identifies(name string) bool {
	return name == serviceName || name == serviceNamespace || name == serviceInstance
}

// resourceKey tells resources apart, whatever the order of their attributes.
func (s *state) resourceKey() (key uint64) {
	for name, value := range s.origin.resource.All() {
		s.message = record.AppendLabel(s.message[:0], name, value.AsString())
		key += record.HashLabels(s.message)
	}
	return key
}

// info makes a target_info sample.
func (s *state) info(kind record.MetricType, help string, attributes pcommon.Map, m moment, value float64) {
	s.example = s.example[:0]
	if s.begin(targetInfo, attributes) {
		s.out.describe(record.Metadata{Type: kind, Family: targetInfo, Help: help})
		s.float(targetInfo, extra{}, m, value)
	}
}

// Attributes that contrib's receiver gives every resource; all others of a scraped one were labels of target_info. Those
// with this prefix come from Kubernetes service discovery.
var receiverAttributes = map[string]bool{
	serviceName: true, serviceInstance: true, "server.address": true, "server.port": true, "url.scheme": true,
}

const kubernetesPrefix = "k8s."

// scrapedTargetInfo gives back the target_info series that the target exposed. Its labels became attributes of the
// resource; a name with a dot is taken for one that did not come from there. The receiver does not tell when the series
// ends, but it ends when the target does.
func (s *state) scrapedTargetInfo() {
	n := 0
	for name := range s.origin.resource.All() {
		if exposedLabel(name) {
			n++
		}
	}
	if n == 0 {
		return
	}
	exposed := pcommon.NewMap()
	s.origin.resource.CopyTo(exposed)
	exposed.RemoveIf(func(name string, _ pcommon.Value) bool { return !exposedLabel(name) })
	at, gone := s.origin.newest, false
	if s.origin.upAt != 0 {
		at, gone = s.origin.upAt, s.origin.up != 1
	}
	s.kind = kindNone // the labels of the last scope are not for this series
	s.origin.scope = pmetric.NewScopeMetrics()
	s.use(kindScraped)
	s.info(record.Info, "", exposed, moment{at: milliseconds(at)}, orStale(1, gone))
}

func exposedLabel(attribute string) bool {
	return !receiverAttributes[attribute] && !strings.HasPrefix(attribute, kubernetesPrefix) && model.LegacyValidation.IsValidLabelName(attribute)
}
