package deliverystatusextension

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/msp-collector/msp-collector/components/status"
)

func TestRecentLosses(t *testing.T) {
	r, begin := newRecent(), time.Now()
	every := func(string) bool { return true }
	add := func(after time.Duration, samples uint64) {
		r.add(begin.Add(after), "one", []status.Loss{{Reason: "refused", Samples: samples}, {Reason: "wal_full"}})
	}
	is := func(after time.Duration, want uint64, last time.Duration) {
		t.Helper()
		samples, at := r.of(begin.Add(after), "one", every)
		assert.Equal(t, want, samples)
		assert.Equal(t, begin.Add(last), at)
	}
	add(0, 5)
	is(0, 5, 0)
	add(time.Minute, 5)
	is(time.Minute, 5, 0)
	add(2*time.Minute, 12)
	is(2*time.Minute, 12, 2*time.Minute)
	add(3*time.Minute, 3) // a reload: it began anew
	is(10*time.Minute, 15, 3*time.Minute)
	is(11*time.Minute, 10, 3*time.Minute)
	samples, _ := r.of(begin, "two", every)
	assert.Zero(t, samples)
	samples, _ = r.of(begin.Add(3*time.Minute), "one", func(reason string) bool { return reason != "refused" })
	assert.Zero(t, samples)
	r.begin()
	add(4*time.Minute, 3) // a reload that nobody saw the counter fall at
	is(4*time.Minute, 18, 4*time.Minute)
	add(15*time.Minute, 3)
	assert.Empty(t, r.byKey, "what is old is forgotten")
}
