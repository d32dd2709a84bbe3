package managedprometheusexporter

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/logfolders"
)

// StartNotes returns what a start means for the write-ahead logs, for `validate`: see LogNotes.
func (*Config) StartNotes(exporters map[component.ID]component.Config) []string {
	return LogNotes(exporters)
}

// LogNotes returns what a start with these exporters, by id, means for the write-ahead logs on this host: which would be
// taken over, and which would belong to no exporter. Exporters of other types are passed over, and so are directories that this user
// cannot read. It changes nothing.
func LogNotes(exporters map[component.ID]component.Config) (notes []string) {
	directories := map[string][]logfolders.Destination{}
	for id, config := range exporters {
		if c, ok := config.(*Config); ok {
			directory := c.WAL.absolute()
			directories[directory] = append(directories[directory], logfolders.Destination{Folder: logfolders.Name(id), Endpoint: c.HTTP.Endpoint})
		}
	}
	for _, directory := range slices.Sorted(maps.Keys(directories)) {
		p, err := logfolders.Foresee(directory, directories[directory])
		if err != nil && !errors.Is(err, os.ErrPermission) {
			notes = append(notes, fmt.Sprintf("%s: the write-ahead logs cannot be looked at: %v", directory, err))
		}
		if p.Adopted != nil {
			notes = append(notes, fmt.Sprintf("%s takes over the write-ahead log of %s: %d samples that were meant for %s",
				logfolders.ID(p.Adopted.To.Folder), logfolders.ID(p.Adopted.From.Name), p.Adopted.From.Samples, orNotKnown(withoutQuery(p.Adopted.From.Endpoint))))
		}
		for _, f := range p.Orphaned {
			notes = append(notes, orphanNote(&f))
		}
	}
	return notes
}

func orphanNote(f *logfolders.Folder) string {
	if errors.Is(f.Err, os.ErrPermission) {
		return fmt.Sprintf("the write-ahead log %s belongs to no exporter of this configuration, and this user cannot read it", f.Path())
	}
	return fmt.Sprintf("the write-ahead log %s belongs to no exporter of this configuration: %d samples, %d bytes are not delivered; %s",
		f.Path(), f.Samples, f.Bytes, strings.Replace(remedyFor(f), "deliver it", "after the start, deliver it", 1))
}

func orNotKnown(endpoint string) string {
	if endpoint == "" {
		return "an endpoint that is not on record"
	}
	return endpoint
}
