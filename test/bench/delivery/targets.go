package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// targets are all targets behind one address, told apart by the path.
type targets struct {
	server  *httptest.Server
	lines   []line
	scrapes []atomic.Uint64
	pages   sync.Pool // of *[]byte
}

func startTargets(n int) *targets {
	t := &targets{lines: hostLines(), scrapes: make([]atomic.Uint64, n)}
	t.pages.New = func() any { return new([]byte) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{target}/metrics", t.serve)
	t.server = httptest.NewServer(mux)
	return t
}

func (t *targets) serve(w http.ResponseWriter, request *http.Request) {
	target, err := strconv.Atoi(request.PathValue("target"))
	if err != nil || target < 0 || target >= len(t.scrapes) {
		http.NotFound(w, request)
		return
	}
	buffer := t.pages.Get().(*[]byte)
	defer t.pages.Put(buffer)
	*buffer = page((*buffer)[:0], t.lines, t.scrapes[target].Load())
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(*buffer)))
	if _, err := w.Write(*buffer); err == nil { // otherwise the client is gone
		t.scrapes[target].Add(1)
	}
}

// scraped is how often all targets together were scraped.
func (t *targets) scraped() (sum uint64) {
	for i := range t.scrapes {
		sum += t.scrapes[i].Load()
	}
	return sum
}

// write writes a file_sd file, for Prometheus and for the collector.
func (t *targets) write(path string) error {
	type group struct {
		Targets []string          `json:"targets"`
		Labels  map[string]string `json:"labels"`
	}
	groups := make([]group, len(t.scrapes))
	for i := range groups {
		groups[i] = group{[]string{strings.TrimPrefix(t.server.URL, "http://")}, map[string]string{
			"__metrics_path__": fmt.Sprintf("/%d/metrics", i),
			"instance":         fmt.Sprintf("host-%02d.example.com:9100", i),
		}}
	}
	content, err := json.Marshal(groups)
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

func (t *targets) close() { t.server.Close() }
