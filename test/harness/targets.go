package harness

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// seriesPerFamily is how many series of a target share a name.
const seriesPerFamily = 10

// Targets are many targets behind one address, told apart by the path. Each exposes counters and gauges whose values differ
// in every scrape.
type Targets struct {
	Address string

	server  *httptest.Server
	series  [][]byte // each series of a target up to its value; what precedes it included
	targets []atomic.Uint64
}

// StartTargets starts n targets of m series each.
func StartTargets(n, m int) *Targets {
	t := &Targets{targets: make([]atomic.Uint64, n)}
	for i := range m {
		t.series = append(t.series, exposedSeries(i))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{target}/metrics", t.serve)
	t.server = httptest.NewServer(mux)
	t.Address = strings.TrimPrefix(t.server.URL, "http://")
	return t
}

// exposedSeries alternates counters and gauges, with labels of the usual number and size.
func exposedSeries(i int) []byte {
	family, kind := i/seriesPerFamily, "gauge"
	name := fmt.Sprintf("service_connections_%d", family)
	if family%2 == 0 {
		name, kind = fmt.Sprintf("service_requests_%d_total", family), "counter"
	}
	text := ""
	if i%seriesPerFamily == 0 {
		text = fmt.Sprintf("# HELP %s What the service does, part %d.\n# TYPE %s %s\n", name, family, name, kind)
	}
	return fmt.Appendf(nil, `%s%s{code="%d",handler="/api/v1/resource/%d",method="GET"} `, text, name, 200+i%seriesPerFamily, family%7)
}

func (t *Targets) serve(w http.ResponseWriter, request *http.Request) {
	target, err := strconv.Atoi(request.PathValue("target"))
	if err != nil || target < 0 || target >= len(t.targets) {
		http.NotFound(w, request)
		return
	}
	scrape := t.targets[target].Add(1)
	page := make([]byte, 0, 80*len(t.series))
	for i, series := range t.series {
		page = append(page, series...)
		page = strconv.AppendFloat(page, float64(scrape)*(1+float64(i%97)*0.37)+float64(target), 'g', -1, 64)
		page = append(page, '\n')
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(page) // the client may be gone
}

// Scrapes is how often all targets together were scraped.
func (t *Targets) Scrapes() (sum uint64) {
	for i := range t.targets {
		sum += t.targets[i].Load()
	}
	return sum
}

// WriteTargets writes a file_sd file that names all targets, for the collector and for Prometheus.
func (t *Targets) WriteTargets(path string) error {
	type group struct {
		Targets []string          `json:"targets"`
		Labels  map[string]string `json:"labels"`
	}
	groups := make([]group, len(t.targets))
	for i := range groups {
		groups[i] = group{[]string{t.Address}, map[string]string{
			"__metrics_path__": fmt.Sprintf("/%d/metrics", i),
			"instance":         fmt.Sprintf("target-%d:9100", i),
		}}
	}
	content, err := json.Marshal(groups)
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// Close stops the targets.
func (t *Targets) Close() { t.server.Close() }
