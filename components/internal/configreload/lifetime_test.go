package configreload

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestALifetimeLastsFromItsBeginToItsEnd(t *testing.T) {
	var l Lifetime
	assert.False(t, l.Lasts(), "nobody would tell of the end")
	l.Begin()
	assert.True(t, l.Lasts())
	l.End()
	assert.False(t, l.Lasts())
}
