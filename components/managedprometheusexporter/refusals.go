package managedprometheusexporter

import (
	"maps"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/encode"
)

// refusals count what never became a sample in the log: filtered by relabelling, or not to be expressed as one. They are
// not in the books, which begin with what was accepted.
type refusals struct {
	logger *zap.Logger

	mu       sync.Mutex
	filtered uint64
	byReason map[string]uint64
	told     map[string]time.Time
}

// retellAfter bounds how often the log speaks of one reason.
const retellAfter = 10 * time.Minute

func newRefusals(logger *zap.Logger) *refusals {
	r := &refusals{logger: logger, byReason: map[string]uint64{}, told: map[string]time.Time{}}
	for _, reason := range encode.Reasons { // a counter that is there from the start shows its first increase
		r.byReason[reason] = 0
	}
	return r
}

func (r *refusals) add(batch *encode.Batch) {
	if batch.Filtered == 0 && len(batch.Refused) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.filtered += uint64(batch.Filtered) //nolint:gosec // a count
	for _, refused := range batch.Refused {
		r.byReason[refused.Reason] += uint64(refused.Count) //nolint:gosec // a count
		if time.Since(r.told[refused.Reason]) < retellAfter {
			continue
		}
		r.told[refused.Reason] = time.Now()
		r.logger.Warn("Data points refused: they cannot be sent to a Prometheus endpoint",
			zap.String("reason", refused.Reason), zap.Int("points", refused.Count), zap.String("example", refused.Example))
	}
}

func (r *refusals) snapshot() (filtered uint64, byReason map[string]uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.filtered, maps.Clone(r.byReason)
}
