package burst

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// line is one report.
type line struct {
	key     string
	count   uint64
	example string
	after   time.Duration
}

// recorded returns a Log and what it reports.
func recorded() (*Log[string], *[]line) {
	begin, lines := time.Now(), []line{}
	return &Log[string]{Every: time.Minute, Report: func(key string, count uint64, example string) {
		lines = append(lines, line{key, count, example, time.Since(begin)})
	}}, &lines
}

func TestTheRestOfABurstIsReportedByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, lines := recorded()
		log.Add("refused", 1, "first")
		log.Add("refused", 10_000, "second")
		log.Add("refused", 2_119, "third")
		log.Add("corrupt", 0, "none")
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Equal(t, []line{{"refused", 1, "first", 0}, {"refused", 12_119, "third", time.Minute}}, *lines)
		log.Add("refused", 5, "fourth")
		assert.Len(t, *lines, 3, "a new burst is reported at once")
		log.Close()
		assert.Len(t, *lines, 3)
	})
}

func TestTheRestOfABurstIsReportedAtClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, lines := recorded()
		log.Add("refused", 1, "first")
		log.Add("refused", 99, "second")
		log.Close()
		log.Close()
		assert.Equal(t, []line{{"refused", 1, "first", 0}, {"refused", 99, "second", 0}}, *lines)
		log.Add("refused", 3, "late")
		log.Add("refused", 4, "later")
		assert.Equal(t, []line{{"refused", 3, "late", 0}, {"refused", 4, "later", 0}}, (*lines)[2:])
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Len(t, *lines, 4)
	})
}

// What many goroutines add, while periods end and the log is closed, is reported once.
func TestTheSumIsTheSum(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var reported uint64
	log := &Log[int]{Every: time.Microsecond, Report: func(_ string, count uint64, _ int) { reported += count }}
	var adding sync.WaitGroup
	var added [8]uint64
	for i := range added {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		adding.Go(func() {
			for range 2000 {
				n := random.Uint64N(5)
				log.Add(strconv.Itoa(random.IntN(3)), n, i)
				added[i] += n
			}
		})
	}
	adding.Wait()
	log.Close()
	var sum uint64
	for _, n := range added {
		sum += n
	}
	log.mu.Lock() // Close has returned, but a period may be ending
	defer log.mu.Unlock()
	require.Equal(t, sum, reported)
}
