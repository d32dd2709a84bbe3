package dropin

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// targetNames are the addresses that files can name; TLS serves https.
var targetNames = []string{"TARGET_A", "TARGET_B", "TARGET_C", "TARGET_TLS"}

// targets are the same for both scrapers but for their addresses.
type targets struct {
	addresses map[string]string // by name
	authority string            // file with the certificate of TARGET_TLS

	mu     sync.Mutex
	began  time.Time      // moments that targets expose are shortly after it
	counts map[string]int // scrapes of an address and path with its query
	ended  time.Time      // when the last of them was scraped often enough
}

// enough scrapes of a target show all it exposes: it changes with the third.
const enough = 4

func startTargets(t *testing.T) *targets {
	t.Helper()
	all := &targets{addresses: map[string]string{}, counts: map[string]int{}}
	for _, name := range targetNames {
		address, err := harness.FreeAddress()
		require.NoError(t, err)
		listener, err := net.Listen("tcp", address)
		require.NoError(t, err)
		server := httptest.NewUnstartedServer(all.handler(name))
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // one job distrusts the certificate
		require.NoError(t, server.Listener.Close())
		server.Listener = listener
		if name == "TARGET_TLS" {
			certificate, err := harness.NewCertificate(t.TempDir())
			require.NoError(t, err)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate.TLS}, MinVersion: tls.VersionTLS12}
			all.authority = certificate.CertFile
			server.StartTLS()
		} else {
			server.Start()
		}
		t.Cleanup(server.Close)
		all.addresses[name] = address
	}
	return all
}

// begin sets the moment that exposed ones follow.
func (s *targets) begin(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began = at
}

// handler counts what is scraped and serves the pages.
func (s *targets) handler(name string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /discovery", s.discovery)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, request *http.Request) {
		key := name + request.URL.RequestURI()
		s.mu.Lock()
		s.counts[key]++
		n := s.counts[key]
		if n == enough {
			s.ended = time.Now()
		}
		began := s.began
		s.mu.Unlock()
		serve(w, request, visit{n: n, began: began, settled: s.name})
	})
	return mux
}

// discovery is an HTTP service discovery of two targets.
func (s *targets) discovery(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	groups := []map[string]any{
		{"targets": []string{s.addresses["TARGET_A"]}, "labels": map[string]string{"from": "http", "__metrics_path__": "/plain"}},
		{"targets": []string{s.addresses["TARGET_B"]}, "labels": map[string]string{"from": "http", "__param_x": "$1"}},
	}
	_ = json.NewEncoder(w).Encode(groups) // the client may be gone
}

// name puts the names of addresses in their place.
func (s *targets) name(text string) string {
	for name, address := range s.addresses {
		text = strings.ReplaceAll(text, address, name)
	}
	return text
}

// place puts addresses in the place of their names.
func (s *targets) place(text string) string {
	for name, address := range s.addresses {
		text = strings.ReplaceAll(text, name, address)
	}
	return text
}

// scraped says what was scraped, once everything of it was so often enough.
func (s *targets) scraped() (what []string, at time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, n := range s.counts {
		what = append(what, key)
		if n < enough {
			err = fmt.Errorf("%d scrapes of %s", n, key)
		}
	}
	slices.Sort(what)
	return what, s.ended, err
}
