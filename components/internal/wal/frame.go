package wal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/klauspost/compress/s2"
)

const (
	version    = 1
	headerSize = 32
	// maxPayload bounds what a reader allocates on the word of a header.
	maxPayload = 64 << 20
)

var (
	// magic begins with a byte that UTF-8 text never holds.
	magic      = []byte{0xf5, 'M', 'S', 'P'}
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	maxStored  = uint32(s2.MaxEncodedLen(maxPayload))
)

// header is what is known of a frame before its payload is read.
type header struct {
	length, count uint32
	first         uint64
	checksum      uint32 // of the payload
}

func (h *header) end() uint64 { return h.first + uint64(h.count) }

// size is that of the whole frame.
func (h *header) size() int64 { return headerSize + int64(h.length) }

// appendFrame appends a frame to dst; seal completes its header when its place is known.
func appendFrame(dst []byte, p Payload) ([]byte, error) {
	if p.Count == 0 {
		return dst, ErrNoItems
	}
	if len(p.Data) > maxPayload {
		return dst, fmt.Errorf("%w: a payload of %d bytes, the limit is %d", ErrTooLarge, len(p.Data), maxPayload)
	}
	start := len(dst)
	dst = slices.Grow(dst, headerSize+s2.MaxEncodedLen(len(p.Data)))
	stored := s2.EncodeSnappy(dst[start+headerSize:start+headerSize:cap(dst)], p.Data)
	dst = dst[:start+headerSize+len(stored)]

	head := dst[start : start+headerSize]
	clear(head)
	copy(head, magic)
	head[4] = version
	binary.LittleEndian.PutUint32(head[8:], uint32(len(stored))) //nolint:gosec // at most maxStored
	binary.LittleEndian.PutUint32(head[12:], p.Count)
	binary.LittleEndian.PutUint32(head[24:], crc32.Checksum(stored, castagnoli))
	return dst, nil
}

// seal gives the frames in buf their ordinals and offsets, and returns the ordinal after the last.
func seal(buf []byte, first uint64, offset int64) uint64 {
	for len(buf) > 0 {
		binary.LittleEndian.PutUint64(buf[16:], first)
		binary.LittleEndian.PutUint32(buf[28:], headerChecksum(buf, offset))
		first += uint64(binary.LittleEndian.Uint32(buf[12:]))
		size := headerSize + int64(binary.LittleEndian.Uint32(buf[8:]))
		buf, offset = buf[size:], offset+size
	}
	return first
}

// parseHeader reads the header that buf begins with; false says that there is none.
func parseHeader(buf []byte, offset int64) (header, bool) {
	if !bytes.HasPrefix(buf, magic) || buf[4] != version ||
		binary.LittleEndian.Uint32(buf[28:]) != headerChecksum(buf, offset) {
		return header{}, false
	}
	h := readHeader(buf)
	return h, h.length <= maxStored && h.count > 0 && h.end() > h.first
}

// readHeader reads the header of a frame that is known to be one.
func readHeader(buf []byte) header {
	return header{
		length:   binary.LittleEndian.Uint32(buf[8:]),
		count:    binary.LittleEndian.Uint32(buf[12:]),
		first:    binary.LittleEndian.Uint64(buf[16:]),
		checksum: binary.LittleEndian.Uint32(buf[24:]),
	}
}

// headerChecksum goes on over the offset without crc32.Update, for which its bytes would have to be allocated.
func headerChecksum(head []byte, offset int64) uint32 {
	sum := ^crc32.Checksum(head[:28], castagnoli)
	for range 8 {
		sum = castagnoli[byte(sum)^byte(offset)] ^ (sum >> 8) //nolint:gosec // the low bytes are meant
		offset >>= 8
	}
	return ^sum
}

// unpack returns the payload of h, in the memory of dst if that is enough; false says that it is damaged.
func unpack(dst, stored []byte, h *header) ([]byte, bool) {
	if crc32.Checksum(stored, castagnoli) != h.checksum {
		return dst, false
	}
	if n, err := s2.DecodedLen(stored); err != nil || n > maxPayload {
		return dst, false
	}
	data, err := s2.Decode(dst, stored)
	return data, err == nil
}
