package prometheusscrapereceiver

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// table knows the series that are scraped, as the head of Prometheus's storage does, by the references it gave out for them.
// A series that was not scraped for a while is forgotten (sweep). It is safe for concurrent use.
type table struct {
	external labels.Labels // added to series that have no label of that name

	mu         sync.Mutex
	byHash     map[uint64]uint32 // reference of the first series of a hash: without pointers, the garbage collector skips it
	unused     []series          // made together, which is less to look after than one by one
	free       []uint32          // references that were given out and are not in use
	count      int
	generation atomic.Uint32
	pages      atomic.Pointer[[]*page] // by reference; read without the lock, replaced under it
}

const (
	pageSize    = 1024
	madeAtATime = 16
)

type page [pageSize]atomic.Pointer[series]

func newTable(external labels.Labels) *table {
	t := &table{external: external, byHash: map[uint64]uint32{}}
	t.pages.Store(&[]*page{})
	return t
}

// of returns the series with these labels, which are those of the reference, if there is one.
func (t *table) of(ref storage.SeriesRef, ls labels.Labels) (*series, error) {
	if s := t.at(ref); s != nil && labels.Equal(s.scraped, ls) {
		return s, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	hash := ls.Hash()
	for s := t.first(hash); s != nil; s = s.next {
		if labels.Equal(s.scraped, ls) {
			return s, nil
		}
	}
	return t.add(hash, ls)
}

// at returns the series of a reference. It may have been given out anew since.
func (t *table) at(ref storage.SeriesRef) *series {
	pages, index := *t.pages.Load(), uint64(ref)-1
	if index >= uint64(len(pages)*pageSize) { // also when ref is 0, which is none
		return nil
	}
	return pages[index/pageSize][index%pageSize].Load()
}

var errNoLabels = errors.New("a series has no labels")

func (t *table) add(hash uint64, ls labels.Labels) (*series, error) {
	final := ls.WithoutEmpty()
	if final.IsEmpty() {
		return nil, errNoLabels
	}
	if name, isDuplicate := final.HasDuplicateLabelNames(); isDuplicate {
		return nil, fmt.Errorf("the label name %q is not unique in %s", name, ls)
	}
	s := t.unusedSeries()
	s.scraped, s.next, s.ref = ls, t.first(hash), t.reference()
	if final = t.withExternal(final); !labels.Equal(final, ls) {
		s.sent = &final
	}
	s.time.Store(never)
	s.seen.Store(t.generation.Load())
	t.byHash[hash] = s.ref
	t.count++
	t.slot(s.ref).Store(s)
	return s, nil
}

func (t *table) unusedSeries() *series {
	if len(t.unused) == 0 {
		t.unused = make([]series, madeAtATime)
	}
	s := &t.unused[0]
	t.unused = t.unused[1:]
	return s
}

// first is the series that others of the same hash hang on.
func (t *table) first(hash uint64) *series { return t.at(storage.SeriesRef(t.byHash[hash])) }

// slot is where the series of a reference is. References begin with 1.
func (t *table) slot(ref uint32) *atomic.Pointer[series] {
	return &(*t.pages.Load())[(ref-1)/pageSize][(ref-1)%pageSize]
}

// reference returns one that is not in use.
func (t *table) reference() uint32 {
	if len(t.free) == 0 {
		grown := append(slices.Clone(*t.pages.Load()), new(page))
		t.pages.Store(&grown)
		for i := range pageSize {
			t.free = append(t.free, uint32(len(grown)*pageSize-i)) //nolint:gosec // positive, and no machine has 2^32 series
		}
	}
	last := len(t.free) - 1
	ref := t.free[last]
	t.free = t.free[:last]
	return ref
}

func (t *table) withExternal(ls labels.Labels) labels.Labels {
	if t.external.IsEmpty() {
		return ls
	}
	b := labels.NewBuilder(ls)
	t.external.Range(func(l labels.Label) {
		if !ls.Has(l.Name) {
			b.Set(l.Name, l.Value)
		}
	})
	return b.Labels()
}

// sweep forgets the series that were not scraped during the last lifetime calls of it.
func (t *table) sweep(lifetime uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.generation.Add(1)
	for hash, first := range t.byHash {
		var kept *series
		for s := t.at(storage.SeriesRef(first)); s != nil; {
			next := s.next
			if now-s.seen.Load() > lifetime {
				t.slot(s.ref).Store(nil)
				t.free = append(t.free, s.ref)
				t.count--
			} else {
				s.next, kept = kept, s
			}
			s = next
		}
		if kept == nil {
			delete(t.byHash, hash)
		} else {
			t.byHash[hash] = kept.ref
		}
	}
}

// len is how many series are known.
func (t *table) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}
