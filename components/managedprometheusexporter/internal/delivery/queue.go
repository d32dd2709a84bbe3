package delivery

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// Queue is a write-ahead log and what delivers it. Append and Snapshot are safe for concurrent use.
type Queue struct {
	set        Settings
	log        *wal.Log
	books      *Books
	checkpoint *checkpoint
	gate       *gate
	rates      rates
	trial      trial
	sizes      sizes
	quarantine *quarantine
	lane       *lane
	metadata   *metadata
	drops      *dropLog
	problems   *problemLog
	seen       *seen
	growth     growth
	evicting   sync.Mutex // held while an append makes room

	current       atomic.Int32               // write.Protocol in use
	evictedBefore atomic.Uint64              // samples below it have left the log
	dispatched    atomic.Uint64              // samples below it have been given to their shards
	shards        atomic.Int64               // how many there are
	reshardEvery  atomic.Int64               // nanoseconds
	shape         atomic.Pointer[func() int] // decides how many shards are wanted, in tests

	stopping  chan struct{} // closed when Shutdown begins
	abandoned chan struct{} // closed when delivery is given up at shutdown
	giveUp    sync.Once
	cancel    context.CancelFunc
	running   sync.WaitGroup
}

// Open opens the log and begins to deliver what is in it.
func Open(set Settings) (*Queue, error) {
	q := &Queue{
		gate: newGate(&set), metadata: newMetadata(),
		drops: newDropLog(set.Logger), problems: newProblemLog(set.Logger),
		seen:     newSeen(),
		stopping: make(chan struct{}), abandoned: make(chan struct{}),
	}
	set.Log.OnAppend = func(first, end uint64) {
		if q.books != nil { // else it is the hole of an earlier run, see catchUp
			q.books.appended(first, end)
		}
	}
	set.Log.OnSyncError = func(err error) {
		q.problems.add("The write-ahead log cannot be forced to the disk: a power cut would lose its end", err)
	}
	q.set = set
	q.gate.waiting = q.waiting
	var err error
	if q.log, err = wal.Open(set.Log); err != nil {
		q.closeLogs()
		return nil, withRemedy(err)
	}
	q.reshardEvery.Store(int64(reshardInterval))
	q.current.Store(int32(set.Protocol)) //nolint:gosec // one of two
	if err := q.start(); err != nil {
		defer q.closeLogs()
		return nil, errors.Join(err, q.log.Close())
	}
	return q, nil
}

// Snapshot returns the books as of one moment.
func (q *Queue) Snapshot() Snapshot { return q.books.Snapshot() }

// Shards is the number of shards.
func (q *Queue) Shards() int { return int(q.shards.Load()) }

// Bytes is the size of the log on disk.
func (q *Queue) Bytes() int64 { return q.log.Size() }

// Sent returns how many requests the endpoint has decided on since start, and their bytes as sent.
func (q *Queue) Sent() (requests, bytes uint64) { return q.rates.totals() }

// Shutdown stops accepting, delivers what it can until the endpoint fails or flush_deadline is over, and closes the log.
// What is not delivered stays in the log.
func (q *Queue) Shutdown(ctx context.Context) error {
	close(q.stopping)
	ended := make(chan struct{})
	go func() { q.running.Wait(); close(ended) }()
	timer := time.NewTimer(q.set.FlushDeadline)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	case <-ctx.Done():
	}
	q.abandon()
	q.cancel()
	<-ended
	defer q.closeLogs()
	q.release()
	return errors.Join(q.checkpoint.refresh(true), q.log.Sync(), q.checkpoint.close(), q.quarantine.close(), q.log.Close())
}

// abandon gives delivery up at shutdown: requests in flight end, nothing new is sent.
func (q *Queue) abandon() {
	if q.isStopping() {
		q.giveUp.Do(func() { close(q.abandoned) })
	}
}

func (q *Queue) isStopping() bool {
	select {
	case <-q.stopping:
		return true
	default:
		return false
	}
}

func (q *Queue) protocol() write.Protocol { return write.Protocol(q.current.Load()) }

// fallBack goes over to remote write 1.0 until the next start. Several shards may find out at the same time.
func (q *Queue) fallBack(detail string) {
	if q.current.CompareAndSwap(int32(write.V2), int32(write.V1)) {
		q.problems.add("The endpoint does not support remote write 2.0: delivery continues with 1.0", errors.New(detail))
	}
}
