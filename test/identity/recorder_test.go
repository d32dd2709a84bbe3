package identity

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// recorder follows what arrives at an endpoint.
type recorder struct {
	endpoint  *harness.Endpoint
	seen      int // requests looked at
	turns     map[string]*turns
	described int // requests of 1.0 that have metadata
}

func newRecorder(endpoint *harness.Endpoint) *recorder {
	return &recorder{endpoint: endpoint, turns: map[string]*turns{}}
}

// look looks at what has arrived since.
func (r *recorder) look() {
	all := r.endpoint.Received()
	for i := range all[r.seen:] {
		request := &all[r.seen+i]
		if len(request.Metadata) > 0 {
			r.described++
		}
		for s := range request.Series {
			noteTurns(r.turns, &request.Series[s])
		}
	}
	r.seen = len(all)
}

// scrapes is how many scrapes of a fixture have arrived.
func (r *recorder) scrapes(fixture string) int {
	if t := r.turns[fixture]; t != nil {
		return len(t.times)
	}
	return 0
}

// read makes recordings of what a scraper has sent, by version.
func (s *scraper) read(t *testing.T) map[string]*recording {
	t.Helper()
	all := map[string]*recording{}
	for version, rec := range s.recorders {
		var err error
		all[version], err = rec.read(version)
		require.NoError(t, err)
	}
	return all
}

// read makes a recording of everything that has arrived, which has to be of one version.
func (r *recorder) read(version string) (*recording, error) {
	all := r.endpoint.Received()
	for i := range all {
		if all[i].V2 != (version == "2.0") {
			return nil, fmt.Errorf("request %d is not remote write %s", i, version)
		}
	}
	return readRecording(all, compared)
}
