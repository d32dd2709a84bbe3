package deliverystatusextension

import (
	"context"
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

const (
	sampleEvery = 10 * time.Second
	keepFor     = time.Hour
	rateOver    = time.Minute      // what "per second" is taken over
	lately      = 20 * time.Second // what delivery that is behind is judged from
)

// point is what is remembered of a destination at one time.
type point struct {
	at                          time.Time
	accepted, delivered, queued uint64
	delay                       float64
}

// history keeps the last hour of each destination. It is safe for concurrent use.
type history struct {
	mu   sync.Mutex
	byID map[string][]point
}

func newHistory() *history { return &history{byID: map[string][]point{}} }

// run calls remember with the time in intervals until ctx ends.
func run(ctx context.Context, remember func(now time.Time)) {
	ticker := time.NewTicker(sampleEvery)
	defer ticker.Stop()
	for {
		remember(time.Now())
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// add remembers the present, and forgets what is older than an hour and destinations that have gone for as long.
func (h *history) add(now time.Time, all []named[status.Destination]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range all {
		h.byID[d.ID] = append(h.byID[d.ID], pointOf(now, d.Of))
	}
	for id, points := range h.byID {
		old := 0
		for old < len(points) && now.Sub(points[old].at) > keepFor {
			old++
		}
		if h.byID[id] = points[old:]; old == len(points) {
			delete(h.byID, id)
		}
	}
}

func pointOf(now time.Time, d status.Destination) point {
	return point{now, d.Accepted, d.Delivered, d.Queued, float64(d.Delay)}
}

// of returns the history of a destination up to now, which is its last point.
func (h *history) of(id string, now point) []point {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append(append([]point(nil), h.byID[id]...), now)
}

// above tells that a count is larger than that of the point that follows: it began anew in between.
func (p point) above(next point) bool {
	return p.accepted > next.accepted || p.delivered > next.delivered
}

// rates returns samples per second, as far as they are remembered and counts did not begin anew: what comes in over the last
// minute, which scrapes make uneven, and what goes out since delivery works, over the last 20 seconds while it is behind and over
// the last minute otherwise.
func rates(points []point, behind bool, worksSince time.Time) (accepted, delivered float64) {
	last := points[len(points)-1]
	over := rateOver
	if behind {
		over = lately
	}
	from := last.at.Add(-over)
	if from.Before(worksSince) {
		from = worksSince
	}
	in, out := earliest(points, last.at.Add(-rateOver)), earliest(points, from)
	return perSecond(in, last, func(p point) uint64 { return p.accepted }), perSecond(out, last, func(p point) uint64 { return p.delivered })
}

// earliest returns the first point at a time or later since when counts did not begin anew.
func earliest(points []point, at time.Time) point {
	first := points[len(points)-1]
	for i := len(points) - 1; i >= 0 && !points[i].at.Before(at) && !points[i].above(first); i-- {
		first = points[i]
	}
	return first
}

// perSecond is the rate of a count between two points; one that fell has begun anew.
func perSecond(from, to point, count func(point) uint64) float64 {
	seconds := to.at.Sub(from.at).Seconds()
	if seconds <= 0 || count(to) < count(from) {
		return 0
	}
	return float64(count(to)-count(from)) / seconds
}

// drain is how long it takes until nothing waits any more, at these rates; ok is false when more comes in than goes out.
func drain(queued uint64, accepted, delivered float64) (d time.Duration, ok bool) {
	if delivered <= accepted {
		return 0, false
	}
	seconds := float64(queued) / (delivered - accepted)
	return time.Duration(min(seconds, 1e9) * float64(time.Second)), true
}
