package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

const (
	metricsPerBatch = 100
	pointsPerMetric = 20
	pointsPerBatch  = metricsPerBatch * pointsPerMetric
)

// placeholder is a time that no point has: its bytes occur in a batch nowhere else.
const placeholder = pcommon.Timestamp(0x0feedfacecafe123)

// timeTag precedes the time of a point: field 3, eight bytes, little-endian.
const timeTag = 3<<3 | 1

// batch is a marshalled OTLP request whose points all get a new time at the cost of copying eight bytes for each.
type batch struct {
	body  []byte
	times []int // offsets
}

// newBatch makes the points of one instance of a service: counters and gauges, with labels of the usual number and size.
func newBatch(instance string) (batch, error) {
	metrics := pmetric.NewMetrics()
	resource := metrics.ResourceMetrics().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "checkout")
	resource.Resource().Attributes().PutStr("service.instance.id", instance)
	list := resource.ScopeMetrics().AppendEmpty().Metrics()
	for i := range metricsPerBatch {
		addPoints(list.AppendEmpty(), i)
	}
	body, err := pmetricotlp.NewExportRequestFromMetrics(metrics).MarshalProto()
	if err != nil {
		return batch{}, err
	}
	b := batch{body: body}
	pattern := binary.LittleEndian.AppendUint64([]byte{timeTag}, uint64(placeholder))
	for from := 0; ; {
		i := bytes.Index(body[from:], pattern)
		if i < 0 {
			break
		}
		b.times = append(b.times, from+i+1)
		from += i + len(pattern)
	}
	if len(b.times) != pointsPerBatch {
		return b, fmt.Errorf("%d times found in a batch of %d points", len(b.times), pointsPerBatch)
	}
	return b, nil
}

// addPoints alternates counters and gauges.
func addPoints(metric pmetric.Metric, number int) {
	var points pmetric.NumberDataPointSlice
	if number%2 == 0 {
		metric.SetName(fmt.Sprintf("checkout_requests_%d_total", number))
		sum := metric.SetEmptySum()
		sum.SetIsMonotonic(true)
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		points = sum.DataPoints()
	} else {
		metric.SetName(fmt.Sprintf("checkout_connections_%d", number))
		points = metric.SetEmptyGauge().DataPoints()
	}
	metric.SetDescription("What the checkout does.")
	for i := range pointsPerMetric {
		point := points.AppendEmpty()
		point.SetTimestamp(placeholder)
		point.SetDoubleValue(float64(number*i) * 1.37)
		point.Attributes().PutStr("code", fmt.Sprint(200+i%5))
		point.Attributes().PutStr("handler", fmt.Sprintf("/api/v1/resource/%d", i))
		point.Attributes().PutStr("method", "GET")
	}
}

// at gives all points a time.
func (b *batch) at(now time.Time) []byte {
	for _, offset := range b.times {
		binary.LittleEndian.PutUint64(b.body[offset:], uint64(now.UnixNano()))
	}
	return b.body
}
