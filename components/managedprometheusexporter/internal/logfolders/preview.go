package logfolders

// Preview is what the next start with some exporters makes of the logs of a directory.
type Preview struct {
	Adopted  *Adoption
	Orphaned []Folder // with samples; those of exporters that run now included
}

// Foresee returns what Settle would do, and which logs would be orphaned then. It changes nothing. A log that is in use counts as
// orphaned if its exporter ran at the last start and is not among running; other logs in use belong to another collector.
func Foresee(directory string, running []Destination) (p Preview, err error) {
	before, known, err := readList(directory)
	if err != nil {
		return p, err
	}
	var change Change
	if known {
		change = difference(before, running)
	}
	folders := make([]string, len(running))
	for i, d := range running {
		folders[i] = d.Folder
	}
	all, err := names(directory)
	for _, name := range all {
		leaving := belongs(name, change.Disappeared)
		switch f := Inspect(directory, name); {
		case belongs(name, folders), !f.Stranded():
		case leaving && change.isReplacement():
			if name == change.Disappeared[0] {
				p.Adopted = &Adoption{From: f, To: change.Appeared[0]}
			}
		case leaving, !f.InUse:
			p.Orphaned = append(p.Orphaned, f)
		}
	}
	return p, err
}
