package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

func TestABatchTakesANewTime(t *testing.T) {
	batch, err := newBatch("one")
	require.NoError(t, err)
	for _, now := range []time.Time{time.Unix(1_800_000_000, 5_000_000), time.Unix(1_800_000_001, 0)} {
		request := pmetricotlp.NewExportRequest()
		require.NoError(t, request.UnmarshalProto(batch.at(now)))
		require.Equal(t, pointsPerBatch, request.Metrics().DataPointCount())
		metrics := request.Metrics().ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
		for i := range metrics.Len() {
			for j, points := 0, pointsOf(metrics.At(i)); j < points.Len(); j++ {
				assert.Equal(t, pcommon.NewTimestampFromTime(now), points.At(j).Timestamp())
			}
		}
	}
}

func pointsOf(metric pmetric.Metric) pmetric.NumberDataPointSlice {
	if metric.Type() == pmetric.MetricTypeSum {
		return metric.Sum().DataPoints()
	}
	return metric.Gauge().DataPoints()
}
