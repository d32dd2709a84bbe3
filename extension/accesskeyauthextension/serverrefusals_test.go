package accesskeyauthextension

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/status"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/clients"
)

// page is an extension that shows the status of components, and the host that has it.
type page struct {
	component.Component
	reports map[string]status.Report
}

func (p *page) Register(id component.ID, report status.Report) func() {
	p.reports[id.String()] = report
	return func() { delete(p.reports, id.String()) }
}

func (p *page) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("page"): p}
}

// A refused sender is in the log and on the status page with its address and the reason, once, and
// without its secret.
func TestARefusedSenderIsSeen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clients.json")
	require.NoError(t, os.WriteFile(file, []byte(`[{"AccessKeyId":"agent-1","AccessKeySecret":"sesame"}]`), 0o600))
	factory := NewFactory()
	cfg := createDefaultConfig().(*Config)
	cfg.Server = configoptional.Some(ServerConfig{File: file})
	set := extensiontest.NewNopSettings(factory.Type())
	core, logs := observer.New(zap.WarnLevel)
	set.Logger = zap.New(core)
	ext, err := factory.Create(t.Context(), set, cfg)
	require.NoError(t, err)
	shown := &page{reports: map[string]status.Report{}}
	require.NoError(t, ext.Start(t.Context(), shown))

	ctx := client.NewContext(context.Background(), client.Info{Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 51234}})
	for range 3 {
		_, err = ext.(extensionauth.Server).Authenticate(ctx, map[string][]string{"Authorization": {basic("agent-1", "simsim")}})
		require.Error(t, err)
	}
	require.Equal(t, 1, logs.Len())
	assert.Equal(t, map[string]any{
		"access_key_id": "agent-1", "address": "10.0.0.7", "reason": "wrong_secret",
		"cause":  "the secret is none of those that " + file + " has for this AccessKey ID",
		"remedy": "correct the password of the sender, or add an entry with its secret to " + file,
	}, logs.All()[0].ContextMap())
	report := shown.reports[set.ID.String()].RefusedSenders()
	assert.EqualValues(t, 3, report.Requests)
	require.Len(t, report.Senders, 1)
	assert.Equal(t, "10.0.0.7", report.Senders[0].Address)

	require.NoError(t, ext.Shutdown(t.Context()))
	assert.Empty(t, shown.reports)
}

func TestEveryReasonHasWords(t *testing.T) {
	for reason := range clients.Reasons {
		for _, text := range []string{serverReasons[reason].cause, serverReasons[reason].remedy} {
			text = withFile(text, "/clients.json")
			assert.NotEmpty(t, text, reason)
			assert.NotContains(t, text, "FILE", reason)
		}
	}
}

func TestAuthorization(t *testing.T) {
	for want, sources := range map[string]map[string][]string{
		"":             {"Authorization": {}, "Other": {"x"}},
		"Basic x":      {"authorization": {"Basic x"}},
		severalHeaders: {"Authorization": {"Basic x", "Basic y"}},
	} {
		assert.Equal(t, want, authorization(sources))
	}
	assert.Equal(t, severalHeaders, authorization(map[string][]string{"Authorization": {"Basic x"}, "authorization": {"Basic y"}}))
}
