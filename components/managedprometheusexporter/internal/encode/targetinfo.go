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

// targets remember when target_info was last made of a resource. Safe for concurrent use.
type targets struct {
	interval pcommon.Timestamp // 0: never

	mu   sync.Mutex
	last map[uint64]pcommon.Timestamp
}

func newTargets(interval time.Duration) *targets {
	return &targets{interval: pcommon.Timestamp(interval), last: map[uint64]pcommon.Timestamp{}} //nolint:gosec // not negative
}

// due tells whether a series is to be made at a time, which is then remembered. A time before the last one is not.
func (t *targets) due(hash uint64, at pcommon.Timestamp) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, known := t.last[hash]
	if known && at < last+t.interval {
		return false
	}
	if len(t.last) >= maxTargets && !known {
		clear(t.last)
	}
	t.last[hash] = at
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
	if job == "" && instance == "" || !s.e.targets.due(s.resourceKey(), s.origin.newest) {
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

// resourceKey tells resources apart.
func (s *state) resourceKey() uint64 {
	key := s.message[:0]
	for name, value := range s.origin.resource.All() {
		key = record.AppendLabel(key, name, value.AsString())
	}
	s.message = key
	return record.HashLabels(key)
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
