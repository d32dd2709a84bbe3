package dropin

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// visit is one scrape of a page.
type visit struct {
	n       int // the n-th
	began   time.Time
	settled func(string) string // without addresses
}

const textFormat, openMetrics = "text/plain; version=0.0.4; charset=utf-8", "application/openmetrics-text; version=1.0.0; charset=utf-8"

// pages are what targets expose, by the first part of the path. What stands behind it is for files that scrape a page twice.
var pages = map[string]func(w http.ResponseWriter, request *http.Request, v visit){
	"metrics": plainPage, "plain": plainPage, "echo": echoPage, "open": openMetricsPage, "client": clientPage, "labels": labelsPage,
	"times": timesPage, "untyped": untypedPage, "private": privatePage,
	"moved": func(w http.ResponseWriter, r *http.Request, _ visit) {
		http.Redirect(w, r, "/plain/moved", http.StatusFound)
	},
	"broken": func(w http.ResponseWriter, _ *http.Request, _ visit) {
		http.Error(w, "broken", http.StatusInternalServerError)
	},
	"garbage": func(w http.ResponseWriter, _ *http.Request, _ visit) {
		w.Header().Set("Content-Type", textFormat)
		fmt.Fprint(w, "good 1\n{{{ 2\n")
	},
}

func serve(w http.ResponseWriter, request *http.Request, v visit) {
	name, _, _ := strings.Cut(strings.TrimPrefix(request.URL.Path, "/"), "/")
	page, exists := pages[name]
	if !exists {
		http.NotFound(w, request)
		return
	}
	page(w, request, v)
}

// plainPage changes with the third scrape: a value, and a series that is gone.
func plainPage(w http.ResponseWriter, _ *http.Request, v visit) {
	w.Header().Set("Content-Type", textFormat)
	value := 1
	if v.n > 2 {
		value = 2
	}
	fmt.Fprintf(w, `# HELP requests_total How many.
# TYPE requests_total counter
requests_total{code="200",path="/a/b",zone="North"} %d
requests_total{code="500",path="$1",zone="South"} 0.1
# TYPE go_goroutines gauge
go_goroutines 7
go_info{version="go1.26"} 1
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.1"} 1
latency_seconds_bucket{le="1"} 3
latency_seconds_bucket{le="+Inf"} 4
latency_seconds_sum 5.5
latency_seconds_count 4
# TYPE size_bytes summary
size_bytes{quantile="0.5"} 10
size_bytes{quantile="0.9"} NaN
size_bytes_sum 100
size_bytes_count 9
`, value)
	if v.n <= 2 {
		fmt.Fprintln(w, "leaving{zone=\"East\"} 3")
	}
}

// echoPage exposes what the scraper has asked with.
func echoPage(w http.ResponseWriter, request *http.Request, v visit) {
	w.Header().Set("Content-Type", textFormat)
	write := func(part, value string) { fmt.Fprintf(w, "asked{part=%q,value=%q} 1\n", part, v.settled(value)) }
	write("path", request.URL.Path)
	write("query", request.URL.Query().Encode())
	write("host", request.Host)
	for _, name := range slices.Sorted(maps.Keys(request.Header)) {
		write(name, strings.Join(request.Header[name], "|"))
	}
}

func openMetricsPage(w http.ResponseWriter, _ *http.Request, _ visit) {
	w.Header().Set("Content-Type", openMetrics)
	fmt.Fprint(w, `# HELP jobs How many.
# TYPE jobs counter
jobs_total{kind="a"} 3 # {trace_id="abc"} 1
jobs_created{kind="a"} 1.7e9
# TYPE build info
build_info{version="1"} 1
# TYPE heat gauge
# UNIT heat celsius
heat_celsius 20
# TYPE mode stateset
mode{mode="on"} 1
mode{mode="off"} 0
# EOF
`)
}

func labelsPage(w http.ResponseWriter, _ *http.Request, _ visit) {
	w.Header().Set("Content-Type", textFormat)
	fmt.Fprint(w, "pushed{job=\"theirs\",instance=\"there\",exported_job=\"x\",cluster=\"own\"} 1\npushed_plain 1\n")
}

// timesPage exposes times: one that stays, and one that moves on.
func timesPage(w http.ResponseWriter, _ *http.Request, v visit) {
	w.Header().Set("Content-Type", textFormat)
	at := v.began.UnixMilli()
	fmt.Fprintf(w, "timed 1 %d\nuntimed 1\n", at+100)
	if v.n <= 2 {
		fmt.Fprintf(w, "timed_leaving 1 %d\n", at+200)
	}
}

// untypedPage has no content type that Prometheus knows.
func untypedPage(w http.ResponseWriter, _ *http.Request, _ visit) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, "fallen_back 1\n")
}

// privatePage lets in who authenticates, and tells as whom.
func privatePage(w http.ResponseWriter, request *http.Request, _ visit) {
	authorization := request.Header.Get("Authorization")
	if authorization == "" {
		http.Error(w, "who?", http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", textFormat)
	fmt.Fprintf(w, "admitted{authorization=%q} 1\n", authorization)
}

var clientHandler = func() http.Handler {
	registry := prometheus.NewRegistry()
	native := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "native_seconds", Help: "A histogram of both kinds.", Buckets: []float64{0.1, 1, 10}, NativeHistogramBucketFactor: 1.1,
	})
	classic := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "classic_seconds", Help: "A classic histogram.", Buckets: []float64{0.1, 1, 10}}, []string{"zone"})
	for i := range 200 {
		native.Observe(float64(i%17) * 0.37)
		classic.WithLabelValues("North").Observe(float64(i%13) * 0.9)
	}
	dotted := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http.requests", Help: "A name with a dot."}, []string{"service.name"})
	dotted.WithLabelValues("shop").Add(3)
	registry.MustRegister(native, classic, dotted)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true, DisableCompression: true})
}()

// clientPage is what a program with Prometheus's client library exposes, in the protocol that it is asked for.
func clientPage(w http.ResponseWriter, request *http.Request, _ visit) {
	clientHandler.ServeHTTP(w, request)
}
