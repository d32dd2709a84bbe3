package delivery

import (
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/burst"
)

// logEvery bounds how often the same trouble is logged.
const logEvery = time.Minute

// dropLog logs dropped samples: the first of a reason at once, the others as sums, once a minute and at the end. The sum of what
// it logs for a reason is what Books count as dropped for it.
type dropLog struct{ sums burst.Log[loss] }

// loss is what is known of dropped samples beside their number.
type loss struct{ detail, remedy string }

func newDropLog(logger *zap.Logger) *dropLog {
	return &dropLog{burst.Log[loss]{Every: logEvery, Report: func(reason string, samples uint64, last loss) {
		logger.Error("Samples dropped", zap.String("reason", reason), zap.Uint64("samples", samples),
			zap.String("detail", last.detail), zap.String("remedy", last.remedy))
	}}}
}

// add logs dropped samples, now or later. The remedy is that of this very loss; empty means that of the reason.
func (l *dropLog) add(reason string, samples uint64, detail, remedy string) {
	if remedy == "" {
		remedy = DropRemedies[reason]
	}
	l.sums.Add(reason, samples, loss{detail, remedy})
}

// DropRemedies say what somebody can do about samples dropped for a reason.
var DropRemedies = map[string]string{
	ReasonCorrupt: "check the disk: it did not return what was written to it",
	ReasonWALFull: "raise wal::max_size, on a disk with room for it, or find out why the endpoint accepts less than comes in",
	ReasonTooOld:  "none: queue_config::sample_age_limit asks for this",
	"refused":     "read the answer: out-of-order or duplicate samples mean that a series has two senders; other answers name a label or a limit",
	"too_large":   "shorten the labels of the series: the endpoint does not accept a request with one of its samples alone",
	"rejected":    "read the answer: the endpoint never accepts such a request",
	"not_written": "read the log of the endpoint: it reported that it did not write these samples",
}

// problemLog logs trouble that does not stop delivery: the first of a message at once, the others as a count, once a minute and
// at the end.
type problemLog struct{ counts burst.Log[error] }

func newProblemLog(logger *zap.Logger) *problemLog {
	return &problemLog{burst.Log[error]{Every: logEvery, Report: func(message string, times uint64, last error) {
		logger.Warn(message, zap.Error(last), zap.Uint64("times", times))
	}}}
}

// add logs one occurrence, now or later.
func (l *problemLog) add(message string, err error) { l.counts.Add(message, 1, err) }

// closeLogs logs what was held back. Nothing may be dropped afterwards.
func (q *Queue) closeLogs() {
	q.drops.sums.Close()
	q.problems.counts.Close()
}

// logDamage logs what was found damaged at start.
func (q *Queue) logDamage(checkpoint []string) {
	if len(checkpoint) > 0 {
		q.set.Logger.Warn("The checkpoint is damaged: samples that were delivered may be sent again",
			zap.String("problems", strings.Join(checkpoint, "; ")))
	}
	if r := q.log.Recovery(); r.Segment != "" {
		q.set.Logger.Warn("The end of the write-ahead log was cut off after its last complete record",
			zap.String("segment", r.Segment), zap.Int64("bytes", r.Cut))
	}
}
