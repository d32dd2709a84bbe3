package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/prompb"
)

// write is a remote write 1.0 request with one scrape of a host, as a Prometheus server sends it. Its samples get new values and
// times in place.
type write struct {
	lines  []line
	raw    []byte
	values []int // offsets; a time is one byte behind each value
	sent   uint64
	body   []byte
}

// writeTime is a time in milliseconds that no sample has. Its varint is as long as that of any time of these decades.
const writeTime = 1<<40 | 0x2bcdef1234

// newWrite makes the request of a host.
func newWrite(lines []line, instance string) (*write, error) {
	request, err := requestOf(lines, instance)
	if err != nil {
		return nil, err
	}
	w := &write{lines: lines}
	if w.raw, err = request.Marshal(); err != nil {
		return nil, err
	}
	pattern := binary.AppendUvarint([]byte{2 << 3}, writeTime) // Sample.timestamp, behind Sample.value
	for from := 0; ; {
		i := bytes.Index(w.raw[from:], pattern)
		if i < 0 {
			break
		}
		w.values = append(w.values, from+i-8)
		from += i + len(pattern)
	}
	if len(w.values) != len(lines) {
		return nil, fmt.Errorf("%d times found in a request of %d samples", len(w.values), len(lines))
	}
	return w, nil
}

// requestOf reads lines as a scrape does.
func requestOf(lines []line, instance string) (*prompb.WriteRequest, error) {
	request := &prompb.WriteRequest{}
	parser := textparse.NewPromParser(page(nil, lines, 0), labels.NewSymbolTable(), false)
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return request, nil
		}
		if err != nil {
			return nil, err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var scraped labels.Labels
		parser.Labels(&scraped)
		all := labels.NewBuilder(scraped).Set("job", "node").Set("instance", instance).Labels()
		request.Timeseries = append(request.Timeseries, prompb.TimeSeries{
			Labels: prompb.FromLabels(all, nil), Samples: []prompb.Sample{{Value: 1, Timestamp: writeTime}},
		})
	}
}

// at is the body of the host's next scrape. It is valid until the next one.
func (w *write) at(now time.Time) []byte {
	for i, offset := range w.values {
		binary.LittleEndian.PutUint64(w.raw[offset:], math.Float64bits(w.lines[i].value(w.sent)))
		binary.PutUvarint(w.raw[offset+9:], uint64(now.UnixMilli()))
	}
	w.sent++
	w.body = snappy.Encode(w.body[:cap(w.body)], w.raw)
	return w.body
}
