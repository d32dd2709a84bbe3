package wal

import "sync"

const (
	freshFrames = 8
	freshBytes  = 256 << 10 // the largest payload that is kept
)

// fresh is the frames appended last. A reader that is not behind, as it mostly is, takes them from here: what was appended needs
// not be read and unpacked again. It is safe for concurrent use; the zero value is ready.
type fresh struct {
	mu     sync.Mutex
	frames [freshFrames]freshFrame
	next   int
}

// freshFrame is a frame and its place.
type freshFrame struct {
	segment uint64 // what its segment begins with
	offset  int64
	header  header // its count is 0 when there is none
	payload []byte
}

// keep copies payloads that were appended to a segment as these sealed frames, from the offset on.
func (f *fresh) keep(segment uint64, offset int64, frames []byte, payloads []Payload) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range payloads {
		h := readHeader(frames)
		if len(p.Data) <= freshBytes {
			frame := &f.frames[f.next%freshFrames]
			f.next++
			*frame = freshFrame{segment, offset, h, append(frame.payload[:0], p.Data...)}
		}
		frames, offset = frames[h.size():], offset+h.size()
	}
}

// take returns the frame at a place, if it is here, and copies its payload to dst.
func (f *fresh) take(dst []byte, segment uint64, offset int64) (h header, payload []byte, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.frames {
		if frame := &f.frames[i]; frame.offset == offset && frame.segment == segment && frame.header.count > 0 {
			return frame.header, append(dst[:0], frame.payload...), true
		}
	}
	return header{}, dst, false
}
