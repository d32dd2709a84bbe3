package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// noticedWithin bounds the time from a complete write to the line that says the new pair is in use.
const noticedWithin = 3 * time.Second

// fileStyles are the ways files change. Each brings one key file, or two, from the old pair to the new one and returns
// when the last write was complete; w waits until the collector has seen the state in between.
//
// A file system without inotify, such as some FUSE and network ones, is not among them: none can be had without extra
// packages. The authenticator reads contents and never subscribes to events, which "same size and time" shows.
var fileStyles = []fileStyle{
	{name: "written in place", change: byWriter(harness.WriteInPlace)},
	{name: "renamed over", change: byWriter(harness.RenameOver)},
	{name: "same size and time", change: sameSizeAndTime},
	{name: "Kubernetes data swap", first: harness.SwapSymlink, change: byWriter(harness.SwapSymlink)},
	{name: "removed, then created", change: removedThenCreated},
	{name: "moved away, another moved in", change: movedAway},
	{name: "emptied first", change: afterContent("")},
	{name: "half written first", change: afterContent(`{"AccessKeyId": "LTAI5t`)},
	{name: "mode 000, then 600", change: unreadableFirst},
	{name: "on tmpfs", directory: tmpfs, change: byWriter(harness.WriteInPlace)},
	{name: "two files, id first", twoFiles: true, change: idThenSecret},
	{name: "two files, secret first", twoFiles: true, change: secretThenID},
}

type fileStyle struct {
	name      string
	twoFiles  bool                    // path is the secret's file, path.id the id's
	directory func(*testing.T) string // a temporary folder when nil
	first     harness.KeyWriter       // writes the first pair, in place when nil
	change    func(*styleWatch) time.Time
}

// One collector reads a file of every style; each must be noticed, and the log tells when. Changes begin right after a
// check, whose line they wait for, so the times are close to the longest: one check interval.
func TestEveryStyleOfFileChangeIsNoticed(t *testing.T) {
	watches := make([]*styleWatch, len(fileStyles))
	enabled := []string{"health_check", "accesskey_auth"}
	var extensions []string
	for i, style := range fileStyles {
		watches[i] = newStyleWatch(t, style, fmt.Sprintf("accesskey_auth/style%d", i))
		enabled = append(enabled, watches[i].id)
		extensions = append(extensions, watches[i].extension())
	}
	endpoint := harness.StartEndpoint(nil)
	t.Cleanup(endpoint.Close)
	collector := startUnprivileged(t, harness.CollectorSettings{
		Config: "standard.yaml",
		Overrides: []string{
			"yaml:service::telemetry::logs::sampling::enabled: false", // it drops lines beyond ten that are alike
			"yaml:extensions: {" + strings.Join(extensions, ", ") + "}",
			"yaml:service::extensions: [" + strings.Join(enabled, ", ") + "]",
		},
		Directory:      collectorDirectory(t, harness.NewAccessKey(), nil),
		RemoteWriteURL: endpoint.URL,
	})
	var table strings.Builder
	for _, w := range watches {
		t.Run(w.style.name, func(t *testing.T) {
			w.T, w.collector = t, collector
			w.says("AccessKey pair loaded", masked(w.old))
			written := w.style.change(w)
			noticed := w.says("AccessKey pair rotated", masked(w.next)).Sub(written)
			assert.Less(t, noticed, noticedWithin)
			fmt.Fprintf(&table, "%-30s %6d ms\n", w.style.name, noticed.Milliseconds())
			assert.Empty(t, w.old.Leaks(collector.Output.String()))
			assert.Empty(t, w.next.Leaks(collector.Output.String()))
		})
	}
	t.Logf("from a complete write to its use:\n%s", table.String())
}

// styleWatch is one style's file and what the collector says about it.
type styleWatch struct {
	*testing.T
	style     fileStyle
	id, path  string
	old, next harness.AccessKey
	collector *harness.Collector
}

func newStyleWatch(t *testing.T, style fileStyle, id string) *styleWatch {
	t.Helper()
	directory := t.TempDir()
	if style.directory != nil {
		directory = style.directory(t)
	}
	w := &styleWatch{T: t, style: style, id: id, path: filepath.Join(directory, "accesskey"),
		old: harness.NewAccessKey(), next: harness.NewAccessKey()}
	write := style.first
	if write == nil {
		write = harness.WriteInPlace
	}
	if style.twoFiles {
		require.NoError(t, writeFile(w.path, w.old.Secret))
		require.NoError(t, writeFile(w.path+".id", w.old.ID+"\n"))
	} else {
		require.NoError(t, write(w.path, w.old))
	}
	return w
}

// extension is the configuration of the instance that reads the file.
func (w *styleWatch) extension() string {
	if w.style.twoFiles {
		return fmt.Sprintf("%s: {file: {access_key_id_path: %q, access_key_secret_path: %q}}", w.id, w.path+".id", w.path)
	}
	return fmt.Sprintf("%s: {file: {path: %q}}", w.id, w.path)
}

// says waits for a line of this instance, with a pattern among its fields, and returns the time it was logged at.
func (w *styleWatch) says(message, fields string) time.Time {
	w.Helper()
	line := waitForLine(w.T, w.collector, regexp.MustCompile(message+`.*"`+w.id+`".*`+fields))
	stamp, _, _ := strings.Cut(line, "\t")
	at, err := time.Parse("2006-01-02T15:04:05.000Z0700", stamp)
	require.NoError(w, err, line)
	return at
}

// sees waits until the collector has noticed that the file cannot be used.
func (w *styleWatch) sees(problem string) {
	w.Helper()
	w.says("cannot be read again", masked(w.old)+".*"+problem)
}
