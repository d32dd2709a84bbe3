package delivery

import (
	"sync"
	"time"
)

const (
	backlogPerSecond = 0.05 // share of the backlog that is to be worked off each second, beside what comes in
	tolerance        = 0.3  // a number of shards that is wrong by less stays
)

// rates measures how fast samples come and go. It is safe for concurrent use.
type rates struct {
	mu       sync.Mutex
	samples  int           // delivered or dropped since the last decision on the number of shards
	spent    time.Duration // on the requests that ended since then
	bytes    uint64        // sent since start
	requests uint64        // answered since start
	flying   map[int]flight

	accepted  uint64  // by the accounting, at the last decision
	perSample float64 // seconds of a shard, smoothed
}

// flight is the request that a shard has in flight.
type flight struct {
	begun   time.Time
	samples int // 0 for a part of a batch: what is searched is no measure of what others cost
}

// begin notes the request that a shard is about to send, and the samples in it when it is a whole batch.
func (r *rates) begin(shard, samples int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flying == nil {
		r.flying = map[int]flight{}
	}
	r.flying[shard] = flight{time.Now(), samples}
}

// end notes that the request of a shard has ended. decided says that the endpoint has decided on it; its size in bytes is
// counted then.
func (r *rates) end(shard, bytes int, decided bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if decided {
		if shard != laneIndex {
			r.spent += time.Since(r.flying[shard].begun)
		}
		r.bytes += uint64(bytes) //nolint:gosec // a size
		r.requests++
	}
	delete(r.flying, shard)
}

// settled notes samples that were delivered or dropped. Those of a request that is split are not: the time of all requests
// of the search is theirs.
func (r *rates) settled(samples int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.samples += samples
}

func (r *rates) totals() (requests, bytes uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests, r.bytes
}

// shards returns how many would keep up with what came in since the last decision and work off the backlog.
func (r *rates) shards(books Snapshot, elapsed time.Duration, now int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	in := float64(books.Accepted-r.accepted) / elapsed.Seconds()
	r.accepted = books.Accepted
	r.learn()
	want := r.perSample * (in + backlogPerSecond*float64(books.Queued))
	if want > float64(now)*(1-tolerance) && want < float64(now)*(1+tolerance) {
		return now
	}
	return int(want + 1)
}

// learn brings perSample up to date. When nothing was settled, requests in flight show how slow the endpoint is at least. The
// caller holds the lock.
func (r *rates) learn() {
	if r.samples > 0 {
		perSample := r.spent.Seconds() / float64(r.samples)
		if r.perSample == 0 {
			r.perSample = perSample
		}
		r.perSample += 0.3 * (perSample - r.perSample)
		r.samples, r.spent = 0, 0
		return
	}
	var waited time.Duration
	samples := 0
	for _, f := range r.flying {
		if f.samples > 0 {
			waited += time.Since(f.begun)
			samples += f.samples
		}
	}
	if samples > 0 {
		r.perSample = max(r.perSample, waited.Seconds()/float64(samples))
	}
}
