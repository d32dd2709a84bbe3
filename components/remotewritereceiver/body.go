package remotewritereceiver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/golang/snappy"
)

const (
	// minReadSize is how much room a body gets at first. It grows as bytes arrive, whatever Content-Length promises.
	minReadSize = 64 << 10
	// How large buffers may be to be kept for the next request. Those of compressed bytes are smaller, as what they hold is, and
	// since slow senders sit on them.
	maxPooledCompressed = 512 << 10
	maxPooled           = 4 << 20
	// maxExpansion is more than a snappy block can expand by: at best, 3 bytes stand for 64.
	maxExpansion = 22
)

// framing begins a stream in snappy's other format.
var framing = []byte("\xff\x06\x00\x00sNaPpY")

// body is a request as it comes, in a buffer that later requests use again.
type body struct{ compressed []byte }

// receive reads the body to its end. The share grows with it, so that a slow sender holds no more than what it has sent, and in
// the end is as large as the body.
func (b *body) receive(r *http.Request, limit int64, room *share) error {
	if r.ContentLength > limit {
		return tooLarge(r.ContentLength, limit)
	}
	b.compressed = b.compressed[:0]
	for {
		if int64(len(b.compressed)) == room.bytes {
			if err := b.grow(limit, room); err != nil {
				return err
			}
		}
		n, err := r.Body.Read(b.compressed[len(b.compressed):room.bytes])
		b.compressed = b.compressed[:len(b.compressed)+n]
		var beyond *http.MaxBytesError
		switch {
		case int64(len(b.compressed)) > limit, errors.As(err, &beyond):
			return tooLarge(int64(len(b.compressed)), limit)
		case errors.Is(err, io.EOF):
			room.resize(int64(len(b.compressed)))
			return nil
		case err != nil:
			// Nobody who has lost the connection reads this. A slow sender does, and must not give its data up.
			return answered{http.StatusServiceUnavailable, fmt.Errorf("the body could not be read to its end: %w", err)}
		}
	}
}

// grow doubles the share, and then the buffer where it is smaller; one byte beyond the limit tells that a body is too large.
func (b *body) grow(limit int64, room *share) error {
	if !room.resize(min(max(minReadSize, 2*room.bytes), limit+1)) {
		return crowded(room)
	}
	if int64(cap(b.compressed)) < room.bytes {
		b.compressed = append(make([]byte, 0, room.bytes), b.compressed...)
	}
	return nil
}

// trim lets go of what was large.
func (b *body) trim() {
	if cap(b.compressed) > maxPooledCompressed {
		b.compressed = nil
	}
}

// decompress believes the length that a snappy block declares only after it was found possible, and takes as much of the budget
// before any memory. The buffer is replaced by a larger one where it is too small; the result is in it.
func decompress(compressed []byte, buffer *[]byte, limit int64, room *share) ([]byte, error) {
	size, err := snappy.DecodedLen(compressed)
	switch {
	case bytes.HasPrefix(compressed, framing):
		return nil, badRequest("the body is in snappy's framing format: remote write has its block format")
	case err != nil:
		return nil, badRequest("the body is not compressed with snappy")
	case int64(size) > limit:
		return nil, answered{http.StatusRequestEntityTooLarge,
			fmt.Errorf("the body has %d bytes decompressed, more than max_decompressed_body_size, %d: send less in a request", size, limit)}
	case size > maxExpansion*len(compressed):
		return nil, badRequest("the body is damaged: %d bytes of snappy cannot be %d decompressed", len(compressed), size)
	case !room.resize(int64(len(compressed)) + int64(size)):
		return nil, crowded(room)
	}
	if cap(*buffer) < size {
		*buffer = make([]byte, size)
	}
	decoded, err := snappy.Decode((*buffer)[:cap(*buffer)], compressed)
	if err != nil {
		return nil, badRequest("the body is damaged: %v", err)
	}
	return decoded, nil
}

func tooLarge(size, limit int64) error {
	return answered{http.StatusRequestEntityTooLarge,
		fmt.Errorf("the body has %d bytes or more, and http::max_request_body_size is %d: send less in a request", size, limit)}
}

func crowded(room *share) error {
	return answered{http.StatusServiceUnavailable,
		fmt.Errorf("requests hold all of max_in_flight_bytes, %d: send it again", room.of.limit)}
}
