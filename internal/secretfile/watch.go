package secretfile

import (
	"crypto/sha256"
	"fmt"
)

// Watch notices changes of a set of files. It is not safe for concurrent use.
type Watch struct {
	paths []string
	seen  [sha256.Size]byte
}

// NewWatch identifies the files as they are now, so it is called before they are loaded: a change in between is
// then noticed by Changed. Empty paths are left out.
func NewWatch(paths ...string) *Watch {
	w := &Watch{}
	for _, path := range paths {
		if path != "" {
			w.paths = append(w.paths, path)
		}
	}
	w.seen = w.identify()
	return w
}

// Paths returns the files that are watched.
func (w *Watch) Paths() []string { return w.paths }

// Changed reads the files and reports whether any content differs from the last look. A file that cannot be read
// is identified by the reason.
func (w *Watch) Changed() bool {
	now := w.identify()
	changed := now != w.seen
	w.seen = now
	return changed
}

func (w *Watch) identify() [sha256.Size]byte {
	h := sha256.New()
	for _, path := range w.paths {
		file, err := Read(path, "file")
		if err != nil {
			_, _ = fmt.Fprintf(h, "error %q\n", err)
			continue
		}
		_, _ = fmt.Fprintf(h, "%d\n", len(file.Content))
		_, _ = h.Write(file.Content)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
