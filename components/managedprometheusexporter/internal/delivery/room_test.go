package delivery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestFullIn(t *testing.T) {
	var g growth
	begin := time.Now()
	in := func(after time.Duration, size int64) string {
		g.add(begin.Add(after), size)
		d, ok := g.fullIn(begin.Add(after), size, 1000)
		if !ok {
			return "unknown"
		}
		return rounded(d)
	}
	assert.Equal(t, "unknown", in(0, 100))
	assert.Equal(t, "unknown", in(9*time.Second, 190), "too early to say")
	assert.Equal(t, "1m20s", in(10*time.Second, 200))
	assert.Equal(t, "unknown", in(20*time.Second, 100), "it does not grow")
	assert.Equal(t, "1m15s", in(time.Minute, 500), "over all that is known")
	assert.Equal(t, "3m0s", in(3*time.Minute, 700), "over the last two minutes")
	assert.Equal(t, "0s", in(4*time.Minute, 2000))
	g.reset()
	assert.Equal(t, "unknown", in(5*time.Minute, 2000))
}
