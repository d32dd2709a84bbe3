package delivery

import (
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// retellAfter bounds how often the same trouble is logged.
const retellAfter = time.Minute

// dropLog tells of dropped samples: the first of a reason at once, then sums, once a minute at most.
type dropLog struct {
	logger *zap.Logger

	mu     sync.Mutex
	untold map[string]int
	told   map[string]time.Time
}

func newDropLog(logger *zap.Logger) *dropLog {
	return &dropLog{logger: logger, untold: map[string]int{}, told: map[string]time.Time{}}
}

// tell takes the remedy for this very loss; empty is that of the reason.
func (l *dropLog) tell(reason string, samples int, detail, remedy string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.untold[reason] += samples
	if time.Since(l.told[reason]) < retellAfter {
		return
	}
	if remedy == "" {
		remedy = DropRemedies[reason]
	}
	l.logger.Error("Samples dropped", zap.String("reason", reason), zap.Int("samples", l.untold[reason]),
		zap.String("detail", detail), zap.String("remedy", remedy))
	l.untold[reason], l.told[reason] = 0, time.Now()
}

// DropRemedies say what somebody can do about samples dropped for a reason.
var DropRemedies = map[string]string{
	ReasonCorrupt: "look at the disk: what was written to it did not come back; nothing else is lost",
	ReasonWALFull: "give the log more room with wal::max_size, on a disk that has it, or see why the endpoint takes less than comes in",
	ReasonTooOld:  "this is what queue_config::sample_age_limit asks for",
	"refused":     "see what the answer says: out of order or duplicate samples have two senders of one series, other errors name a label or a limit",
	"too_large":   "lower the size of what is sent, see max_request_bytes: a single sample is too large for the endpoint",
	"rejected":    "see what the answer says: the endpoint will never take such a request",
	"not_written": "the endpoint left them out and says so: see its log",
}

// problemLog tells of trouble that does not stop delivery: once a minute per message.
type problemLog struct {
	logger *zap.Logger

	mu   sync.Mutex
	told map[string]time.Time
}

func newProblemLog(logger *zap.Logger) *problemLog {
	return &problemLog{logger: logger, told: map[string]time.Time{}}
}

func (l *problemLog) tell(message string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.told[message]) < retellAfter {
		return
	}
	l.told[message] = time.Now()
	l.logger.Warn(message, zap.Error(err))
}

// tellDamage logs what was found wrong at start.
func (q *Queue) tellDamage(checkpoint []string) {
	if len(checkpoint) > 0 {
		q.set.Logger.Warn("The checkpoint is damaged: samples that were delivered may be sent again",
			zap.String("problems", strings.Join(checkpoint, "; ")))
	}
	if r := q.log.Recovery(); r.Segment != "" {
		q.set.Logger.Warn("The end of the write-ahead log was cut off behind its last whole record",
			zap.String("segment", r.Segment), zap.Int64("bytes", r.Cut))
	}
}
