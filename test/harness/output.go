package harness

import (
	"regexp"
	"strings"
	"sync"
)

// Output collects what a process prints. It is safe for concurrent use.
type Output struct {
	mu  sync.Mutex
	buf strings.Builder
}

func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// String returns everything printed so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// Len is the offset behind everything printed so far, for use with Since.
func (o *Output) Len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Len()
}

// Since returns what was printed behind an offset that Len returned.
func (o *Output) Since(offset int) string {
	return o.String()[offset:]
}

// Line returns the first whole line that matches, or false.
func (o *Output) Line(pattern *regexp.Regexp) (string, bool) {
	text := o.String()
	end := strings.LastIndexByte(text, '\n')
	for line := range strings.Lines(text[:end+1]) {
		if pattern.MatchString(line) {
			return strings.TrimSuffix(line, "\n"), true
		}
	}
	return "", false
}

// Tail returns at most the last n lines, for messages.
func (o *Output) Tail(n int) string {
	lines := strings.Split(strings.TrimRight(o.String(), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
