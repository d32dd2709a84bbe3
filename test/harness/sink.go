package harness

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"

	"github.com/golang/snappy"
	"google.golang.org/protobuf/encoding/protowire"
)

// Sink is a remote-write endpoint for benchmarks: it answers 204 to everything, and counts at next to no cost what an
// Endpoint would decode.
type Sink struct {
	URL string

	server                                *httptest.Server
	requests, samples, bytes, undecodable atomic.Uint64
	order                                 atomic.Pointer[order]
}

// Sunk is what a sink has received.
type Sunk struct {
	Requests    uint64
	Samples     uint64 // native histograms included
	Bytes       uint64 // of bodies, compressed
	Undecodable uint64 // requests
}

// StartSink starts a sink.
func StartSink() *Sink {
	s := &Sink{}
	s.server = httptest.NewServer(s)
	s.URL = s.server.URL + "/api/v1/write"
	return s
}

// Totals are the counts so far.
func (s *Sink) Totals() Sunk {
	return Sunk{s.requests.Load(), s.samples.Load(), s.bytes.Load(), s.undecodable.Load()}
}

// Close stops the sink.
func (s *Sink) Close() { s.server.Close() }

func (s *Sink) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	v2 := strings.Contains(request.Header.Get("Content-Type"), "io.prometheus.write.v2.Request")
	samples, size, err := s.count(request.Body, v2)
	if err != nil {
		s.undecodable.Add(1)
	}
	s.requests.Add(1)
	s.samples.Add(samples)
	s.bytes.Add(uint64(size))
	if v2 {
		w.Header().Set("X-Prometheus-Remote-Write-Samples-Written", fmt.Sprint(samples))
	}
	w.WriteHeader(http.StatusNoContent)
}

// count counts samples, of 1.0 in their order when that is wanted.
func (s *Sink) count(body io.Reader, v2 bool) (samples uint64, size int, err error) {
	compressed, err := io.ReadAll(body)
	if err != nil {
		return 0, len(compressed), err
	}
	raw, err := snappy.Decode(nil, compressed)
	if err != nil {
		return 0, len(compressed), err
	}
	timeseries, histograms := protowire.Number(1), protowire.Number(4)
	if v2 {
		timeseries, histograms = 5, 3
	}
	err = eachField(raw, func(number protowire.Number, series []byte) error {
		if number != timeseries {
			return nil
		}
		if o := s.order.Load(); o != nil && !v2 {
			o.note(series)
		}
		return eachField(series, func(number protowire.Number, _ []byte) error {
			if number == 2 || number == histograms {
				samples++
			}
			return nil
		})
	})
	return samples, len(compressed), err
}

// eachField calls visit for the length-delimited fields of a message, and skips others.
func eachField(message []byte, visit func(protowire.Number, []byte) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		size := protowire.ConsumeFieldValue(number, kind, message)
		if size < 0 {
			return protowire.ParseError(size)
		}
		if kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message)
			if err := visit(number, value); err != nil {
				return err
			}
		}
		message = message[size:]
	}
	return nil
}
