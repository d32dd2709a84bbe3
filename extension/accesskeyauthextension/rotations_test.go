package accesskeyauthextension

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Many rotations under parallel requests. A header that mixes two rotations, a refusal, or a request
// that begins after a new pair was loaded and still goes with an older one shows.
func TestRotationsUnderParallelRequests(t *testing.T) {
	const rotations, senders = 500, 64
	e, path := newEndpoint(t), keyPath(t)
	ids, index := make([]string, rotations), map[string]int{}
	for i := range ids {
		ids[i] = fmt.Sprintf("LTAIrotation%012d", i)
		index[ids[i]] = i
	}
	e.accept(ids...)
	writePair(t, path, ids[0])
	cfg := fileConfig(path)
	cfg.CheckInterval = time.Millisecond
	r := startRig(t, cfg, nil)

	var loaded atomic.Int64
	stop := make(chan struct{})
	send := func() error {
		newest := int(loaded.Load())
		resp, err := r.client.Post(e.URL, "text/plain", strings.NewReader("samples"))
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if id := resp.Header.Get("X-Seen-Id"); resp.StatusCode != http.StatusOK || index[id] < newest {
			return fmt.Errorf("status %d with pair %s, though %d was loaded before", resp.StatusCode, id, newest)
		}
		return nil
	}
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := send(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i, id := range ids {
		writePair(t, path, id)
		r.waitFor(t, id)
		loaded.Store(int64(i))
	}
	close(stop)
	wg.Wait()
	require.Zero(t, e.mixed)
	t.Logf("%d requests during %d rotations", len(e.ids()), rotations)
}
