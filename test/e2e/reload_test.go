package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A configuration reload makes the authenticator anew. While the previous pair stands in for a refused one, the new
// instance must go on with it: without what was proven before, it would know the refused pair alone. Every sample that was
// scraped arrives; the reload itself costs some scrapes, for service discovery begins anew and takes 5s.
func TestTheFallbackSurvivesAReload(t *testing.T) {
	r := startRunbook(t)
	r.switchTo(r.next)
	r.logged(0, fallbackLine+".*"+masked(r.old)+".*"+masked(r.next))
	reloaded := r.collector.Output.Len()
	require.NoError(t, r.collector.ReloadAll(deadline(t, patience)))
	r.logged(reloaded, fallbackLine+".*"+masked(r.old)+".*"+masked(r.next))
	r.step("the fallback goes on after the reload", r.old)
	enabled := r.collector.Output.Len()
	r.step("the new AccessKey is enabled and the old one disabled", r.next)
	r.logged(enabled, acceptedLine+".*"+masked(r.next))

	assert.NotRegexp(t, refusedLine, r.collector.Output.String())
	r.everyScrapeArrived()
	r.stillRunning()
}
