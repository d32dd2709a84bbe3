package deliverystatusextension

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// The chart's coordinates. One unit is no pixel: it is as wide as its place.
const (
	chartWidth  = 300.0
	chartHeight = 64.0
)

// shortest is the time a chart covers when less is known.
const shortest = 5 * time.Minute

// chart is one figure over the last hour, or since the start.
type chart struct {
	Title, Now, Most string
	Span             string            // what time it covers
	Line, Area       template.HTMLAttr // points, made of numbers alone
}

// charts draws delivered, queued and delay of a destination.
func charts(d destination) []chart {
	queued := make([]float64, len(d.History.Queued))
	for i, n := range d.History.Queued {
		queued[i] = float64(n)
	}
	delivered := d.History.DeliveredPerSecond
	if len(delivered) > 2 { // the last stretch is too short for a rate
		delivered = append(append([]float64(nil), delivered[:len(delivered)-1]...), delivered[len(delivered)-2])
	}
	delay := func(v float64) string { return seconds(status.Seconds(v)) }
	return []chart{
		draw("Delivered samples per second", delivered, d, rate),
		draw("Queued samples", queued, d, rate),
		draw("Delay of the oldest waiting sample", d.History.Delay, d, delay),
	}
}

func draw(title string, values []float64, d destination, write func(float64) string) chart {
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	scale := max(most, 1e-9)
	var line strings.Builder
	span := max(d.now.Sub(d.points[0].at).Round(time.Second), shortest)
	first := chartWidth
	for i, v := range values {
		x := chartWidth * (1 - float64(d.now.Sub(d.points[i].at))/float64(span))
		x = min(max(x, 0), chartWidth)
		first = min(first, x)
		fmt.Fprintf(&line, "%.1f,%.1f ", x, chartHeight*(1-v/scale*0.94)-1)
	}
	path := strings.TrimSpace(line.String())
	return chart{
		Title: title, Now: write(values[len(values)-1]), Most: write(most), Span: seconds(status.Seconds(span.Seconds())),
		Line: template.HTMLAttr(`points="` + path + `"`),                                                                           //nolint:gosec // numbers alone
		Area: template.HTMLAttr(fmt.Sprintf(`points="%.1f,%.0f %s %.1f,%.0f"`, first, chartHeight, path, chartWidth, chartHeight)), //nolint:gosec // numbers alone
	}
}
