// Package protobuf appends fields of messages whose structs would cost too much.
package protobuf

import (
	"encoding/binary"
	"math"
)

// Wire types of protocol buffers.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
)

func appendTag(dst []byte, field, wire int) []byte {
	return binary.AppendUvarint(dst, uint64(field<<3|wire)) //nolint:gosec // field numbers are small
}

// AppendVarint appends an integer, which is left out when it is 0, the default.
func AppendVarint(dst []byte, field int, value uint64) []byte {
	if value == 0 {
		return dst
	}
	return AppendOneof(dst, field, value)
}

// AppendOneof is AppendVarint for a field that is there even when it is 0.
func AppendOneof(dst []byte, field int, value uint64) []byte {
	return binary.AppendUvarint(appendTag(dst, field, wireVarint), value)
}

// AppendDouble appends a number, which is left out when it is +0, the default; -0 has other bits.
func AppendDouble(dst []byte, field int, value float64) []byte {
	bits := math.Float64bits(value)
	if bits == 0 {
		return dst
	}
	return binary.LittleEndian.AppendUint64(appendTag(dst, field, wire64), bits)
}

// AppendBytes appends a message, or packed numbers.
func AppendBytes(dst []byte, field int, value []byte) []byte {
	dst = binary.AppendUvarint(appendTag(dst, field, wireBytes), uint64(len(value)))
	return append(dst, value...)
}

// ZigZag is how signed integers of either sign stay short.
func ZigZag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) } //nolint:gosec // bits

// AppendOneofDouble is AppendDouble for a field that is there even when it is 0.
func AppendOneofDouble(dst []byte, field int, value float64) []byte {
	return binary.LittleEndian.AppendUint64(appendTag(dst, field, wire64), math.Float64bits(value))
}
