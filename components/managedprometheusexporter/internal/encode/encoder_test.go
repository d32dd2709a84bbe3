package encode

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Damage to a record costs no more than the record, and each one can be read without the others.
func TestRecordsAreCut(t *testing.T) {
	md, sm := scrape()
	m := scraped(sm, "m", "gauge")
	m.SetDescription("Described in every record.")
	points := m.SetEmptyGauge().DataPoints()
	for i := range 100 {
		number1(points, t1, float64(i), "i", sprint(i))
	}
	const limit = 250
	got, b := encode(t, Settings{MaxPayloadBytes: limit}, md)
	require.Greater(t, len(b.Payloads), 5)
	for _, payload := range b.Payloads {
		require.NotZero(t, payload.Count)
		require.Less(t, len(payload.Data), limit+100)
	}
	require.Len(t, got.metadata, len(b.Payloads))
	for i, s := range got.samples {
		require.InDelta(t, i, s.value, 0)
		require.Equal(t, record.Gauge, got.containing[i].Type)
	}
}

func TestNothingMakesNoRecord(t *testing.T) {
	for _, md := range []pmetric.Metrics{pmetric.NewMetrics(), func() pmetric.Metrics { md, sm := resource(); metric(sm, "m"); return md }()} {
		b := requireSamples(t, Settings{}, md, "")
		require.Empty(t, b.Payloads)
		require.Empty(t, b.Metadata)
		require.Empty(t, b.Refused)
	}
}

func TestEncodeConcurrently(t *testing.T) {
	e := steadyEncoder(t)
	var running sync.WaitGroup
	for _, batch := range batches {
		md := batch()
		first := e.Encode(md) // has target_info, which later ones have not
		first.Kept()
		first.Release()
		second := e.Encode(md)
		want := record.HashLabels(second.Payloads[0].Data)
		second.Release()
		for range 4 {
			running.Go(func() {
				for range 5 {
					b := e.Encode(md)
					if !assert.Equal(t, want, record.HashLabels(b.Payloads[0].Data), "other bytes than alone") {
						return
					}
					b.Release()
				}
			})
		}
	}
	running.Wait()
}

func TestReleaseTwice(t *testing.T) {
	e := steadyEncoder(t)
	b := e.Encode(pmetric.NewMetrics())
	b.Release()
	b.Release()
}
