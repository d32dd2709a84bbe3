package clients

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

// gate holds every comparison until it is opened, and knows how many there were at once.
type gate struct {
	entered chan struct{}
	open    chan struct{}
	inside  atomic.Int64
	most    atomic.Int64
	total   atomic.Int64
}

func newGate() *gate { return &gate{entered: make(chan struct{}), open: make(chan struct{})} }

func (g *gate) compare(hash, password []byte) error {
	g.total.Add(1)
	n := g.inside.Add(1)
	defer g.inside.Add(-1)
	for most := g.most.Load(); n > most && !g.most.CompareAndSwap(most, n); most = g.most.Load() {
	}
	select {
	case g.entered <- struct{}{}:
		<-g.open
	case <-g.open:
	}
	return bcrypt.CompareHashAndPassword(hash, password)
}

func TestFlood(t *testing.T) {
	const slotCount, senders = 2, 200
	f := newFixture(t, hashed(idA, bcryptOf(t, secretA)), plain(idB, secretB))
	f.accepts(idA, secretA)
	g := newGate()
	f.compare = g.compare
	f.slots = &slots{busy: make(chan struct{}, slotCount), waiting: make(chan struct{}, 10), wait: time.Hour}

	var flood sync.WaitGroup
	var busy, refused atomic.Int64
	for i := range senders {
		flood.Go(func() {
			_, err := f.Authenticate(context.Background(), basic(idA, fmt.Sprint("wrong", i)))
			switch {
			case errors.Is(err, ErrBusy):
				busy.Add(1)
			case errors.Is(err, ErrUnauthenticated):
				refused.Add(1)
			}
		})
	}
	for range slotCount {
		<-g.entered
	}
	for range 1000 { // every slot is taken now
		f.accepts(idA, secretA) // cached
		f.accepts(idB, secretB) // cheap
	}
	close(g.open)
	flood.Wait()

	assert.EqualValues(t, senders, busy.Load()+refused.Load(), "everybody was answered")
	assert.LessOrEqual(t, g.most.Load(), int64(slotCount))
	assert.Equal(t, g.total.Load(), refused.Load(), "who was busy cost nothing")
	assert.Equal(t, busy.Load(), f.Stats().Busy)
	assert.Equal(t, refused.Load(), f.Stats().Refused[WrongSecret])
}

func TestSameHeaderIsComparedOnce(t *testing.T) {
	f := newFixture(t, hashed(idA, bcryptOf(t, secretA)))
	f.slots = &slots{busy: make(chan struct{}, 1), waiting: make(chan struct{}, maxWaiting), wait: time.Hour}
	var connections sync.WaitGroup
	for range 100 {
		connections.Go(func() {
			_, err := f.Authenticate(context.Background(), basic(idA, secretA))
			assert.NoError(t, err)
		})
	}
	connections.Wait()
	assert.EqualValues(t, 1, f.compared.Load())
}

func TestFullQueueIsBusy(t *testing.T) {
	f := newFixture(t, hashed(idA, bcryptOf(t, secretA)))
	f.slots = &slots{busy: make(chan struct{}, 1), waiting: make(chan struct{}), wait: time.Hour}
	require.True(t, f.slots.acquire(t.Context()))
	_, err := f.Authenticate(t.Context(), basic(idA, secretA))
	require.Equal(t, ErrBusy, err)
	f.slots.release()
	f.accepts(idA, secretA) // being busy is not remembered
}

func TestRemovedWhileWaiting(t *testing.T) {
	f := newFixture(t, hashed(idA, bcryptOf(t, secretA)))
	f.slots = &slots{busy: make(chan struct{}, 1), waiting: make(chan struct{}, 1), wait: time.Hour}
	require.True(t, f.slots.acquire(t.Context()))
	answer := make(chan error)
	go func() {
		_, err := f.Authenticate(context.Background(), basic(idA, secretA))
		answer <- err
	}()
	require.Eventually(t, func() bool { return len(f.slots.waiting) == 1 }, 10*time.Second, time.Millisecond)
	f.write(encode(t, hashed(idB, bcryptOf(t, secretB))))
	require.NoError(t, f.Load())
	f.slots.release()
	assert.Equal(t, ErrUnauthenticated, <-answer)
}

func TestWaitIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots()
		for range cap(s.busy) {
			require.True(t, s.acquire(t.Context()))
		}
		start := time.Now()
		assert.False(t, s.acquire(t.Context()))
		assert.Equal(t, slotWait, time.Since(start))

		gone, cancel := context.WithCancel(t.Context())
		cancel()
		start = time.Now()
		assert.False(t, s.acquire(gone))
		assert.Zero(t, time.Since(start), "the caller has hung up")

		time.AfterFunc(slotWait/2, s.release)
		assert.True(t, s.acquire(t.Context()), "a slot that comes free is taken")
		assert.Empty(t, s.waiting)
	})
}
