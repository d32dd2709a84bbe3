package write

import (
	"fmt"
	"math"
	"sync"

	"github.com/klauspost/compress/s2"

	"github.com/msp-collector/msp-collector/components/internal/protobuf"
	"github.com/msp-collector/msp-collector/components/internal/record"
)

// Request is one remote write request and what it holds.
type Request struct {
	Body       []byte // a snappy block; valid until the encoder is used again
	Raw        int    // bytes before compression
	Samples    int
	Histograms int
	Exemplars  int // of all items
	Lone       int // items that are exemplars without a sample
	Metadata   int // families described, or for 2.0 the items that described some
	TooOld     int // samples left out for their age
	Skipped    int // samples left out because the caller has said so
}

// AnyAge leaves no sample out.
const AnyAge = math.MinInt64

// Encoder makes requests. It is not safe for concurrent use. Between requests it keeps the compressed body only: what is
// needed while encoding is shared among encoders, since most of them wait for an answer most of the time.
type Encoder struct {
	protocol Protocol
	body     []byte
}

// NewEncoder returns an encoder of a protocol.
func NewEncoder(p Protocol) *Encoder { return &Encoder{protocol: p} }

// Protocol is what Encode makes.
func (e *Encoder) Protocol() Protocol { return e.protocol }

// SetProtocol changes what Encode makes from now on.
func (e *Encoder) SetProtocol(p Protocol) { e.protocol = p }

// Encode makes a request of the samples of a record from one to before another, counted from 0. For 2.0, the metadata before a
// sample describe it, unless they say nothing; 1.0 skips them. Samples with a timestamp before oldest, in milliseconds, are left
// out. A malformed one is an error, and there is no request then.
func (e *Encoder) Encode(data []byte, from, before int, oldest int64) (Request, error) {
	return e.EncodeWithout(nil, data, from, before, oldest)
}

// EncodeWithout is Encode without the samples whose number skip holds true for. A nil skip leaves none out.
func (e *Encoder) EncodeWithout(skip []bool, data []byte, from, before int, oldest int64) (Request, error) {
	m := messages.Get().(*message)
	defer m.free()
	m.reset(e.protocol)
	m.oldest = oldest
	if err := m.items.Reset(data); err != nil {
		return Request{}, fmt.Errorf("encode a record: %w", err)
	}
	for n := range before {
		err := m.next()
		switch {
		case err != nil || n < from:
		case skip != nil && skip[n]:
			m.counts.Skipped++
		default:
			err = m.add()
		}
		if err != nil {
			return Request{}, fmt.Errorf("encode sample %d of a record: %w", n, err)
		}
	}
	return e.finish(m), nil
}

// EncodeMetadata makes a 1.0 request that has no samples.
func (e *Encoder) EncodeMetadata(families []record.Metadata) Request {
	m := messages.Get().(*message)
	defer m.free()
	m.reset(V1)
	for i := range families {
		m.series = appendMetadataV1(m.series, &families[i])
		m.counts.Metadata++
	}
	return e.finish(m)
}

func (e *Encoder) finish(m *message) Request {
	request, raw := m.counts, m.bytes()
	request.Raw = len(raw)
	m.packed = s2.EncodeSnappy(m.packed, raw)
	e.body = append(e.body[:0], m.packed...)
	request.Body = e.body
	return request
}

// message is a request in the making.
type message struct {
	protocol  Protocol
	symbols   symbols // 2.0
	meta      []byte  // 2.0: the metadata field of the series that follow
	series    []byte  // 1.0: the whole request; 2.0: what comes behind the symbols
	one       []byte  // 2.0: the series being made
	refs      []byte  // 2.0: its references
	last      []known // 2.0: the labels of the series before, by position
	exemplar  []byte  // 2.0: its exemplar being made
	packed    []byte
	items     record.Reader
	described []byte // the metadata read last, until a sample needs them
	oldest    int64  // samples before it are left out
	counts    Request
}

var messages = sync.Pool{New: func() any { return new(message) }}

func (m *message) reset(p Protocol) {
	m.protocol, m.counts = p, Request{}
	m.series, m.meta = m.series[:0], m.meta[:0]
	if p != V2 {
		return
	}
	m.symbols.reset()
	for i := range m.last {
		m.last[i].label = m.last[i].label[:0]
	}
}

// free gives the message back, without what points into the record.
func (m *message) free() {
	_ = m.items.Reset(nil)
	m.described = nil
	messages.Put(m)
}

// bytes is the whole request, uncompressed.
func (m *message) bytes() []byte {
	if m.protocol == V1 {
		return m.series
	}
	m.symbols.table = append(m.symbols.table, m.series...)
	return m.symbols.table
}

// next goes to the next sample of the record.
func (m *message) next() error {
	for {
		metadata, more, err := m.items.Next()
		switch {
		case err != nil:
			return err
		case !more:
			return record.ErrCorrupt
		case metadata == nil:
			return nil
		}
		m.described = metadata
	}
}

// add adds the sample at hand.
func (m *message) add() error {
	if m.described != nil && m.protocol == V2 {
		if err := m.describe(m.described); err != nil {
			return err
		}
	}
	m.described = nil
	s := &m.items.Sample
	if s.Timestamp < m.oldest {
		m.counts.TooOld++
		return nil
	}
	if s.Kind == record.Histogram && !protobuf.ValidHistogram(s.Histogram) {
		return fmt.Errorf("histogram: %w", record.ErrCorrupt)
	}
	add := (*message).addV1
	if m.protocol == V2 {
		add = (*message).addV2
	}
	if err := add(m, s); err != nil {
		return err
	}
	switch s.Kind {
	case record.Float:
		m.counts.Samples++
	case record.Histogram:
		m.counts.Histograms++
	case record.LoneExemplars:
		m.counts.Lone++
	}
	return nil
}
