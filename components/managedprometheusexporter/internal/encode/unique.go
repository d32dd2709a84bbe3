package encode

import (
	"cmp"
	"slices"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// maxUnique is how many series the map below may hold to be used again.
const maxUnique = 100_000

// unique finds OTLP samples of one series that come twice with the same time, or not in the order of their times. Within
// one scope an SDK writes each series once, so that nothing is kept of a batch with one scope of OTLP metrics.
type unique struct {
	possible bool // the batch has several scopes
	groups   int  // scopes with OTLP metrics so far
	first    []seriesTime
	newest   map[uint64]int64 // by series, once there are two groups
	disorder bool
}

type seriesTime struct {
	hash uint64
	at   int64
}

func (u *unique) reset(possible bool) {
	u.possible, u.groups, u.first, u.disorder = possible, 0, u.first[:0], false
	if len(u.newest) > maxUnique {
		u.newest = nil
	}
	clear(u.newest)
}

// group begins a scope.
func (u *unique) group() {
	if u.groups++; !u.possible || u.groups != 2 {
		return
	}
	if u.newest == nil {
		u.newest = map[uint64]int64{}
	}
	for _, p := range u.first {
		u.add(p.hash, p.at)
	}
}

// add is false when the series has had a sample of that time just before.
func (u *unique) add(hash uint64, at int64) bool {
	if !u.possible {
		return true
	}
	if u.groups < 2 {
		u.first = append(u.first, seriesTime{hash, at})
		return true
	}
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
	s.refuse(reasonDuplicate, count, metric, "the same series came twice with one time, from two resources or scopes: give them different service.name or service.instance.id")
}

// placed is a sample with what its order depends on.
type placed struct {
	record.Sample
	metadata record.Metadata
	family   int // in the order of appearance
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
		key := seriesTime{all[i].Hash, all[i].Timestamp}
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
	families := map[string]int{}
	for _, b := range r.builders[:r.open+1] {
		cursor, err := record.Parse(b.Bytes())
		var metadata record.Metadata
		for item, ok := (record.Item{}), err == nil; ok; {
			if item, ok, err = cursor.Next(); !ok || err != nil {
				break
			}
			if item.Kind == record.Meta {
				metadata, _ = record.DecodeMetadata(item.Raw)
				if _, known := families[metadata.Family]; !known {
					families[metadata.Family] = len(families)
				}
				continue
			}
			if sample, err := record.DecodeSample(item.Raw); err == nil {
				all = append(all, placed{sample, metadata, families[metadata.Family]})
			}
		}
	}
	return all
}
