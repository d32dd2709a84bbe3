package prometheusscrapereceiver

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

var (
	staleNaN = math.Float64frombits(value.StaleNaN)
	series1  = numbered(1)
)

func newTestSink(t *testing.T, consume func(context.Context, pmetric.Metrics) error) *sink {
	t.Helper()
	set := receivertest.NewNopSettings(componentType)
	observer, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: set.ID, ReceiverCreateSettings: set})
	require.NoError(t, err)
	next, err := newConsumer(consume)
	require.NoError(t, err)
	return newSink(newTable(labels.EmptyLabels()), false, newOutlet(next, observer, &telemetry{}, set.Logger))
}

// appendFloat appends a sample of one series in a scrape of its own.
func appendFloat(to *sink, at int64, v float64, opts storage.AppendV2Options) error {
	a := to.AppenderV2(context.Background())
	_, err := a.Append(0, series1, 0, at, v, nil, nil, opts)
	return errors.Join(err, a.Commit())
}

func TestSamplesInOrderAreTaken(t *testing.T) {
	var got recorded
	to := newTestSink(t, got.consume)
	require.NoError(t, appendFloat(to, 1000, 1, storage.AppendV2Options{}))
	require.NoError(t, appendFloat(to, 1000, 1, storage.AppendV2Options{}), "the very same again, as Prometheus does")
	require.ErrorIs(t, appendFloat(to, 1000, 2, storage.AppendV2Options{}), storage.ErrDuplicateSampleForTimestamp)
	require.ErrorIs(t, appendFloat(to, 999, 1, storage.AppendV2Options{}), storage.ErrOutOfOrderSample)
	require.NoError(t, appendFloat(to, 2000, math.Copysign(0, -1), storage.AppendV2Options{}))
	assert.Len(t, got.points("up"), 3)
	assert.EqualValues(t, 3, to.outlet.telemetry.accepted.Load())
	assert.EqualValues(t, 1, to.outlet.telemetry.refused[reasonDuplicate].Load())
	assert.EqualValues(t, 1, to.outlet.telemetry.refused[reasonOutOfOrder].Load())
}

// A target that is gone is marked stale some time later. When it is back by then, under the same labels, the marker is late,
// which is no sample lost.
func TestALateStaleMarkerIsLeftOut(t *testing.T) {
	var got recorded
	to := newTestSink(t, got.consume)
	require.NoError(t, appendFloat(to, 1000, 1, storage.AppendV2Options{}))
	require.ErrorIs(t, appendFloat(to, 900, staleNaN, storage.AppendV2Options{RejectOutOfOrder: true}), storage.ErrOutOfOrderSample)
	require.ErrorIs(t, appendFloat(to, 1000, staleNaN, storage.AppendV2Options{RejectOutOfOrder: true}), storage.ErrDuplicateSampleForTimestamp)
	assert.Len(t, got.points("up"), 1)
	assert.Zero(t, to.outlet.telemetry.refused[reasonOutOfOrder].Load()+to.outlet.telemetry.refused[reasonDuplicate].Load())
}

// A scrape that fails half-way is rolled back, and staleness markers are written with its time.
func TestARolledBackScrapeLeavesNoTrace(t *testing.T) {
	var got recorded
	to := newTestSink(t, got.consume)
	a := to.AppenderV2(t.Context())
	_, err := a.Append(0, series1, 0, 1000, 1, nil, nil, storage.AppendV2Options{})
	require.NoError(t, err)
	require.NoError(t, a.Rollback())
	require.NoError(t, appendFloat(to, 1000, staleNaN, storage.AppendV2Options{RejectOutOfOrder: true}))
	points := got.points("up")
	require.Len(t, points, 1)
	assert.True(t, points[0].Flags().NoRecordedValue())
}

func TestARefusedScrapeLeavesNoTrace(t *testing.T) {
	refuse, taken := true, 0
	to := newTestSink(t, func(context.Context, pmetric.Metrics) error {
		if refuse {
			return errors.New("full")
		}
		taken++
		return nil
	})
	require.NoError(t, appendFloat(to, 1000, 1, storage.AppendV2Options{}))
	refuse = false
	require.NoError(t, appendFloat(to, 1000, 2, storage.AppendV2Options{}), "the first one never was")
	assert.Equal(t, 1, taken)
}

// An exemplar stays exposed until there is another one: it is sent once.
func TestAnExemplarIsSentOnce(t *testing.T) {
	var got recorded
	to := newTestSink(t, got.consume)
	x := func(at int64, v float64, id string) exemplar.Exemplar {
		return exemplar.Exemplar{Labels: labels.FromStrings("trace_id", id), Value: v, Ts: at, HasTs: true}
	}
	for i, exemplars := range [][]exemplar.Exemplar{
		{x(900, 1, "a")}, {x(900, 1, "a")}, {x(800, 1, "old")}, {x(950, 2, "b"), x(960, 1, "c")}, {x(960, 0, "less")},
		{x(970, 1, string(make([]byte, exemplar.ExemplarMaxLabelSetLength)))},
	} {
		require.NoError(t, appendFloat(to, int64(1000+i), 1, storage.AppendV2Options{Exemplars: exemplars}))
	}
	var ids []string
	for _, p := range got.points("up") {
		for i := range p.Exemplars().Len() {
			id, _ := p.Exemplars().At(i).FilteredAttributes().Get("trace_id")
			ids = append(ids, id.Str())
		}
	}
	assert.Equal(t, []string{"a", "b", "c"}, ids)
}

func TestHistogramsAreChecked(t *testing.T) {
	to := newTestSink(t, func(context.Context, pmetric.Metrics) error { return nil })
	a := to.AppenderV2(t.Context())
	good := &histogram.Histogram{Count: 1, ZeroCount: 1}
	_, err := a.Append(0, series1, 0, 1000, 0, good, nil, storage.AppendV2Options{})
	require.NoError(t, err)
	_, err = a.Append(0, series1, 0, 2000, 0, &histogram.Histogram{Count: 5}, nil, storage.AppendV2Options{})
	require.ErrorIs(t, err, histogram.ErrHistogramCountMismatch)
	_, err = a.Append(0, series1, 0, 2000, 0, nil, &histogram.FloatHistogram{Count: -1}, storage.AppendV2Options{})
	require.Error(t, err)
	require.NoError(t, a.Commit())
	require.NoError(t, appendHistogram(to, 1000, good))
	require.ErrorIs(t, appendHistogram(to, 1000, &histogram.Histogram{Count: 2, ZeroCount: 2}), storage.ErrDuplicateSampleForTimestamp)
}

func appendHistogram(to *sink, at int64, h *histogram.Histogram) error {
	a := to.AppenderV2(context.Background())
	_, err := a.Append(0, series1, 0, at, 0, h, nil, storage.AppendV2Options{})
	return errors.Join(err, a.Commit())
}

// A time that pdata cannot have costs the sample, not the scrape.
func TestATimeOutOfBounds(t *testing.T) {
	to := newTestSink(t, func(context.Context, pmetric.Metrics) error { return nil })
	require.ErrorIs(t, appendFloat(to, math.MaxInt64, 1, storage.AppendV2Options{}), storage.ErrOutOfBounds)
	assert.EqualValues(t, 1, to.outlet.telemetry.refused[reasonOutOfBounds].Load())
}
