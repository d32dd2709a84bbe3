//go:build !race

// The race detector makes sync.Pool forget at random.

package clients

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCachedPathDoesNotAllocate(t *testing.T) {
	f := newFixture(t, plain(idA, secretA))
	header := basic(idA, secretA)
	ctx := t.Context()
	f.accepts(idA, secretA)
	assert.Zero(t, testing.AllocsPerRun(1000, func() { _, _ = f.Authenticate(ctx, header) }))
}
