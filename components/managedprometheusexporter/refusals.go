package managedprometheusexporter

import (
	"maps"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/burst"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/encode"
)

// refusals count what never became a sample in the log: filtered by relabelling, or not to be expressed as one. They are not part
// of the accounting, which begins with what was accepted. The log has the first of a reason at once, and the others as sums, every
// ten minutes and at the end.
type refusals struct {
	sums burst.Log[string] // of points by reason, with an example

	mu       sync.Mutex
	filtered uint64
	byReason map[string]uint64
}

// logEvery bounds how often the log has one reason.
const logEvery = 10 * time.Minute

func newRefusals(logger *zap.Logger) *refusals {
	r := &refusals{byReason: map[string]uint64{}}
	r.sums = burst.Log[string]{Every: logEvery, Report: func(reason string, points uint64, example string) {
		logger.Warn("Data points refused: they cannot be sent to a Prometheus endpoint",
			zap.String("reason", reason), zap.Uint64("points", points), zap.String("example", example))
	}}
	for _, reason := range encode.Reasons { // a counter that is there from the start shows its first increase
		r.byReason[reason] = 0
	}
	return r
}

func (r *refusals) add(batch *encode.Batch) {
	if batch.Filtered == 0 && len(batch.Refused) == 0 {
		return
	}
	r.count(batch)
	for _, refused := range batch.Refused {
		r.sums.Add(refused.Reason, uint64(refused.Count), refused.Example) //nolint:gosec // a count
	}
}

func (r *refusals) count(batch *encode.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.filtered += uint64(batch.Filtered) //nolint:gosec // a count
	for _, refused := range batch.Refused {
		r.byReason[refused.Reason] += uint64(refused.Count) //nolint:gosec // a count
	}
}

// close logs what was held back.
func (r *refusals) close() { r.sums.Close() }

func (r *refusals) snapshot() (filtered uint64, byReason map[string]uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.filtered, maps.Clone(r.byReason)
}
