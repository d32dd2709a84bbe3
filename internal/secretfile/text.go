package secretfile

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What editors and shells write in front of text.
var (
	markUTF8    = []byte("\xef\xbb\xbf")
	markUTF16LE = []byte("\xff\xfe")
	markUTF16BE = []byte("\xfe\xff")
)

// ErrUTF16 is returned for a file that is UTF-16 text, as PowerShell 5 writes it.
var ErrUTF16 = errors.New("it is UTF-16 text: save it as UTF-8")

// Text returns the text of a file without a byte order mark in front and without the white space around it, which
// is what Prometheus trims. It returns "" for a file that holds nothing else.
func Text(content []byte) (string, error) {
	if bytes.HasPrefix(content, markUTF16LE) || bytes.HasPrefix(content, markUTF16BE) {
		return "", ErrUTF16
	}
	return strings.TrimSpace(string(bytes.TrimPrefix(bytes.TrimSpace(content), markUTF8))), nil
}

// TrimInvisible removes white space and invisible characters from both ends of a value that can hold neither.
func TrimInvisible(text string) string { return strings.TrimFunc(text, Invisible) }

// Invisible reports whether a person cannot see r in an editor: white space, control and format characters such as
// U+FEFF and U+200B, and bytes that are not UTF-8.
func Invisible(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r == utf8.RuneError
}
