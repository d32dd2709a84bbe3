package managedprometheusexporter

import (
	"bytes"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// probeMetric is the series of the samples that show whether a destination that rejects everything rejects samples as such.
const probeMetric = "msp_collector_probe"

// probe returns a record with one sample of probeMetric, with the labels that all samples of this exporter get. It is nil when
// write_relabel_configs drop it.
func (e *metricsExporter) probe() []byte {
	md := pmetric.NewMetrics()
	metric := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	metric.SetName(probeMetric)
	metric.SetDescription("A sample that shows whether the destination accepts samples at all.")
	point := metric.SetEmptyGauge().DataPoints().AppendEmpty()
	point.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	point.SetDoubleValue(1)
	batch := e.encoder.Encode(md)
	defer batch.Release()
	if len(batch.Payloads) != 1 || batch.Payloads[0].Count != 1 {
		return nil
	}
	return bytes.Clone(batch.Payloads[0].Data)
}
