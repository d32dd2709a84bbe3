package clients

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"github.com/msp-collector/msp-collector/internal/filemode"
)

// maxFileBytes bounds what a check reads and hashes; it is room for several thousand pairs.
const maxFileBytes = 1 << 20

var (
	errNotRegular = errors.New("it is not a regular file: name a JSON file")
	errTooLarge   = fmt.Errorf("it is larger than %d bytes: remove pairs that are no longer used", maxFileBytes)
	errEmptyFile  = errors.New("it is empty: write [] to admit nobody")
	errWorldRead  = errors.New("every user of this host can read it, which file_mode: refuse forbids: chmod 600 it, or 640 with a group of the collector's")
	errNotUTF8    = errors.New("it is not UTF-8 text: save it as UTF-8")
)

// readFile returns the content of the file, following symbolic links. Anything but a regular file is
// refused before it is opened, because opening a pipe blocks.
func readFile(path string, refuseWorldRead bool) (content []byte, worldRead bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, false, errNotRegular
	}
	if worldRead = info.Mode().Perm()&0o004 != 0; worldRead && refuseWorldRead {
		return nil, true, errWorldRead
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, worldRead, withoutPath(err)
	}
	defer func() { _ = f.Close() }() // only read from
	content, err = io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, worldRead, withoutPath(err)
	}
	if len(content) > maxFileBytes {
		return nil, worldRead, errTooLarge
	}
	return content, worldRead, nil
}

// withoutPath drops the path that the os package repeats; the caller names it once. Denied permission is
// explained, with the path.
func withoutPath(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return filemode.Explain(err)
	}
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return fmt.Errorf("%s: %w", pathErr.Op, pathErr.Err)
	}
	return err
}

// textOf checks what a person cannot see in an editor, and drops the byte order mark that some
// editors leave (RFC 8259 section 8.1 lets a parser ignore it).
func textOf(content []byte) ([]byte, error) {
	text := bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errEmptyFile
	}
	if !utf8.Valid(text) {
		return nil, errNotUTF8
	}
	return text, nil
}
