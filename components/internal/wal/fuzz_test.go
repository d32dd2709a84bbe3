package wal

import (
	"bytes"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzLog interprets its input as steps that append to a log, damage its files and open it again. After each opening, what
// is read must be what was appended, in order, none twice; and all that the damage did not touch must be there.
func FuzzLog(f *testing.F) {
	f.Fuzz(func(t *testing.T, steps []byte) { run(t, steps[:min(len(steps), 300)]) })
}

func run(t *testing.T, steps []byte) {
	m := &model{t: t, disk: &disk{}, steps: steps}
	m.settings = Settings{Directory: t.TempDir(), SegmentSize: 2000, open: m.disk.open}
	m.open()
	for len(m.steps) > 0 {
		m.step()
	}
	m.reopen()
	require.NoError(t, m.log.Close())
}

// entry is a frame that was appended, and where.
type entry struct {
	Frame
	file       string
	start, end int64
	touched    bool
}

type model struct {
	t        *testing.T
	settings Settings
	disk     *disk
	log      *Log
	entries  []entry
	steps    []byte
}

func (m *model) step() {
	switch m.byte() % 10 {
	case 0, 1, 2:
		m.append(m.data())
	case 3:
		m.append(m.data(), m.data())
	case 4:
		m.refused()
	case 5: // a bit
		m.damage(func(data []byte, at int) []byte { data[at] ^= 1 << (m.byte() % 8); return data })
	case 6: // the tail
		m.damage(func(data []byte, at int) []byte { return data[:at] })
	case 7: // a page is zero
		m.damage(func(data []byte, at int) []byte { clear(page(data, at)); return data })
	case 8: // a page is one before it; nothing can tell a page that is as it once was, so pages never move back
		m.damage(func(data []byte, at int) []byte {
			copy(page(data, at), bytes.Clone(page(data, int(m.byte())*at>>8)))
			return data
		})
	case 9:
		m.reopen()
	}
}

// page is the one that at is in; small, as the segments are.
func page(data []byte, at int) []byte { return data[at&^255 : min(len(data), at|255+1)] }

func (m *model) byte() byte {
	if len(m.steps) == 0 {
		return 0
	}
	b := m.steps[0]
	m.steps = m.steps[1:]
	return b
}

// data is a payload: runs, noise, or what is at the end of the log, as it is stored.
func (m *model) data() Payload {
	size, kind := int(m.byte()), m.byte()
	p := Payload{Data: bytes.Repeat([]byte{kind}, size), Count: 1 + uint32(kind)%7}
	switch kind % 3 {
	case 1:
		for i := range p.Data {
			p.Data[i] = byte((i + 1) * (i + int(kind)) * 40503 >> 8)
		}
	case 2:
		if names := segmentFiles(m.t, m.settings.Directory); len(names) > 0 {
			data, err := os.ReadFile(names[len(names)-1])
			require.NoError(m.t, err)
			p.Data = data[max(0, len(data)-4*size):]
		}
	}
	return p
}

func (m *model) append(payloads ...Payload) {
	_, first := m.log.Bounds()
	require.NoError(m.t, m.log.Append(payloads...))
	last := *m.log.last()
	added := make([]entry, len(payloads))
	for i, p := range payloads {
		added[i] = entry{Frame: Frame{First: first, Count: p.Count, Payload: p.Data}, file: m.log.path(last)}
		first += uint64(p.Count)
	}
	for i, at := len(payloads)-1, last.size; i >= 0; i-- {
		frame, err := appendFrame(nil, payloads[i])
		require.NoError(m.t, err)
		added[i].start, added[i].end = at-int64(len(frame)), at
		at = added[i].start
	}
	m.entries = append(m.entries, added...)
}

func (m *model) refused() {
	m.disk.budget, m.disk.err = int(m.byte()), syscall.ENOSPC
	if m.byte()%2 == 1 {
		m.disk.truncate = syscall.EIO
	}
	require.ErrorIs(m.t, m.log.Append(m.data(), m.data()), syscall.ENOSPC)
	*m.disk = disk{}
}

// damage changes a segment at an offset.
func (m *model) damage(change func(data []byte, at int) (changed []byte)) {
	names := segmentFiles(m.t, m.settings.Directory)
	if len(names) == 0 {
		return
	}
	require.NoError(m.t, m.log.Close())
	name := names[int(m.byte())%len(names)]
	data, err := os.ReadFile(name)
	require.NoError(m.t, err)
	if at := int(m.byte()) * len(data) >> 8; at < len(data) {
		before := bytes.Clone(data)
		changed := change(data, at)
		require.NoError(m.t, os.WriteFile(name, changed, 0o600))
		m.touch(name, before, changed)
	}
	m.open()
	m.check()
}

// touch marks the entries whose bytes have changed.
func (m *model) touch(name string, before, after []byte) {
	for i := range m.entries {
		e := &m.entries[i]
		if e.file != name || e.touched {
			continue
		}
		e.touched = e.end > int64(len(after)) || !bytes.Equal(before[e.start:e.end], after[e.start:e.end])
	}
}

func (m *model) reopen() {
	require.NoError(m.t, m.log.Close())
	m.open()
	m.check()
}

func (m *model) open() {
	var err error
	m.log, err = Open(m.settings)
	require.NoError(m.t, err)
}

func (m *model) check() {
	got := readFrom(m.t, m.log, 0)
	end := uint64(0)
	for i := range got {
		require.GreaterOrEqual(m.t, got[i].First, end)
		end = got[i].First + uint64(got[i].Count)
		require.True(m.t, m.appended(&got[i]), "%d was never appended", got[i].First)
	}
	_, next := m.log.Bounds()
	require.LessOrEqual(m.t, end, next)
	for _, e := range m.entries {
		if e.touched {
			continue
		}
		require.NotEmpty(m.t, got, "%d is lost", e.First)
		for got[0].First < e.First && len(got) > 1 {
			got = got[1:]
		}
		require.True(m.t, same(&e.Frame, &got[0]), "%d is lost", e.First)
	}
}

func (m *model) appended(f *Frame) bool {
	for i := range m.entries {
		if same(&m.entries[i].Frame, f) {
			return true
		}
	}
	return false
}

func same(a, b *Frame) bool {
	return a.First == b.First && a.Count == b.Count && bytes.Equal(a.Payload, b.Payload)
}
