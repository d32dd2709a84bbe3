package remotewritereceiver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Everything that can be told before a body is decoded, over real HTTP.
func TestAnswers(t *testing.T) {
	config := testConfig()
	config.HTTP.MaxRequestBodySize, config.MaxDecompressedBodySize = 10_000, 20_000
	var sink consumertest.MetricsSink
	r := start(t, config, &sink)
	good := bytesOf(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{one(1, "__name__", "m")}})
	request2 := newRequest2()
	request2.add(samples2(1), "", "", "", "__name__", "m")
	good2 := request2.bytes(t)
	random := bytes.Repeat([]byte("0123456789abcdef"), 5000)
	for name, c := range map[string]struct {
		method, path, contentType, encoding string
		body                                []byte
		status                              int
		text                                string
		header                              [2]string
	}{
		"1.0":                       {body: good, status: 204},
		"the guide's path":          {path: pathGuide, body: good, status: 204},
		"no content type":           {contentType: "-", body: good, status: 204},
		"1.0 named":                 {contentType: typeV1 + ";proto=prometheus.WriteRequest", body: good, status: 204},
		"no content encoding":       {encoding: "-", body: good, status: 204},
		"empty":                     {body: snappy.Encode(nil, nil), status: 204},
		"2.0":                       {contentType: typeV2, body: good2, status: 204, header: [2]string{samplesWritten, "1"}},
		"2.0 with a space":          {contentType: strings.Replace(typeV2, ";", "; ", 1), body: good2, status: 204, header: [2]string{samplesWritten, "1"}},
		"another path":              {path: "/metrics", body: good, status: 404, text: "/api/v1/write and /api/prom_write"},
		"a path below":              {path: pathPrometheus + "/", body: good, status: 404, text: "/api/v1/write"},
		"GET":                       {method: http.MethodGet, status: 405, text: "POST", header: [2]string{"Allow", "POST"}},
		"text":                      {contentType: "text/plain", body: good, status: 415, text: "application/x-protobuf"},
		"not a content type":        {contentType: "application/x-protobuf;proto", body: good, status: 415, text: "Content-Type"},
		"another message":           {contentType: typeV1 + ";proto=io.prometheus.write.v3.Request", body: good, status: 415, text: v2.message},
		"gzip":                      {encoding: "gzip", body: good, status: 415, text: "snappy"},
		"2.0 in zstd":               {contentType: typeV2, encoding: "zstd", body: good2, status: 415, header: [2]string{samplesWritten, "0"}},
		"too large":                 {body: random, status: 413, text: "http::max_request_body_size is 10000"},
		"too large decompressed":    {contentType: typeV2, body: snappy.Encode(nil, random), status: 413, text: "max_decompressed_body_size, 20000", header: [2]string{samplesWritten, "0"}},
		"a bomb":                    {body: []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, status: 413, text: "4294967295 bytes"},
		"a bomb below the limit":    {body: []byte{0x90, 0x4e, 0}, status: 400, text: "cannot be 10000 decompressed"},
		"no body":                   {body: nil, status: 400, text: "snappy"},
		"not compressed":            {body: []byte("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"), status: 400, text: "snappy"},
		"damaged":                   {body: append([]byte{good[0]}, bytes.Repeat([]byte{0xff}, len(good))...), status: 400, text: "damaged"},
		"framed":                    {body: framed(t, good), status: 400, text: "block format"},
		"not protobuf":              {body: snappy.Encode(nil, []byte("metric 1\n")), status: 400, text: "not a valid message"},
		"2.0 named 1.0":             {body: good2, status: 400, text: "Content-Type"},
		"1.0 named 2.0":             {contentType: typeV2, body: good, status: 400, text: "Content-Type", header: [2]string{samplesWritten, "0"}},
		"a series cut off":          {body: snappy.Encode(nil, []byte{0x0a, 5, 0x0a}), status: 400, text: "cannot be read"},
		"a label of the wrong type": {body: snappy.Encode(nil, []byte{0x0a, 2, 0x08, 1}), status: 400, text: "labels cannot be read"},
		"a group":                   {body: snappy.Encode(nil, []byte{0x0b, 0x0c}), status: 400, text: "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			or := func(value, otherwise string) string {
				if value == "" {
					return otherwise
				}
				return strings.TrimPrefix(value, "-")
			}
			url := strings.TrimSuffix(r.url, pathPrometheus) + or(c.path, pathPrometheus)
			request, err := http.NewRequest(or(c.method, http.MethodPost), url, bytes.NewReader(c.body))
			require.NoError(t, err)
			request.Header.Set("Content-Type", or(c.contentType, typeV1))
			request.Header.Set("Content-Encoding", or(c.encoding, "snappy"))
			got := do(t, http.DefaultClient, request)
			require.Equal(t, c.status, got.status, got.text)
			require.Contains(t, got.text, c.text)
			require.LessOrEqual(t, strings.Count(got.text, "\n"), 1, "one line for the operator")
			if c.header[0] != "" {
				require.Equal(t, c.header[1], got.header.Get(c.header[0]))
			}
			require.NotEqual(t, c.status == 503, got.header.Get("Retry-After") == "")
		})
	}
	require.Len(t, sink.AllMetrics(), 8-1, "an empty request goes nowhere, and nothing wrong does")
	require.EqualValues(t, 8, r.sum(t, "requests", "code", "204"))
	for code, n := range map[string]int64{"400": 11, "404": 2, "405": 1, "413": 3, "415": 5} {
		require.Equal(t, n, r.sum(t, "requests", "code", code), code)
	}
}

