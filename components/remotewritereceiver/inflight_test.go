package remotewritereceiver

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/prometheus/prompb"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

// dribble sends a byte of a body, and no more.
func dribble(t *testing.T, r running) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", r.listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	_, err = io.WriteString(connection, "POST /api/v1/write HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\nx")
	require.NoError(t, err)
	return connection
}

// Slow senders take no place of an honest one, and none of the bytes that they promise.
func TestSlowSendersKeepNobodyOut(t *testing.T) {
	config := testConfig()
	config.MaxConcurrentRequests = 1
	r := start(t, config, consumertest.NewNop())
	const slow = 100
	for range slow {
		dribble(t, r)
	}
	require.Eventually(t, func() bool { return r.sum(t, "in_flight_bytes", "", "") == slow*minReadSize }, patience, time.Millisecond)
	require.Zero(t, r.sum(t, "in_flight_requests", "", ""))
	require.Equal(t, http.StatusNoContent, post(t, r.url, typeV1, goodBody(t)).status)
}

// A slow sender gives its bytes back in the end.
func TestASlowSenderHoldsBytesUntilReadTimeout(t *testing.T) {
	config := testConfig()
	config.HTTP.ReadTimeout = 100 * time.Millisecond
	r := start(t, config, consumertest.NewNop())
	answer, err := io.ReadAll(dribble(t, r))
	require.NoError(t, err)
	require.Contains(t, string(answer), "503 Service Unavailable")
	require.Contains(t, string(answer), "Retry-After: 5")
	require.Eventually(t, func() bool { return r.sum(t, "in_flight_bytes", "", "") == 0 }, patience, time.Millisecond)
}

// large is a request of so many bytes decompressed, and much fewer compressed.
func large(t testing.TB, size int) []byte {
	var message prompb.WriteRequest
	for i := range size / 250 {
		message.Timeseries = append(message.Timeseries, one(1, "__name__", "m", "i", fmt.Sprintf("%0100d", i), "j", fmt.Sprintf("%0100d", i)))
	}
	return bytesOf(t, &message)
}

func TestBytesInFlightAreBounded(t *testing.T) {
	pipeline := newHeld()
	config := testConfig()
	config.HTTP.MaxRequestBodySize, config.MaxDecompressedBodySize, config.MaxInFlightBytes = 1<<20, 4<<20, 6<<20
	require.NoError(t, config.Validate())
	r := start(t, config, consume(t, pipeline.consume))
	body := large(t, 7<<19)
	first := background(t, r.url, body)
	<-pipeline.entered
	got := post(t, r.url, typeV1, body)
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "5", got.header.Get("Retry-After"))
	require.Contains(t, got.text, "max_in_flight_bytes, 6291456")
	held := r.sum(t, "in_flight_bytes", "", "")
	require.Greater(t, held, int64(7<<19))
	require.Less(t, held, int64(6<<20))
	small := background(t, r.url, goodBody(t))
	<-pipeline.entered
	close(pipeline.leave)
	require.Equal(t, http.StatusNoContent, <-first)
	require.Equal(t, http.StatusNoContent, <-small, "there is room for a small one")
	require.Equal(t, http.StatusNoContent, post(t, r.url, typeV1, body).status, "bytes are given back")
	require.Zero(t, r.sum(t, "in_flight_bytes", "", ""))
}

// A body is bounded while it is read, too.
func TestBytesInFlightAreBoundedWhileTheyAreRead(t *testing.T) {
	config := testConfig()
	config.HTTP.MaxRequestBodySize, config.MaxDecompressedBodySize, config.MaxInFlightBytes = 1<<20, 1<<20, 2<<20
	h := testHandler(t, config, consumertest.NewNop())
	require.True(t, h.inFlight.take(2<<20-3*minReadSize))
	for size, status := range map[int]int{minReadSize + 1: http.StatusBadRequest, 3 * minReadSize: http.StatusServiceUnavailable} {
		require.Equal(t, status, serve(h, typeV1, bytes.Repeat([]byte{0xff}, size)).status)
	}
	require.EqualValues(t, 2<<20-3*minReadSize, h.inFlight.taken.Load())
}

// The largest request that Validate promises room for has it, byte by byte.
func TestTheLargestRequestFits(t *testing.T) {
	raw, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{one(1, "__name__", "m", "i", noise(100_000))}}).Marshal()
	require.NoError(t, err)
	body := snappyOf(raw)
	config := testConfig()
	config.HTTP.MaxRequestBodySize, config.MaxDecompressedBodySize = int64(len(body)), int64(len(raw))
	config.MaxInFlightBytes = int64(len(body) + len(raw))
	require.NoError(t, config.Validate())
	h := testHandler(t, config, consumertest.NewNop())
	require.Equal(t, http.StatusNoContent, serve(h, typeV1, body).status)
	config.MaxInFlightBytes--
	require.ErrorContains(t, config.Validate(), "max_in_flight_bytes")
	require.Equal(t, http.StatusServiceUnavailable, serve(testHandler(t, config, consumertest.NewNop()), typeV1, body).status)
}

// noise is text that cannot be compressed.
func noise(size int) string {
	text, state := make([]byte, size), uint32(1)
	for i := range text {
		state = state*1664525 + 1013904223
		text[i] = '0' + byte(state>>24)%64
	}
	return string(text)
}
