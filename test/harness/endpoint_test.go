package harness

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func startEndpoint(t *testing.T) (*Endpoint, *Ledger) {
	t.Helper()
	endpoint := StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	return endpoint, endpoint.Record()
}

// reply is what a client sees.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

func send(ctx context.Context, endpoint *Endpoint, contentType string, body []byte) (r reply) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.URL, bytes.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	request.Header.Set("Content-Type", contentType)
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text), err}
}

func sendV1(t *testing.T, endpoint *Endpoint, names ...string) reply {
	t.Helper()
	var request prompb.WriteRequest
	for _, name := range names {
		request.Timeseries = append(request.Timeseries, prompb.TimeSeries{
			Labels: []prompb.Label{{Name: "__name__", Value: name}}, Samples: []prompb.Sample{{Value: 1, Timestamp: 1}},
		})
	}
	return send(t.Context(), endpoint, "application/x-protobuf", marshal(t, &request))
}

func sendV2(t *testing.T, endpoint *Endpoint, names ...string) reply {
	t.Helper()
	request := writev2.Request{Symbols: append([]string{"", "__name__"}, names...)}
	for i := range names {
		request.Timeseries = append(request.Timeseries, writev2.TimeSeries{
			LabelsRefs: []uint32{1, uint32(i + 2)}, Samples: []writev2.Sample{{Value: 1, Timestamp: 1}},
		})
	}
	return send(t.Context(), endpoint, typeV2, marshal(t, &request))
}

func TestAnEndpointRecordsWhatItAccepts(t *testing.T) {
	endpoint, ledger := startEndpoint(t)
	require.Equal(t, http.StatusNoContent, sendV1(t, endpoint, "a", "b").status)
	two := sendV2(t, endpoint, "c")
	require.Equal(t, "1", two.header.Get("X-Prometheus-Remote-Write-Samples-Written"))
	endpoint.Answer(Always(RetryAfter(http.StatusTooManyRequests, 7)))
	require.Equal(t, "7", sendV1(t, endpoint, "d").header.Get("Retry-After"))
	endpoint.Answer(Always(RetryAt(http.StatusServiceUnavailable, time.Unix(0, 0))))
	require.Equal(t, "Thu, 01 Jan 1970 00:00:00 GMT", sendV1(t, endpoint, "d").header.Get("Retry-After"))
	endpoint.Answer(Always(Redirect("/elsewhere")))
	require.Equal(t, "/elsewhere", sendV1(t, endpoint, "d").header.Get("Location"))
	assert.Equal(t, Totals{Series: 3, Accepted: 3, Ordered: 3}, ledger.Totals())
	assert.Equal(t, 5, endpoint.Count())
}

func TestFaultsAreSeenByTheClient(t *testing.T) {
	for name, test := range map[string]struct {
		answer Answer
		check  func(reply) bool
	}{
		"reset":      {Answer{Fault: Reset}, func(r reply) bool { return errors.Is(r.err, syscall.ECONNRESET) }},
		"half-close": {Answer{Fault: HalfClose}, func(r reply) bool { return errors.Is(r.err, io.EOF) }},
		"garbage":    {Answer{Fault: Garbage}, func(r reply) bool { return r.err != nil && r.status == 0 }},
		"cut off":    {Answer{Fault: CutOff, Status: 503}, func(r reply) bool { return r.status == 503 && errors.Is(r.err, io.ErrUnexpectedEOF) }},
	} {
		t.Run(name, func(t *testing.T) {
			endpoint, ledger := startEndpoint(t)
			endpoint.Answer(Always(test.answer))
			got := sendV1(t, endpoint, "a")
			assert.Truef(t, test.check(got), "%+v", got)
			assert.Zero(t, ledger.Totals().Accepted)

			test.answer.Applied = true
			endpoint.Answer(First(1, Always(test.answer), Accept))
			got = sendV1(t, endpoint, "a")
			assert.Truef(t, test.check(got), "%+v", got)
			assert.Equal(t, http.StatusNoContent, sendV1(t, endpoint, "a").status)
			assert.Equal(t, Totals{Series: 1, Accepted: 2, Ordered: 1, Repeated: 1}, ledger.Totals())
		})
	}
}

func TestAResetWhileTheRequestIsRead(t *testing.T) {
	endpoint, ledger := startEndpoint(t)
	endpoint.ResetReading(1)
	require.Error(t, sendV1(t, endpoint, "a").err)
	require.NoError(t, sendV1(t, endpoint, "a").err)
	assert.Equal(t, uint64(1), ledger.Totals().Accepted)
	assert.Equal(t, 1, endpoint.Count())
}

func TestAGateHoldsRepliesBack(t *testing.T) {
	endpoint, ledger := startEndpoint(t)
	gate := NewGate()
	endpoint.Answer(Always(Answer{Status: http.StatusNoContent, Gate: gate}))
	replies := make(chan reply)
	body := marshal(t, &prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{Samples: []prompb.Sample{{Timestamp: 1}}}}})
	go func() { replies <- send(t.Context(), endpoint, "", body) }()
	require.NoError(t, Until(t.Context(), "the request waits", func(context.Context) error {
		if now, _ := gate.Waiting(); now != 1 {
			return errors.New("it does not")
		}
		return nil
	}))
	assert.Zero(t, ledger.Totals().Accepted)
	gate.Open()
	require.Equal(t, http.StatusNoContent, (<-replies).status)
	assert.Equal(t, uint64(1), ledger.Totals().Accepted)
	_, ever := gate.Waiting()
	assert.Equal(t, 1, ever)
}

// TestWhoeverWaitsIsLetGo covers the endpoint that never answers: neither a client that gives up nor closing it may hang.
func TestWhoeverWaitsIsLetGo(t *testing.T) {
	endpoint, ledger := startEndpoint(t)
	gate := NewGate()
	endpoint.Answer(Always(Answer{Status: http.StatusNoContent, Gate: gate}))
	waits := func(want int) func(context.Context) error {
		return func(context.Context) error {
			if now, _ := gate.Waiting(); now != want {
				return errors.New("not yet")
			}
			return nil
		}
	}
	ctx, giveUp := context.WithCancel(t.Context())
	replies := make(chan reply)
	body := marshal(t, &prompb.WriteRequest{})
	go func() { replies <- send(ctx, endpoint, "", body) }()
	require.NoError(t, Until(t.Context(), "the request waits", waits(1)))
	giveUp()
	require.ErrorIs(t, (<-replies).err, context.Canceled)
	require.NoError(t, Until(t.Context(), "it is let go", waits(0)))

	go func() { replies <- send(t.Context(), endpoint, "", body) }()
	require.NoError(t, Until(t.Context(), "the request waits", waits(1)))
	endpoint.Close()
	require.Error(t, (<-replies).err)
	assert.Zero(t, ledger.Totals().Accepted)
}

func TestKeepForgetsOldRequests(t *testing.T) {
	endpoint, _ := startEndpoint(t)
	endpoint.Keep(2)
	for _, name := range []string{"a", "b", "c", "d"} {
		sendV1(t, endpoint, name)
	}
	received := endpoint.Received()
	require.Len(t, received, 2)
	assert.Equal(t, "d", received[1].Series[0].Label("__name__"))
	assert.Equal(t, 4, endpoint.Count())
}
