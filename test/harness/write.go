package harness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
)

// Reply is what a receiver answers.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Write sends series by remote write 1.0, once, with a pair unless its id is empty.
func Write(ctx context.Context, client *http.Client, url string, key AccessKey, series []prompb.TimeSeries) (Reply, error) {
	body, err := (&prompb.WriteRequest{Timeseries: series}).Marshal()
	if err != nil {
		return Reply{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(snappy.Encode(nil, body)))
	if err != nil {
		return Reply{}, err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	if key.ID != "" {
		request.SetBasicAuth(key.ID, key.Secret)
	}
	response, err := client.Do(request)
	if err != nil {
		return Reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return Reply{}, fmt.Errorf("read the answer: %w", err)
	}
	return Reply{Status: response.StatusCode, Header: response.Header, Body: strings.TrimSpace(string(text))}, nil
}

// SeriesOf is a series with one sample. Labels are names and values in turns, sorted by name.
func SeriesOf(at int64, value float64, labels ...string) prompb.TimeSeries {
	series := prompb.TimeSeries{Samples: []prompb.Sample{{Timestamp: at, Value: value}}}
	for i := 0; i+1 < len(labels); i += 2 {
		series.Labels = append(series.Labels, prompb.Label{Name: labels[i], Value: labels[i+1]})
	}
	return series
}
