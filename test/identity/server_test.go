package identity

import (
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// scraperParameter is the URL parameter by which a server knows who scrapes.
const scraperParameter = "scraper"

// server serves fixtures. Each scraper walks through the steps of each fixture by itself, so that all see the same.
type server struct {
	main *httptest.Server

	mu      sync.Mutex
	base    time.Time
	scrapes map[string]int // by scraper and fixture
	private map[string]*httptest.Server
}

func startServer(t *testing.T, fixtures []fixture) *server {
	s := &server{scrapes: map[string]int{}, private: map[string]*httptest.Server{}}
	mux := http.NewServeMux()
	for _, f := range fixtures {
		if !f.live {
			mux.HandleFunc("GET /"+f.name, func(w http.ResponseWriter, r *http.Request) { s.serve(&f, w, r) })
		}
	}
	s.main = httptest.NewServer(mux)
	t.Cleanup(s.main.Close)
	for _, f := range fixtures {
		if slices.ContainsFunc(f.steps, func(one step) bool { return one.gone }) {
			for _, scraper := range scrapers {
				own := httptest.NewServer(mux)
				t.Cleanup(own.Close)
				s.private[scraper+"/"+f.name] = own
			}
		}
	}
	return s
}

// address is where a scraper finds a fixture. Those that go away have an address for each scraper, because they go away from
// each after the same number of scrapes.
func (s *server) address(scraper, fixture string) (address string, private bool) {
	if own := s.private[scraper+"/"+fixture]; own != nil {
		return own.Listener.Addr().String(), true
	}
	return s.main.Listener.Addr().String(), false
}

// begin says when the moments @base are; it comes before any scrape.
func (s *server) begin(base time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = base
}

func (s *server) serve(f *fixture, w http.ResponseWriter, r *http.Request) {
	key := r.URL.Query().Get(scraperParameter) + "/" + f.name
	s.mu.Lock()
	n := s.scrapes[key]
	s.scrapes[key]++
	base, own := s.base, s.private[key]
	s.mu.Unlock()
	if n+1 < len(f.steps) && f.steps[n+1].gone {
		w.Header().Set("Connection", "close")
		_ = own.Listener.Close() // this connection stays until the answer is written
	}
	f.steps[min(n, len(f.steps)-1)].write(w, base, f.gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"))
}

func (s *step) write(w http.ResponseWriter, base time.Time, compress bool) {
	if s.disconnect {
		panic(http.ErrAbortHandler)
	}
	body := s.body(base)
	w.Header()["Content-Type"] = nil // none, instead of a guess
	if s.contentType != "" {
		w.Header().Set("Content-Type", s.contentType)
	}
	if compress {
		w.Header().Set("Content-Encoding", "gzip")
	} else {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(max(s.status, http.StatusOK))
	if !compress {
		_, _ = w.Write(body) // the scraper may be gone
		return
	}
	squeezed := gzip.NewWriter(w)
	_, _ = squeezed.Write(body)
	_ = squeezed.Close()
}
