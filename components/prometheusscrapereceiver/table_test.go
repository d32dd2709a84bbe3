package prometheusscrapereceiver

import (
	"fmt"
	"sync"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func numbered(i int) labels.Labels { return labels.FromStrings("__name__", "up", "i", fmt.Sprint(i)) }

func TestAReferenceIsAShortcut(t *testing.T) {
	known := newTable(labels.EmptyLabels())
	first, err := known.of(0, numbered(1))
	require.NoError(t, err)
	for _, ref := range []storage.SeriesRef{0, storage.SeriesRef(first.ref), storage.SeriesRef(first.ref) + 1, 1 << 40} {
		again, err := known.of(ref, numbered(1))
		require.NoError(t, err)
		assert.Same(t, first, again, "reference %d", ref)
	}
	other, err := known.of(storage.SeriesRef(first.ref), numbered(2))
	require.NoError(t, err)
	assert.NotSame(t, first, other, "the labels decide, not the reference")
	assert.Equal(t, 2, known.len())
}

func TestSeriesThatAreNotScrapedAreForgotten(t *testing.T) {
	const all = 3 * pageSize
	known := newTable(labels.EmptyLabels())
	for i := range all {
		_, err := known.of(0, numbered(i))
		require.NoError(t, err)
	}
	known.sweep(2)
	known.sweep(2)
	require.Equal(t, all, known.len())
	kept, err := known.of(0, numbered(7))
	require.NoError(t, err)
	kept.seen.Store(known.generation.Load())
	known.sweep(2)
	require.Equal(t, 1, known.len())
	again, err := known.of(storage.SeriesRef(kept.ref), numbered(7))
	require.NoError(t, err)
	assert.Same(t, kept, again)

	// Their references are given out anew, and lead to nothing else meanwhile.
	for i := range all - 1 {
		s, err := known.of(storage.SeriesRef(i+1), numbered(all+i))
		require.NoError(t, err)
		require.Equal(t, numbered(all+i), s.scraped)
	}
	assert.Len(t, *known.pages.Load(), 3)
}

func TestSeriesOfOneHashAreKeptApart(t *testing.T) {
	known := newTable(labels.EmptyLabels())
	a, err := known.add(7, numbered(1))
	require.NoError(t, err)
	b, err := known.add(7, numbered(2))
	require.NoError(t, err)
	b.seen.Store(known.generation.Load() + 1)
	known.sweep(0)
	assert.Nil(t, known.at(storage.SeriesRef(a.ref)))
	assert.Same(t, b, known.at(storage.SeriesRef(b.ref)))
	assert.Same(t, b, known.first(7))
}

func TestExternalLabels(t *testing.T) {
	known := newTable(labels.FromStrings("cluster", "prod", "i", "external"))
	s, err := known.of(0, numbered(1))
	require.NoError(t, err)
	assert.Equal(t, labels.FromStrings("__name__", "up", "cluster", "prod", "i", "1"), s.labels())
	assert.Equal(t, numbered(1), s.scraped)
}

func TestLabelsThatPrometheusRefuses(t *testing.T) {
	known := newTable(labels.EmptyLabels())
	_, err := known.of(0, labels.FromStrings("a", ""))
	require.ErrorIs(t, err, errNoLabels)
	_, err = known.of(0, labels.New(labels.Label{Name: "a", Value: "1"}, labels.Label{Name: "a", Value: "2"}))
	require.ErrorContains(t, err, `the label name "a" is not unique`)
	s, err := known.of(0, labels.New(labels.Label{Name: "__name__", Value: "up"}, labels.Label{Name: "empty", Value: ""}))
	require.NoError(t, err)
	assert.Equal(t, labels.FromStrings("__name__", "up"), s.labels())
}

func TestTheTableIsSafeForConcurrentUse(t *testing.T) {
	known := newTable(labels.EmptyLabels())
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			for i := range 4 * pageSize {
				s, err := known.of(storage.SeriesRef(i+worker), numbered(i%2000))
				if !assert.NoError(t, err) || !assert.Equal(t, numbered(i%2000), s.scraped) {
					return
				}
				if i%1000 == 0 {
					known.sweep(1)
				}
			}
		})
	}
	running.Wait()
}
