package encode

import (
	"cmp"
	"slices"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// maxUnique is how many series the map below may hold to be used again.
const maxUnique = 100_000

// unique finds OTLP samples of one series that come twice with the same time, or not in the order of their times. An SDK
// writes each series once within a scope. So nothing is kept of a batch until it has a second scope, or names of metrics or
// attributes have become one.
type unique struct {
	watching bool
	groups   int              // scopes with OTLP metrics so far
	newest   map[uint64]int64 // by series, while watching
	disorder bool
}

type seriesTime struct {
	hash uint64
	at   int64
}

func (u *unique) reset() {
	u.watching, u.groups, u.disorder = false, 0, false
	if len(u.newest) > maxUnique {
		u.newest = nil
	}
	clear(u.newest)
}

// group begins a scope of OTLP metrics.
func (s *state) group() {
	s.names.scope++
	if s.unique.groups++; s.unique.groups > 1 {
		s.watch()
	}
}

// watch begins to look for samples of one series, those included that the batch has so far.
func (s *state) watch() {
	u := &s.unique
	if u.watching {
		return
	}
	u.watching = true
	if u.newest == nil {
		u.newest = map[uint64]int64{}
	}
	s.otlp.read(func([]byte) {}, func(sample *record.Sample) {
		u.disorder = !u.add(sample.Labels, sample.Timestamp) || u.disorder
	})
}

// add is false when the series has had a sample of that time just before.
func (u *unique) add(labels []byte, at int64) bool {
	if !u.watching {
		return true
	}
	hash := record.HashLabels(labels)
	last, known := u.newest[hash]
	switch {
	case known && at == last:
		return false
	case known && at < last:
		u.disorder = true
	default:
		u.newest[hash] = at
	}
	return true
}

// refuseDuplicates refuses samples that would make the endpoint refuse their whole request.
func (s *state) refuseDuplicates(count int, metric string) {
	if metric == "" {
		metric = "a metric"
	}
	s.refuse(reasonDuplicate, count, metric, "the same series came twice with one time: if it is from two resources or scopes, give them different service.name or service.instance.id; otherwise names of metrics or attributes have become one")
}

// placed is a sample with what its order depends on.
type placed struct {
	record.Sample
	metadata record.Metadata
	family   int // in which the series appeared first, in the order of appearance
}

// inOrder writes the records anew, each family's samples by time, and returns how many it has left out because they were
// there twice. This is the slow way, for what came out of order.
func (r *records) inOrder() (duplicates int) {
	all := r.placed()
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.family, b.family), cmp.Compare(a.Timestamp, b.Timestamp))
	})
	ordered := records{}
	ordered.reset(r.limit)
	seen := make(map[seriesTime]struct{}, len(all))
	for i := range all {
		key := seriesTime{record.HashLabels(all[i].Labels), all[i].Timestamp}
		if _, again := seen[key]; again {
			duplicates++
			continue
		}
		seen[key] = struct{}{}
		if i == 0 || all[i].metadata != all[i-1].metadata {
			ordered.describe(all[i].metadata)
		}
		ordered.add(&all[i].Sample)
	}
	*r = ordered
	return duplicates
}

// placed reads what was written.
func (r *records) placed() (all []placed) {
	families, series := map[string]int{}, map[uint64]int{}
	var metadata record.Metadata
	r.read(func(raw []byte) {
		metadata, _ = record.DecodeMetadata(raw)
		if _, known := families[metadata.Family]; !known {
			families[metadata.Family] = len(families)
		}
	}, func(sample *record.Sample) {
		hash := record.HashLabels(sample.Labels)
		family, known := series[hash]
		if !known {
			family = families[metadata.Family]
			series[hash] = family
		}
		one := *sample
		one.Labels = slices.Clone(sample.Labels) // the others lie in the record
		all = append(all, placed{one, metadata, family})
	})
	return all
}

// read reads what was written: each metadata item as a whole, each sample decoded.
func (r *records) read(metadata func(raw []byte), sample func(*record.Sample)) {
	for _, b := range r.builders[:r.open+1] {
		var items record.Reader
		for ok := items.Reset(b.Bytes()) == nil; ok; {
			var described []byte
			if described, ok, _ = items.Next(); !ok {
				break
			}
			if described != nil {
				metadata(described)
			} else {
				sample(&items.Sample)
			}
		}
	}
}
