package main

import (
	"fmt"
	"strconv"
)

// seriesPerTarget is what a target exposes, the size of a host with some services on it.
const seriesPerTarget = 2000

// addedSeries are what Prometheus adds to each scrape: up and four others.
const addedSeries = 5

// line is a series as it is exposed, up to its value, with the HELP and TYPE that precede it.
type line struct {
	text       []byte
	base, step float64
	gauge      bool
}

// value differs from scrape to scrape; of counters and histograms it only rises.
func (l *line) value(scrape uint64) float64 {
	if l.gauge {
		scrape = scrape * 7 % 13
	}
	return l.base + l.step*float64(scrape)
}

// page appends the exposition that belongs to a scrape.
func page(buffer []byte, lines []line, scrape uint64) []byte {
	for i := range lines {
		buffer = append(buffer, lines[i].text...)
		buffer = strconv.AppendFloat(buffer, lines[i].value(scrape), 'g', -1, 64)
		buffer = append(buffer, '\n')
	}
	return buffer
}

// exposition collects lines.
type exposition struct{ lines []line }

// add appends a family; labels are as they stand between the braces. step is how much a series changes per scrape: a whole
// number for what is counted, a fraction for what is measured.
func (e *exposition) add(name, kind string, step float64, labels []string) {
	header := fmt.Sprintf("# HELP %s What %s says about this host.\n# TYPE %s %s\n", name, name, name, kind)
	for i, set := range labels {
		base := float64(1000 * (len(e.lines)%17 + 1))
		e.lines = append(e.lines, line{
			text: fmt.Appendf(nil, "%s%s{%s} ", header, name, set), base: base, step: step * float64(i%9+1), gauge: kind == "gauge",
		})
		header = ""
	}
}

// addHistogram appends a histogram for each set of labels.
func (e *exposition) addHistogram(name string, labels []string) {
	header := fmt.Sprintf("# HELP %s How long it took.\n# TYPE %s histogram\n", name, name)
	bounds := []string{"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"}
	for _, set := range labels {
		for i, bound := range bounds {
			text := fmt.Appendf(nil, `%s%s_bucket{%s,le=%q} `, header, name, set, bound)
			e.lines = append(e.lines, line{text: text, step: float64(i + 1)})
			header = ""
		}
		count := float64(len(bounds))
		e.lines = append(e.lines,
			line{text: fmt.Appendf(nil, "%s_sum{%s} ", name, set), step: count * 0.0371},
			line{text: fmt.Appendf(nil, "%s_count{%s} ", name, set), step: count})
	}
}

// combine makes a label set of each pair of one from a and one from b.
func combine(a, b []string) (sets []string) {
	for _, first := range a {
		for _, second := range b {
			sets = append(sets, first+","+second)
		}
	}
	return sets
}

// numbered makes n label sets of a format that takes a number.
func numbered(n int, format string) []string {
	sets := make([]string, n)
	for i := range sets {
		sets[i] = fmt.Sprintf(format, i)
	}
	return sets
}

// each makes a label set of each value.
func each(name string, values ...string) []string {
	sets := make([]string, len(values))
	for i, value := range values {
		sets[i] = fmt.Sprintf("%s=%q", name, value)
	}
	return sets
}
