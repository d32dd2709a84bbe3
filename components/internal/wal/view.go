package wal

import "os"

// View is a log that is only read, whether or not somebody holds it: nothing on the disk is changed, not even a torn end.
// What is appended after OpenView is not seen. Its methods are safe for concurrent use.
type View struct{ log *Log }

// OpenView opens the log in a directory for reading, without its lock. A directory without segments is an empty log.
func OpenView(directory string) (*View, error) {
	l := &Log{settings: Settings{Directory: directory, open: openFile}}
	if err := l.list(); err != nil {
		return nil, err
	}
	if len(l.segments) == 0 {
		return &View{l}, nil
	}
	last := l.last()
	file, err := l.settings.open(l.path(*last), os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	size, end, err := wholeFrames(file, *last)
	if err != nil {
		return nil, err
	}
	l.size += size - last.size
	last.size, l.end = size, end
	return &View{l}, nil
}

// Bounds returns the ordinal of the first item that may still be in the log, and the one after the last.
func (v *View) Bounds() (first, end uint64) { return v.log.Bounds() }

// NewReader returns a reader as that of a Log.
func (v *View) NewReader(from uint64) *Reader { return v.log.NewReader(from) }

// Holds reports whether a directory has segments of a log.
func Holds(directory string) bool {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if _, ok := parseName(entry.Name()); ok {
			return true
		}
	}
	return false
}
