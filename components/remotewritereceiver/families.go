package remotewritereceiver

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// maxFamilies bounds the memory that the metadata of a request take. Prometheus sends at most some thousand.
const maxFamilies = 1 << 16

// families are the metadata of a request of remote write 1.0, which has them beside the series. Prometheus sends them in
// requests of their own.
type families struct {
	all    []family
	byName map[string]int // index in all of the last one
}

type family struct {
	verbatim.Metadata
	used bool
}

// family reads the metadata of one family. An error ends the request.
func (r *request) family(body []byte) error {
	var kind uint64
	var name, help, unit []byte
	c := cursor{rest: body}
	for c.next() {
		switch {
		case c.field == 1 && c.expect(wireVarint):
			kind = c.value
		case c.field == 2 && c.expect(wireBytes):
			name = c.bytes
		case c.field == 4 && c.expect(wireBytes):
			help = c.bytes
		case c.field == 5 && c.expect(wireBytes):
			unit = c.bytes
		}
	}
	switch {
	case c.failed:
		return c.err("metadata")
	case len(name) == 0 || !utf8.Valid(name):
		r.refused.record(func() error { return errors.New("metadata: metric_family_name is empty or not UTF-8") })
		return nil
	case len(r.families.all) == maxFamilies:
		r.refused.record(func() error {
			return fmt.Errorf("metadata: there are more than %d families in the request: send less in a request", maxFamilies)
		})
		return nil
	}
	r.families.add(verbatim.Metadata{Type: typeOf(kind), Family: string(name), Help: lasting(help), Unit: lasting(unit)})
	return nil
}

// add keeps what is said of a family. Prometheus says several things of one name when its targets do: all are kept, and the last
// describes the series.
func (f *families) add(about verbatim.Metadata) {
	if at, known := f.byName[about.Family]; known && f.all[at].Metadata == about {
		return
	}
	if f.byName == nil {
		f.byName = map[string]int{}
	}
	f.byName[about.Family] = len(f.all)
	f.all = append(f.all, family{Metadata: about})
}

// of returns the metadata of the family that a series of this name belongs to: the one of that name, or of the name without
// what the family's type puts behind it. Without one, they are empty.
func (f *families) of(name string) verbatim.Metadata {
	if len(f.all) == 0 {
		return verbatim.Metadata{}
	}
	if at, ok := f.byName[name]; ok {
		return f.use(at)
	}
	for kind, all := range suffixes {
		for _, suffix := range all {
			if at, ok := f.at(name, suffix, kind); ok {
				return f.use(at)
			}
		}
	}
	return verbatim.Metadata{}
}

func (f *families) at(name, suffix string, kind model.MetricType) (int, bool) {
	own, cut := strings.CutSuffix(name, suffix)
	if !cut {
		return 0, false
	}
	at, ok := f.byName[own]
	return at, ok && f.all[at].Type == kind
}

func (f *families) use(at int) verbatim.Metadata {
	f.all[at].used = true
	return f.all[at].Metadata
}

// unused are those that describe no series of the request.
func (f *families) unused() (all []verbatim.Metadata) {
	for _, one := range f.all {
		if !one.used {
			all = append(all, one.Metadata)
		}
	}
	return all
}
