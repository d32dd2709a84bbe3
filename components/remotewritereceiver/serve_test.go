package remotewritereceiver

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/prompb"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// serve is a request to a handler without a network.
func serve(h http.Handler, contentType string, body []byte) reply {
	request := httptest.NewRequest(http.MethodPost, pathPrometheus, bytes.NewReader(body))
	request.Header.Set("Content-Type", contentType)
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, request)
	return reply{answer.Code, answer.Header(), answer.Body.String()}
}

func keepAll(t testing.TB, kept *[]pmetric.Metrics) consumer.Metrics {
	return consume(t, func(_ context.Context, md pmetric.Metrics) error {
		*kept = append(*kept, md)
		return nil
	})
}

type sent struct {
	contentType, name, help string
	body                    []byte
}

// bodies are requests of one length with different contents.
func bodies(t testing.TB) (all []sent) {
	for _, c := range []string{"a", "b", "c"} {
		name, help := c+c+c+c, "help "+c+c+c
		message := &prompb.WriteRequest{
			Timeseries: []prompb.TimeSeries{one(1, "__name__", name, "x", c)},
			Metadata:   []prompb.MetricMetadata{{Type: prompb.MetricMetadata_GAUGE, MetricFamilyName: name, Help: help}},
		}
		all = append(all, sent{typeV1, name, help, bytesOf(t, message)})
		request := newRequest2()
		request.add(samples2(1), model.MetricTypeGauge, help, "", "__name__", name, "x", c)
		all = append(all, sent{typeV2, name, help, request.bytes(t)})
	}
	return all
}

func snappyOf(raw []byte) []byte { return snappy.Encode(nil, raw) }
