package dropin

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/value"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"github.com/msp-collector/msp-collector/test/harness"
)

// recording is what a scraper sent to one endpoint: for each series the values in turn, repeated ones once.
type recording struct {
	series  map[string][]string
	samples int
	header  map[string]string // of its requests, what does not depend on their size
	last    time.Time         // of all samples
	up      []string          // labels of the series up, which are those of targets
}

// timing are series whose values are durations.
var timing = []string{"scrape_duration_seconds"}

// record reads requests. What was scraped after the end is left out: it may be more or less.
func record(requests []harness.Received, name func(string) string, began, end time.Time) (*recording, error) {
	r := &recording{series: map[string][]string{}, header: map[string]string{}}
	type sample struct {
		at   int64
		text string
	}
	all := map[string][]sample{}
	for i := range requests {
		if requests[i].Err != nil {
			return nil, fmt.Errorf("request %d: %w", i, requests[i].Err)
		}
		r.readHeader(requests[i])
		for s := range requests[i].Series {
			series := &requests[i].Series[s]
			labels := name(series.String())
			if series.Label("__name__") == "up" && all[labels] == nil {
				r.up = append(r.up, strings.Replace(labels, `__name__="up", `, "", 1))
			}
			add := func(at int64, text string) {
				if at > r.last.UnixMilli() {
					r.last = time.UnixMilli(at)
				}
				if at <= end.UnixMilli() {
					all[labels] = append(all[labels], sample{at, moment(at, began) + text})
					r.samples++
				}
			}
			for _, float := range series.Samples {
				text := strconv.FormatUint(float.Bits, 16)
				if float.Bits == value.StaleNaN {
					text = "stale"
				} else if slices.Contains(timing, series.Label("__name__")) {
					text = "a duration"
				}
				add(float.Timestamp, text)
			}
			for _, histogram := range series.Histograms {
				add(histogram.Timestamp, "histogram "+withoutTime(histogram.Bytes))
			}
			for _, exemplar := range series.Exemplars {
				add(exemplar.Timestamp, fmt.Sprintf("exemplar %v %x", exemplar.Labels, exemplar.Bits))
			}
		}
	}
	for labels, samples := range all {
		slices.SortStableFunc(samples, func(a, b sample) int { return int(a.at - b.at) })
		for _, s := range samples {
			if seen := r.series[labels]; len(seen) == 0 || seen[len(seen)-1] != s.text {
				r.series[labels] = append(seen, s.text)
			}
		}
	}
	return r, nil
}

// moment names times that targets expose; those of scrapes differ.
func moment(at int64, began time.Time) string {
	if after := at - began.UnixMilli(); after == 100 || after == 200 {
		return fmt.Sprintf("at %d: ", after)
	}
	return ""
}

// sentHeaders are those by which an endpoint knows who sends and what.
var sentHeaders = []string{"Authorization", "Content-Type", "Content-Encoding", "X-Prometheus-Remote-Write-Version", "X-Tenant", "X-Dollar"}

func (r *recording) readHeader(received harness.Received) {
	for _, name := range sentHeaders {
		if values := received.Header.Values(name); len(values) > 0 {
			r.header[name] = strings.Join(values, "|")
		}
	}
}

// differences names what is not the same.
func differences(prometheus, collector *recording) (found []string) {
	names := maps.Clone(prometheus.series)
	maps.Copy(names, collector.series)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if one, other := prometheus.series[name], collector.series[name]; !slices.Equal(one, other) {
			found = append(found, fmt.Sprintf("%s\n  Prometheus: %q\n  collector:  %q", name, one, other))
		}
	}
	if !maps.Equal(prometheus.header, collector.header) {
		found = append(found, fmt.Sprintf("requests\n  Prometheus: %q\n  collector:  %q", prometheus.header, collector.header))
	}
	return found
}

// withoutTime are the fields of a native histogram, in either version, but for its time.
func withoutTime(fields []byte) string {
	var h writev2.Histogram
	if err := h.Unmarshal(fields); err != nil {
		return err.Error()
	}
	if value.IsStaleNaN(h.Sum) {
		return "stale"
	}
	h.Timestamp = 0
	return h.String()
}
