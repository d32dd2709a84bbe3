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
	// maxPooled is how large a buffer may be to be kept for the next request.
	maxPooled = 4 << 20
	// maxExpansion is more than a snappy block can expand by: at best, 3 bytes stand for 64.
	maxExpansion = 22
)

// framing begins a stream in snappy's other format.
var framing = []byte("\xff\x06\x00\x00sNaPpY")

// body has the two forms of a request, in buffers that later requests use again.
type body struct {
	compressed   []byte
	decompressed []byte
}

// read reads and decompresses the body of a request. The result is valid until the next read.
func (b *body) read(r *http.Request, maxCompressed, maxDecompressed int64) ([]byte, error) {
	if err := b.receive(r, maxCompressed); err != nil {
		return nil, err
	}
	return b.decompress(maxDecompressed)
}

// receive reads the body as it comes.
func (b *body) receive(r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		return tooLarge(r.ContentLength, limit)
	}
	if b.compressed == nil {
		b.compressed = make([]byte, 0, minReadSize)
	}
	b.compressed = b.compressed[:0]
	for {
		if len(b.compressed) == cap(b.compressed) {
			b.compressed = append(b.compressed, 0)[:len(b.compressed)]
		}
		n, err := r.Body.Read(b.compressed[len(b.compressed):cap(b.compressed)])
		b.compressed = b.compressed[:len(b.compressed)+n]
		var beyond *http.MaxBytesError
		switch {
		case int64(len(b.compressed)) > limit, errors.As(err, &beyond):
			return tooLarge(int64(len(b.compressed)), limit)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			// Nobody who has lost the connection reads this. A slow sender does, and must not give its data up.
			return answered{http.StatusServiceUnavailable, fmt.Errorf("the body could not be read to its end: %w", err)}
		}
	}
}

// decompress believes the length that a snappy block declares only after it was found possible.
func (b *body) decompress(limit int64) ([]byte, error) {
	size, err := snappy.DecodedLen(b.compressed)
	switch {
	case bytes.HasPrefix(b.compressed, framing):
		return nil, badRequest("the body is in snappy's framing format: remote write has its block format")
	case err != nil:
		return nil, badRequest("the body is not compressed with snappy")
	case int64(size) > limit:
		return nil, answered{http.StatusRequestEntityTooLarge,
			fmt.Errorf("the body has %d bytes decompressed, more than max_decompressed_body_size, %d: send less in a request", size, limit)}
	case size > maxExpansion*len(b.compressed):
		return nil, badRequest("the body is damaged: %d bytes of snappy cannot be %d decompressed", len(b.compressed), size)
	}
	if cap(b.decompressed) < size {
		b.decompressed = make([]byte, size)
	}
	decoded, err := snappy.Decode(b.decompressed[:cap(b.decompressed)], b.compressed)
	if err != nil {
		return nil, badRequest("the body is damaged: %v", err)
	}
	return decoded, nil
}

// trim lets go of what was large.
func (b *body) trim() {
	if cap(b.compressed) > maxPooled {
		b.compressed = nil
	}
	if cap(b.decompressed) > maxPooled {
		b.decompressed = nil
	}
}

func tooLarge(size, limit int64) error {
	return answered{http.StatusRequestEntityTooLarge,
		fmt.Errorf("the body has %d bytes or more, and http::max_request_body_size is %d: send less in a request", size, limit)}
}
