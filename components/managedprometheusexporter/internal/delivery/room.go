package delivery

import (
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"
)

// waiting is what waits in the log at one moment.
type waiting struct {
	queued      uint64 // samples
	end         uint64 // ordinal of the next sample to be appended
	bytes, most int64  // size of the log, and to which it may grow
	fullIn      time.Duration
	filling     bool // fullIn is known
}

func (q *Queue) waiting() waiting {
	b := waiting{queued: q.Snapshot().Queued, bytes: q.Bytes(), most: q.MaxBytes()}
	_, b.end = q.log.Bounds()
	b.fullIn, b.filling = q.FullIn()
	return b
}

func (b waiting) fields() []zap.Field {
	fields := []zap.Field{zap.Uint64("queued_samples", b.queued)}
	if b.most > 0 {
		fields = append(fields, zap.String("wal_used", fmt.Sprintf("%d %%", min(100, b.bytes*100/b.most))))
	}
	if b.filling {
		fields = append(fields, zap.String("wal_full_in", rounded(b.fullIn)))
	}
	return fields
}

// FullIn returns when the write-ahead log is full if it grows on as in the last two minutes; ok is false while samples are
// delivered as they come, while the log does not grow, and in the first ten seconds of an outage.
func (q *Queue) FullIn() (in time.Duration, ok bool) {
	return q.growth.fullIn(time.Now(), q.Bytes(), q.MaxBytes())
}

const (
	growthOver  = 2 * time.Minute
	growthAfter = 10 * time.Second // shorter times say little about what comes
	growthEvery = 5 * time.Second
)

// growth measures how fast the log grows while samples wait. It is safe for concurrent use.
type growth struct {
	mu    sync.Mutex
	sizes []sizeAt // of the last two minutes, oldest first
}

type sizeAt struct {
	at   time.Time
	size int64
}

// add notes the size of the log.
func (g *growth) add(now time.Time, size int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := len(g.sizes); n > 0 && now.Sub(g.sizes[n-1].at) < growthEvery {
		return
	}
	g.sizes = append(g.sizes, sizeAt{now, size})
	for now.Sub(g.sizes[0].at) > growthOver {
		g.sizes = g.sizes[1:]
	}
}

// reset forgets everything, when samples are delivered as they come.
func (g *growth) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sizes = nil
}

func (g *growth) fullIn(now time.Time, size, most int64) (in time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.sizes) == 0 {
		return 0, false
	}
	first := g.sizes[0]
	elapsed := now.Sub(first.at)
	if elapsed < growthAfter || size <= first.size {
		return 0, false
	}
	left := float64(max(0, most-size)) / float64(size-first.size) * elapsed.Seconds()
	return time.Duration(min(left, 1e9) * float64(time.Second)), true
}
