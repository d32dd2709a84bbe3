package prometheusconfigprovider

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
)

// The collector has room for one event. It does not read it when a signal comes first, and the file may change again during the
// reload that the signal began, which asks a second time.
func TestAnUnreadEventHoldsNoReload(t *testing.T) {
	r := start(t, configuration("a"))
	factory := confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return r.provider })
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{URIs: []string{"prometheus:" + r.path}, ProviderFactories: []confmap.ProviderFactory{factory}})
	require.NoError(t, err)
	resolve := func() string {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		resolved := make(chan *confmap.Conf, 1)
		go func() {
			conf, err := resolver.Resolve(ctx)
			assert.NoError(t, err)
			resolved <- conf
		}()
		select {
		case conf := <-resolved:
			return conf.Get("receivers::prometheus_scrape::config::scrape_configs").([]any)[0].(map[string]any)["job_name"].(string)
		case <-ctx.Done():
			t.Fatal("the reload hangs")
			return ""
		}
	}
	told := func(want bool) {
		t.Helper()
		require.Eventually(t, func() bool {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.fired && r.telling == want
		}, patience, time.Millisecond)
	}
	require.Equal(t, "a", resolve())
	r.write(configuration("b"))
	told(false) // the event is there to be read
	require.Equal(t, "b", resolve())
	r.write(configuration("c"))
	told(true) // there is no room for a second one
	require.Equal(t, "c", resolve())
	r.write(configuration("d"))
	require.Equal(t, "d", resolve())

	// The collector reads the first, reloads, and reads the second.
	for range 2 {
		require.NoError(t, <-resolver.Watch())
		require.Equal(t, "d", resolve())
	}
	require.Eventually(t, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return !r.telling
	}, patience, time.Millisecond)
	require.Equal(t, "d", resolve())
	r.write(configuration("e"))
	require.NoError(t, <-resolver.Watch(), "the next change is told again")
	require.Equal(t, "e", resolve())
	require.NoError(t, resolver.Shutdown(t.Context()))
}

// The collector ends while there is no room for an event.
func TestAnEventThatComesTooLate(t *testing.T) {
	p := newProvider(zap.NewNop(), testEvery)
	require.True(t, p.fire())
	require.NotPanics(t, func() { p.tell(func(*confmap.ChangeEvent) { panic("send on closed channel") }) })
	assert.False(t, p.telling)
}
