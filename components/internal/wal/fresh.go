package wal

import "sync"

const (
	freshFrames = 8
	freshBytes  = 256 << 10 // the largest payload that is kept
)

// fresh is the payloads appended last. A reader that is not behind, as it mostly is, takes them from here: what was
// appended needs not be unpacked again. It is safe for concurrent use; the zero value is ready.
type fresh struct {
	mu     sync.Mutex
	frames [freshFrames]freshFrame
	next   int
}

type freshFrame struct {
	first   uint64
	count   uint32 // 0: none
	payload []byte
}

// keep copies payloads that were appended, the first of whose items has the ordinal first.
func (f *fresh) keep(first uint64, payloads []Payload) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range payloads {
		if len(p.Data) <= freshBytes {
			frame := &f.frames[f.next%freshFrames]
			f.next++
			frame.first, frame.count, frame.payload = first, p.Count, append(frame.payload[:0], p.Data...)
		}
		first += uint64(p.Count)
	}
}

// take copies the payload of a frame to dst, if it is here.
func (f *fresh) take(dst []byte, h *header) ([]byte, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.frames {
		if frame := &f.frames[i]; frame.first == h.first && frame.count == h.count && frame.count > 0 {
			return append(dst[:0], frame.payload...), true
		}
	}
	return dst, false
}
