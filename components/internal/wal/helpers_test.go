package wal

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func open(t testing.TB, settings Settings) *Log {
	t.Helper()
	l, err := Open(settings)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func payload(text string, count uint32) Payload { return Payload{Data: []byte(text), Count: count} }

// readAll returns what the reader has, each frame's payload copied.
func readAll(t testing.TB, r *Reader) []Frame {
	t.Helper()
	var frames []Frame
	for {
		frame, err := r.Next()
		if errors.Is(err, io.EOF) {
			return frames
		}
		require.NoError(t, err)
		frame.Payload = append([]byte(nil), frame.Payload...)
		frames = append(frames, frame)
	}
}

func readFrom(t testing.TB, l *Log, from uint64) []Frame {
	t.Helper()
	r := l.NewReader(from)
	defer r.Close()
	return readAll(t, r)
}

func texts(frames []Frame) string {
	var all []string
	for _, frame := range frames {
		all = append(all, string(frame.Payload))
	}
	return strings.Join(all, " ")
}

// forget makes readers be behind: they read the file.
func forget(l *Log) { l.fresh.frames = [freshFrames]freshFrame{} }

// copyOf is the log as it is on the disk at this moment, as after a crash.
func copyOf(t testing.TB, directory string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range segmentFiles(t, directory) {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, filepath.Base(name)), data, 0o600))
	}
	return to
}

func segmentFiles(t testing.TB, directory string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(directory, "*"+suffix))
	require.NoError(t, err)
	return names
}

// disk is a file system whose faults a test chooses.
type disk struct {
	budget   int // bytes that can be written before err; without err there is no limit
	err      error
	truncate error
	sync     error
	create   error
	openErr  error // of every open
	read     error
	badPage  int64  // read fails for reads of this page
	onSync   func() // if not nil, called at each sync
}

func (d *disk) open(name string, flag int) (file, error) {
	if d.openErr != nil {
		return nil, d.openErr
	}
	if flag&os.O_CREATE != 0 && d.create != nil {
		return nil, d.create
	}
	f, err := os.OpenFile(name, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return &faultyFile{f, d}, nil
}

type faultyFile struct {
	*os.File
	disk *disk
}

func (f *faultyFile) WriteAt(p []byte, offset int64) (int, error) {
	if f.disk.err == nil {
		return f.File.WriteAt(p, offset)
	}
	n, err := f.File.WriteAt(p[:min(f.disk.budget, len(p))], offset)
	return n, errors.Join(err, f.disk.err)
}

func (f *faultyFile) ReadAt(p []byte, offset int64) (int, error) {
	bad := f.disk.badPage * pageSize
	if f.disk.read == nil || offset >= bad+pageSize || offset+int64(len(p)) <= bad {
		return f.File.ReadAt(p, offset)
	}
	n, err := f.File.ReadAt(p[:max(0, bad-offset)], offset)
	return n, errors.Join(err, f.disk.read)
}

func (f *faultyFile) Truncate(size int64) error {
	if f.disk.truncate != nil {
		return f.disk.truncate
	}
	return f.File.Truncate(size)
}

func (f *faultyFile) Sync() error {
	if f.disk.onSync != nil {
		f.disk.onSync()
	}
	if f.disk.sync != nil {
		return f.disk.sync
	}
	return f.File.Sync()
}
