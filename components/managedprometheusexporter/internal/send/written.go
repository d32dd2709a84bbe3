package send

import (
	"net/http"
	"strconv"
)

// Written is what an endpoint says of a remote write 2.0 request: how much of it was kept.
type Written struct {
	Samples, Histograms, Exemplars int
}

// The headers of an answer to a remote write 2.0 request.
const (
	writtenSamples    = "X-Prometheus-Remote-Write-Samples-Written"
	writtenHistograms = "X-Prometheus-Remote-Write-Histograms-Written"
	writtenExemplars  = "X-Prometheus-Remote-Write-Exemplars-Written"
)

// WrittenCounts reads those headers. ok is false when there is none, which an endpoint that knows 2.0 does not do: it
// "MUST" send them.
func WrittenCounts(header http.Header) (w Written, ok bool) {
	for name, count := range map[string]*int{
		writtenSamples: &w.Samples, writtenHistograms: &w.Histograms, writtenExemplars: &w.Exemplars,
	} {
		value := header.Get(name)
		if value == "" {
			continue
		}
		n, err := strconv.ParseUint(value, 10, 31)
		if err != nil {
			return Written{}, false
		}
		*count, ok = int(n), true
	}
	return w, ok
}
