package record

import (
	"encoding/binary"
	"math"
)

// Reader decodes records, one after the other. The zero value is at the end of a record. It is not safe for concurrent use.
type Reader struct {
	// Sample is what Next has read. Its labels are valid until the next call, its other slices point into the record.
	Sample Sample

	data     []byte
	from, to int    // bounds of the current item in data
	version  byte   // of the record
	whole    bool   // samples are not delta-encoded, as in version 1
	number   uint64 // of the current sample; successive samples of a record have successive numbers
	previous previous
}

// hashSize is the size of the hash of the labels that samples of version 1 begin with.
const hashSize = 8

// Reset begins to read a record, which must not change until all of it has been read.
func (r *Reader) Reset(record []byte) error {
	r.data, r.from, r.to, r.Sample = nil, 0, 0, Sample{}
	r.number++
	r.previous.reset()
	if len(record) == 0 {
		return ErrCorrupt
	}
	if r.version = record[0]; r.version < wholeVersion || r.version > exemplarsVersion {
		return ErrVersion
	}
	r.whole = r.version == wholeVersion
	r.data, r.to = record, 1
	return nil
}

// Next decodes the next sample into Sample, or returns the next metadata as an encoded item. ok is false at the end of the record
// and with an error, after which the rest of the record cannot be read.
func (r *Reader) Next() (metadata []byte, ok bool, err error) {
	if r.to == len(r.data) {
		return nil, false, nil
	}
	r.from = r.to
	body, to := cutItem(r.data, r.from)
	if to > len(r.data) {
		return r.corrupt()
	}
	r.to = to
	if Kind(r.data[r.from]&kindMask) == Meta {
		return r.data[r.from:to:to], true, nil
	}
	if !r.readUsual(r.data[:to], body) && !r.read(r.data[:to], body) {
		return r.corrupt()
	}
	r.number++
	return nil, true, nil
}

func (r *Reader) corrupt() (metadata []byte, ok bool, err error) {
	r.data, r.from, r.to = nil, 0, 0
	return nil, false, ErrCorrupt
}

// raw returns the encoded item that was read.
func (r *Reader) raw() []byte { return r.data[r.from:r.to] }

// readUsual is the fast path of read: a float without start and exemplars, all of whose lengths are one byte. It returns false
// for any other sample, and has changed nothing then.
func (r *Reader) readUsual(data []byte, at int) bool {
	if Kind(data[r.from]) != Float || r.whole || len(data)-at < 12 {
		return false
	}
	head := data[at : at+12 : at+12]
	timestamp, prefix, suffix, middle := head[0], int(head[9]), int(head[10]), int(head[11])
	if timestamp|head[9]|head[10]|head[11] >= 0x80 || at+12+middle != len(data) || prefix+suffix > len(r.previous.labels) {
		return false
	}
	r.previous.follow(r.previous.timestamp+unzigzag(uint64(timestamp)), prefix, suffix, data[at+12:])
	s := &r.Sample
	s.Kind, s.Value, s.Start = Float, math.Float64frombits(binary.LittleEndian.Uint64(head[1:])), 0
	s.Timestamp, s.Labels = r.previous.timestamp, r.previous.labels
	if s.Histogram != nil || s.Exemplars != nil {
		s.Histogram, s.Exemplars = nil, nil
	}
	return true
}

// read decodes the sample whose body begins at a place in data and ends with it. It returns false if that is malformed.
func (r *Reader) read(data []byte, at int) bool {
	s, kind := &r.Sample, data[r.from]
	if r.whole {
		at += hashSize
	}
	timestamp, at := uvarint(data, at)
	s.Start = 0
	if kind&flagStart != 0 {
		var start uint64
		start, at = uvarint(data, at)
		s.Start = unzigzag(start)
	}
	switch s.Kind = Kind(kind & kindMask); {
	case s.Kind == Histogram:
		s.Value = 0
		s.Histogram, at = cutBytes(data, at)
	case s.Kind == Float && at+8 <= len(data):
		s.Value = math.Float64frombits(binary.LittleEndian.Uint64(data[at:]))
		s.Histogram = nil
		at += 8
	case s.Kind == LoneExemplars && kind&flagExemplars != 0 && r.version == exemplarsVersion:
		s.Value, s.Histogram = 0, nil
	default:
		return false
	}
	if r.whole {
		s.Timestamp = unzigzag(timestamp)
		s.Labels, at = cutBytes(data, at)
	} else {
		s.Timestamp = r.previous.timestamp + unzigzag(timestamp)
		at = r.previous.read(s.Timestamp, data, at)
		s.Labels = r.previous.labels
	}
	s.Exemplars = nil
	if kind&flagExemplars != 0 {
		s.Exemplars, at = cutBytes(data, at)
	}
	return at == len(data) && (s.Kind != LoneExemplars || len(s.Exemplars) > 0)
}
