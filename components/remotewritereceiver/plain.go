package remotewritereceiver

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/prometheus/common/model"
)

// Tags of remote write 1.0 as they are on the wire.
const (
	tagLabels  = fieldLabels<<3 | wireBytes
	tagSamples = fieldSamples<<3 | wireBytes
	tagName    = 1<<3 | wireBytes
	tagValue   = 2<<3 | wireBytes
	tagNumber  = 1<<3 | wire64
	tagTime    = 2<<3 | wireVarint
)

// plain is a series of remote write 1.0 as Prometheus writes nearly all of them: labels in order, none of them empty or long,
// then samples, and nothing else. Its labels are what a record has, byte by byte, so that packing them is copying them.
type plain struct {
	labels  []byte
	count   int // of them
	name    []byte
	samples []byte
}

// plainSeries is ok when the message is a plain series with nothing to refuse; all others go the long way, which knows what is
// wrong with them.
func plainSeries(message []byte) (p plain, ok bool) {
	at := 0
	var last []byte
	for at < len(message) && message[at] == tagLabels {
		name, value, size := plainLabel(message[at:])
		if size == 0 || bytes.Compare(last, name) >= 0 {
			return p, false
		}
		if string(name) == model.MetricNameLabel {
			p.name = value
		}
		last = name
		at += size
		p.count++
	}
	p.labels, p.samples = message[:at], message[at:]
	// Between the texts are bytes below 0x80 only, so that all of them are UTF-8 exactly when the whole is.
	if p.name == nil || p.count > maxLabels || len(p.samples) == 0 || !utf8.Valid(p.labels) {
		return p, false
	}
	for rest := p.samples; len(rest) > 0; {
		_, _, size := plainSample(rest)
		if size == 0 {
			return p, false
		}
		rest = rest[size:]
	}
	return p, true
}

// plainLabel reads a label whose lengths are one byte each; size is 0 for any other.
func plainLabel(field []byte) (name, value []byte, size int) {
	if len(field) < 8 || field[1] >= 0x80 || field[2] != tagName {
		return nil, nil, 0
	}
	end, tag := 2+int(field[1]), 4+int(field[3])
	if end > len(field) || tag+2 >= end || tag == 4 || field[tag] != tagValue || tag+2+int(field[tag+1]) != end {
		return nil, nil, 0
	}
	return field[4:tag], field[tag+2 : end], end
}

// plainSample reads a sample with a time that pdata can hold; size is 0 for any other. A value that is 0 is not on the wire.
func plainSample(field []byte) (value float64, at int64, size int) {
	if len(field) < 4 || field[0] != tagSamples {
		return 0, 0, 0
	}
	size = 2
	if field[size] == tagNumber {
		if len(field) < 13 {
			return 0, 0, 0
		}
		value = math.Float64frombits(binary.LittleEndian.Uint64(field[3:]))
		size = 11
	}
	milliseconds, n := binary.Uvarint(field[size+1:])
	if field[size] != tagTime || n <= 0 || int(field[1]) != size-1+n || milliseconds > maxTime {
		return 0, 0, 0
	}
	return value, int64(milliseconds), size + 1 + n
}

// samplesFirst tells whether a series has samples behind its labels, which spares looking for what else it may have.
func samplesFirst(message []byte) bool {
	at := 0
	for at+1 < len(message) && message[at] == tagLabels && message[at+1] < 0x80 {
		at += 2 + int(message[at+1])
	}
	return at < len(message) && message[at] == tagSamples
}

// plain packs a series when it is a plain one; ok is false when nothing was done.
func (r *request) plain(message []byte) (ok bool, err error) {
	packing, packs := r.writer.(*packer)
	if !packs || r.protocol != v1 || len(r.families.all) > 0 || len(r.detached.byLabels) > 0 {
		return false, nil
	}
	p, ok := plainSeries(message)
	if !ok {
		return false, nil
	}
	for rest := p.samples; len(rest) > 0; {
		if r.weight > maxWeight {
			if err := r.flush(); err != nil {
				return true, err
			}
		}
		value, at, size := plainSample(rest)
		rest = rest[size:]
		r.weight += pointWeight + p.count*labelWeight + len(p.labels)
		packing.FloatOf(p.labels, at, value)
		r.pending.samples++
	}
	return true, nil
}
