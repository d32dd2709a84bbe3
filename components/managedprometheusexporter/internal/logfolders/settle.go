package logfolders

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
)

// Destination is an exporter that is about to run: its folder, and the URL it sends to.
type Destination struct{ Folder, Endpoint string }

// Adoption is a log that one exporter has taken over from another.
type Adoption struct {
	From   Folder // as it was
	To     Destination
	Beside bool // To has samples of its own: it delivers the log beside its own
}

// Change is the difference between the exporters of two starts that have one wal::directory.
type Change struct {
	Disappeared []string      // folders
	Appeared    []Destination // without the folder of the last start
}

// isReplacement reports whether one exporter went and one came: then it is the same destination under another name.
func (c *Change) isReplacement() bool { return len(c.Disappeared) == 1 && len(c.Appeared) == 1 }

// Ambiguous reports whether exporters have come and gone, and which of them replaces which is not to be known.
func (c *Change) Ambiguous() bool {
	return len(c.Disappeared) > 0 && len(c.Appeared) > 0 && !c.isReplacement()
}

// Settle makes the logs of a wal::directory follow its exporters. It must be called before the first of them opens its log, with
// all of them; a further call with the same exporters finds nothing to do. When exactly one disappeared since the last start and one
// appeared, the latter adopts the log of the former. A crash at any moment leaves each log whole at one place, and the next
// call goes on.
func Settle(directory string, running []Destination) (*Adoption, Change, error) {
	before, known, err := readList(directory)
	var change Change
	if known {
		change = difference(before, running)
	}
	var adopted *Adoption
	if change.isReplacement() && delivery.IsLog(filepath.Join(directory, change.Disappeared[0])) {
		var adoptErr error
		adopted, adoptErr = adopt(directory, change.Disappeared[0], change.Appeared[0])
		if adoptErr != nil {
			return nil, change, errors.Join(err, adoptErr) // the next start tries again
		}
	}
	folders := make([]string, len(running))
	for i, d := range running {
		folders[i] = d.Folder
	}
	if os.MkdirAll(directory, 0o700) != nil {
		return adopted, change, err // no exporter can start here, and says why
	}
	return adopted, change, errors.Join(err, writeList(directory, folders))
}

func difference(before []string, running []Destination) (c Change) {
	for _, folder := range before {
		if !slices.ContainsFunc(running, func(d Destination) bool { return d.Folder == folder }) {
			c.Disappeared = append(c.Disappeared, folder)
		}
	}
	for _, d := range running {
		if !slices.Contains(before, d.Folder) {
			c.Appeared = append(c.Appeared, d)
		}
	}
	return c
}

// adopt moves the log of a folder, and what was handed to its exporter, to another exporter. What decides whether there is
// anything to adopt moves last.
func adopt(directory, from string, to Destination) (*Adoption, error) {
	a := &Adoption{From: Inspect(directory, from), To: to}
	if a.From.InUse {
		return nil, fmt.Errorf("the write-ahead log %q is %w", a.From.Path(), wal.ErrLocked)
	}
	target := filepath.Join(directory, to.Folder)
	if exists(target) {
		own := Inspect(directory, to.Folder)
		if a.Beside = own.Stranded(); !a.Beside {
			if err := wal.Remove(target); err != nil {
				return nil, err
			}
		}
	}
	all, err := names(directory)
	if err != nil {
		return nil, err
	}
	for _, name := range all {
		if isHandedTo(name, from) {
			if err := wal.Move(filepath.Join(directory, name), filepath.Join(directory, handedName(directory, to.Folder, name))); err != nil {
				return nil, err
			}
		}
	}
	if a.Beside {
		return a, wal.Move(a.From.Path(), filepath.Join(directory, handedName(directory, to.Folder, from)))
	}
	if err := wal.Move(a.From.Path(), target); err != nil {
		return nil, err
	}
	_, _ = ChangeEndpoint(target, to.Endpoint) // the exporter tries again when it opens the log
	return a, nil
}