func framed(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := snappy.NewBufferedWriter(&b)
	_, err := w.Write(body)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// A body without Content-Length is bounded too.
func TestAStreamIsBounded(t *testing.T) {
	config := testConfig()
	config.HTTP.MaxRequestBodySize = 10_000
	r := start(t, config, consumertest.NewNop())
	request, err := http.NewRequest(http.MethodPost, r.url, io.LimitReader(zeros{}, 20_000)) // sent in chunks
	require.NoError(t, err)
	got := do(t, http.DefaultClient, request)
	require.Equal(t, http.StatusRequestEntityTooLarge, got.status)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestWhatThePipelineSays(t *testing.T) {
	message := &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{one(1, "__name__", "m"), one(1, "__name__", "")}}
	request2 := newRequest2()
	request2.add(samples2(1), "", "", "", "__name__", "m")
	busy := errors.New("the write-ahead log is full\nand more " + strings.Repeat("x", 4096))
	for name, c := range map[string]struct {
		err    error
		status int
		reason string
	}{
		"full":      {busy, http.StatusServiceUnavailable, "unavailable"},
		"permanent": {consumererror.NewPermanent(busy), http.StatusBadRequest, "permanent"},
	} {
		t.Run(name, func(t *testing.T) {
			config := testConfig()
			refuse := c.err
			r := start(t, config, consume(t, func(context.Context, pmetric.Metrics) error { return refuse }))
			for contentType, body := range map[string][]byte{typeV1: bytesOf(t, message), typeV2: request2.bytes(t)} {
				got := post(t, r.url, contentType, body)
				assert.Equal(t, c.status, got.status)
				assert.Contains(t, got.text, "the write-ahead log is full and more")
				assert.LessOrEqual(t, len(got.text), maxText+1)
				if c.status == http.StatusServiceUnavailable {
					assert.Equal(t, "5", got.header.Get("Retry-After"))
				}
				if contentType == typeV2 {
					assert.Equal(t, "0 0 0", got.written())
				}
			}
			assert.EqualValues(t, 2, r.sum(t, "refused_samples", "reason", c.reason))
			assert.EqualValues(t, 0, r.sum(t, "accepted_samples", "", ""))
			logged := r.logs.FilterMessageSnippet("does not take").Len()
			refuse = nil
			post(t, r.url, typeV2, request2.bytes(t))
			if c.status == http.StatusServiceUnavailable {
				assert.Equal(t, 1, logged, "once, not per request")
				assert.Equal(t, 1, r.logs.FilterMessageSnippet("takes remote write again").Len())
			} else {
				assert.Zero(t, logged)
			}
			assert.EqualValues(t, 1, r.sum(t, "accepted_samples", "", ""))
		})
	}
}

// A body that stops short is a matter of the network: the sender must not give its data up.
func TestABodyThatStopsShort(t *testing.T) {
	r := start(t, testConfig(), consumertest.NewNop())
	connection, err := net.Dial("tcp", r.listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = connection.Close() }()
	_, err = io.WriteString(connection, "POST /api/v1/write HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
	require.NoError(t, err)
	require.NoError(t, connection.(*net.TCPConn).CloseWrite())
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	require.Equal(t, "5", response.Header.Get("Retry-After"))
}
