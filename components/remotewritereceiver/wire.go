package remotewritereceiver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Wire types of protocol buffers.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// errMalformed is of a message that no correct sender makes: nothing of it is taken.
var errMalformed = errors.New("the body is not a valid message")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errMalformed, fmt.Sprintf(format, args...))
}

// cursor walks over the fields of a message. Reading straight from the bytes spares the structs of a whole request. Groups,
// which proto3 does not have, are malformed.
type cursor struct {
	rest   []byte
	field  int
	wire   int
	value  uint64 // of a number, as its bits
	bytes  []byte // of all that has a length
	failed bool
}

// next goes to the next field. It is false at the end, and when the message is malformed.
func (c *cursor) next() bool {
	if len(c.rest) == 0 {
		return false
	}
	tag := c.varint()
	c.field, c.wire = int(tag>>3), int(tag&7)
	if c.failed || c.field < 1 || c.field > 1<<29-1 {
		return c.fail()
	}
	switch c.wire {
	case wireVarint:
		c.value = c.varint()
	case wire64:
		if len(c.rest) < 8 {
			return c.fail()
		}
		c.value, c.rest = binary.LittleEndian.Uint64(c.rest), c.rest[8:]
	case wireBytes:
		n := c.varint()
		if c.failed || n > uint64(len(c.rest)) {
			return c.fail()
		}
		c.bytes, c.rest = c.rest[:n:n], c.rest[n:]
	case wire32:
		if len(c.rest) < 4 {
			return c.fail()
		}
		c.rest = c.rest[4:]
	default:
		return c.fail()
	}
	return !c.failed
}

func (c *cursor) varint() uint64 {
	if len(c.rest) > 0 && c.rest[0] < 0x80 {
		v := uint64(c.rest[0])
		c.rest = c.rest[1:]
		return v
	}
	v, n := binary.Uvarint(c.rest)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.rest = c.rest[n:]
	return v
}

func (c *cursor) fail() bool {
	c.rest, c.failed = nil, true
	return false
}

// expect fails when the field at hand, which is known, is of another wire type.
func (c *cursor) expect(wire int) bool {
	if c.wire != wire {
		return c.fail()
	}
	return true
}

func (c *cursor) double() float64 { return math.Float64frombits(c.value) }

func (c *cursor) int64() int64 { return int64(c.value) } //nolint:gosec // int64 travels as its bits

// err tells whether the walk ended before the message did.
func (c *cursor) err(what string) error {
	if c.failed {
		return malformed("%s cannot be read", what)
	}
	return nil
}
