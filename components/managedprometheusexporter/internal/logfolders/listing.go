package logfolders

// What a log is to the exporters of the last start.
const (
	InUse    = "in use"   // somebody holds it
	Owned    = "waiting"  // it belongs to an exporter of the last start, which does not run
	Orphaned = "orphaned" // it belongs to none of them, and has samples
	Empty    = "empty"    // it belongs to none of them, and has no samples
)

// Listed is a log, and its state in one word.
type Listed struct {
	Folder
	State string
}

// List returns the logs below a directory with their states, by name. Where no start is on record, no log belongs to an exporter.
func List(directory string) ([]Listed, error) {
	folders, _, err := readList(directory)
	if err != nil {
		return nil, err
	}
	all, err := Scan(directory)
	listed := make([]Listed, len(all))
	for i, f := range all {
		listed[i] = Listed{Folder: f, State: stateOf(&f, folders)}
	}
	return listed, err
}

func stateOf(f *Folder, owners []string) string {
	switch {
	case f.InUse:
		return InUse
	case belongs(f.Name, owners):
		return Owned
	case f.Stranded():
		return Orphaned
	}
	return Empty
}
