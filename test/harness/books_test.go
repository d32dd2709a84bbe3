package harness

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const booksPage = `# HELP otelcol_exporter_managed_prometheus_accepted_samples_total Samples kept.
# TYPE otelcol_exporter_managed_prometheus_accepted_samples_total counter
otelcol_exporter_managed_prometheus_accepted_samples_total{exporter="managed_prometheus",otel_scope_name="x"} 1.5e+06
otelcol_exporter_managed_prometheus_accepted_samples_total{exporter="managed_prometheus/second",otel_scope_name="x"} 3
# TYPE otelcol_exporter_managed_prometheus_recovered_samples_total counter
otelcol_exporter_managed_prometheus_recovered_samples_total{exporter="managed_prometheus"} 20
otelcol_exporter_managed_prometheus_recovered_samples_total{exporter="managed_prometheus/second"} 0
# TYPE otelcol_exporter_managed_prometheus_delivered_samples_total counter
otelcol_exporter_managed_prometheus_delivered_samples_total{exporter="managed_prometheus"} 1.5e+06
otelcol_exporter_managed_prometheus_delivered_samples_total{exporter="managed_prometheus/second"} 1
# TYPE otelcol_exporter_managed_prometheus_dropped_samples_total counter
otelcol_exporter_managed_prometheus_dropped_samples_total{exporter="managed_prometheus",reason="corrupt"} 4
otelcol_exporter_managed_prometheus_dropped_samples_total{exporter="managed_prometheus",reason="refused"} 5
otelcol_exporter_managed_prometheus_dropped_samples_total{exporter="managed_prometheus",reason="too_old"} 0
# TYPE otelcol_exporter_managed_prometheus_queued_samples gauge
otelcol_exporter_managed_prometheus_queued_samples{exporter="managed_prometheus"} 11
otelcol_exporter_managed_prometheus_queued_samples{exporter="managed_prometheus/second"} 1
`

func TestBooksAreReadPerExporter(t *testing.T) {
	books, err := ParseBooks(booksPage, DefaultExporter)
	require.NoError(t, err)
	assert.Equal(t, Books{
		Accepted: 1_500_000, Recovered: 20, Delivered: 1_500_000, Queued: 11, Dropped: map[string]uint64{"corrupt": 4, "refused": 5},
	}, books)
	require.NoError(t, books.Balanced())

	second, err := ParseBooks(booksPage, "managed_prometheus/second")
	require.NoError(t, err)
	assert.Equal(t, Books{Accepted: 3, Delivered: 1, Queued: 1, Dropped: map[string]uint64{}}, second)
	require.EqualError(t, second.Balanced(), "the books are off by 1: accepted 3 + recovered 0, delivered 1 + dropped 0 map[] + queued 1")
}

func TestBooksAreReadWithAndWithoutSuffix(t *testing.T) {
	with, err := ParseBooks(booksPage, DefaultExporter)
	require.NoError(t, err)
	without, err := ParseBooks(strings.ReplaceAll(booksPage, "_total", ""), DefaultExporter)
	require.NoError(t, err)
	assert.Equal(t, with, without)
}

func TestBooksOfAnExporterThatIsNotThere(t *testing.T) {
	_, err := ParseBooks(booksPage, "managed_prometheus/third")
	require.ErrorContains(t, err, `0 series of exporter "managed_prometheus/third" instead of one`)
	_, err = ParseBooks("no exposition", DefaultExporter)
	require.ErrorContains(t, err, "parse the collector's metrics")
}

func TestBooksMayBeOffInBothDirections(t *testing.T) {
	require.NoError(t, Books{}.Balanced())
	require.ErrorContains(t, Books{Accepted: 5, Queued: 3}.Balanced(), "off by 2")
	require.ErrorContains(t, Books{Accepted: 5, Delivered: 6}.Balanced(), "off by -1")
}
