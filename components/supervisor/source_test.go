package supervisor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/otelcol"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

// scene is a source on a file, and a Collector of which only the state is known.
type scene struct {
	*source
	file  string
	state otelcol.State
	wrong error // what the check finds
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{file: filepath.Join(t.TempDir(), "collector.yaml"), state: otelcol.StateStarting}
	source, err := newSource(confmap.ResolverSettings{
		URIs: []string{s.file}, ProviderFactories: []confmap.ProviderFactory{fileprovider.NewFactory()},
	}, func(context.Context, *confmap.Conf, *confmap.Conf) error { return s.wrong })
	require.NoError(t, err)
	s.source = source
	s.source.state = func() otelcol.State { return s.state }
	return s
}

func (s *scene) write(t *testing.T, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(s.file, []byte(content), 0o600))
}

// hands returns the value of the key n that the Collector gets.
func (s *scene) hands(t *testing.T) any {
	t.Helper()
	conf, err := s.hand(t.Context())
	require.NoError(t, err)
	return conf.Get("n")
}

func TestARefusedChangeIsNotHandedOut(t *testing.T) {
	s := newScene(t)
	s.write(t, "n: 1")
	assert.Equal(t, 1, s.hands(t))
	s.state = otelcol.StateRunning

	s.write(t, "n: 2")
	s.wrong = errors.New("no certificate")
	assert.False(t, s.reload(t.Context(), true))
	assert.Equal(t, 1, s.hands(t), "the Collector reads it again on SIGHUP")
	assert.True(t, s.pending())
	assert.Equal(t, "no certificate", configreload.Process.State().Error)

	s.wrong = nil
	assert.True(t, s.reload(t.Context(), false))
	assert.False(t, s.pending())
	assert.Equal(t, 2, s.hands(t))
	assert.False(t, configreload.Process.State().Failed)
	s.state = otelcol.StateStarting
	assert.Equal(t, 2, s.hands(t), "a full reload asks twice")
}

func TestAChangeThatCannotBeReadIsRefused(t *testing.T) {
	s := newScene(t)
	s.write(t, "n: 1")
	s.hands(t)
	s.state = otelcol.StateRunning
	s.write(t, "n: [")
	assert.False(t, s.reload(t.Context(), true))
	assert.True(t, s.pending())
	s.write(t, "n: 1")
	assert.False(t, s.reload(t.Context(), true), "it is in use already")
	assert.False(t, s.pending())
}

func TestAChangeThatDoesNotStartFallsBack(t *testing.T) {
	s := newScene(t)
	s.write(t, "n: 1")
	assert.False(t, s.fallBack(errors.New("at the first start")), "nothing ran before")
	s.hands(t)
	s.state = otelcol.StateRunning

	s.write(t, "n: 2")
	require.True(t, s.reload(t.Context(), true))
	require.Equal(t, 2, s.hands(t))
	s.state = otelcol.StateStarting
	require.True(t, s.fallBack(errors.New("it does not start")))
	assert.Equal(t, 1, s.hands(t))
	require.True(t, s.fallBack(errors.New("nor does this, at first")))
	assert.Equal(t, 1, s.hands(t))
	assert.Equal(t, "it does not start", configreload.Process.State().Error)

	s.state = otelcol.StateRunning
	assert.False(t, s.reload(t.Context(), false), "what did not start is not tried again by itself")
	assert.True(t, s.reload(t.Context(), true), "and is when somebody asks")
	assert.Equal(t, 2, s.hands(t))
}

func TestAnInvalidFirstConfigurationIsReportedAsItIs(t *testing.T) {
	s := newScene(t)
	s.write(t, "n: 1")
	s.wrong = errors.New("no certificate")
	_, err := s.hand(t.Context())
	require.ErrorIs(t, err, s.wrong)
	require.ErrorIs(t, s.invalid, s.wrong)
}
