package translate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension"
	"github.com/msp-collector/msp-collector/internal/secretfile/replacetest"
)

const (
	// usedWithin bounds the time from a complete write to a request that the endpoint accepts.
	usedWithin = 2 * time.Second
	// seenAfter is longer than the time between two looks at a file.
	seenAfter = 1200 * time.Millisecond
	patience  = time.Minute
)

// destinationAtWork is an entry of remote_write that delivers, whose secret is replaced in one way.
type destinationAtWork struct {
	*replacetest.Guard
	kind   *replacetest.Kind
	way    replacetest.Way
	folder string
	id     string
}

func (d *destinationAtWork) String() string { return d.kind.Name + ", " + d.way.Name }

// path of a file has a folder of its own, which a swapped mount needs.
func (d *destinationAtWork) path(name string) string { return filepath.Join(d.folder, name+".d", name) }

func newDestinationAtWork(t *testing.T, kind *replacetest.Kind, way replacetest.Way, former *replacetest.Value) *destinationAtWork {
	d := &destinationAtWork{kind: kind, way: way, folder: t.TempDir()}
	for name, content := range kind.Files(former) {
		require.NoError(t, os.Mkdir(filepath.Join(d.folder, name+".d"), 0o700))
		require.NoError(t, way.Write(d.path(name), content))
	}
	d.Guard = replacetest.StartGuard(t, kind.Header(former), d.authority(former))
	return d
}

func (d *destinationAtWork) authority(v *replacetest.Value) *replacetest.Authority {
	if d.kind.TLS {
		return v.Who
	}
	return nil
}

// entry is what stands in the prometheus.yml.
func (d *destinationAtWork) entry(tokens string) string {
	keys := d.kind.Entry
	for _, name := range []string{"secret", "ca.crt", "tls.crt", "tls.key"} {
		keys = strings.ReplaceAll(keys, "FOLDER/"+name, d.path(name))
	}
	return fmt.Sprintf("- url: %s/api/v1/write\n  name: %s\n  queue_config: {batch_send_deadline: 50ms}\n  %s\n", d.URL, d.id, strings.ReplaceAll(keys, "TOKENS", tokens))
}

// replace replaces the files in turn, and returns the time until a request is accepted.
func (d *destinationAtWork) replace(t *testing.T, next *replacetest.Value) time.Duration {
	for name, content := range d.kind.Files(next) {
		if !assert.NoError(t, d.way.Replace(d.path(name), content, func() { time.Sleep(seenAfter) })) {
			return 0
		}
	}
	written := time.Now()
	for time.Since(written) < patience {
		if at := d.AcceptedAt(); !at.IsZero() {
			return at.Sub(written)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return patience
}

type hostOf map[component.ID]component.Component

func (h hostOf) GetExtensions() map[component.ID]component.Component { return h }

// Every kind of file of a destination in a prometheus.yml, replaced in every way while the destination is blocked, is used
// within two seconds; and what is blocked is explained without a word about AccessKeys.
func TestReplacedSecretsAndCertificatesAreUsed(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", t.TempDir())
	former := &replacetest.Value{Secret: "former-secret-value", Who: replacetest.NewAuthority(t, "former")}
	next := &replacetest.Value{Secret: "latest-secret-value", Who: replacetest.NewAuthority(t, "next")}
	tokens := replacetest.StartTokens(t, former.Secret, next.Secret)
	var all []*destinationAtWork
	var entries strings.Builder
	for _, kind := range replacetest.Kinds() {
		for _, way := range replacetest.Ways() {
			d := newDestinationAtWork(t, kind, way, former)
			d.id = fmt.Sprint("d", len(all))
			all = append(all, d)
			entries.WriteString(d.entry(tokens))
		}
	}
	logs := run(t, carried(t, jobOnly+"remote_write:\n"+entries.String()), all)
	each := func(what string, condition func(d *destinationAtWork) error) {
		for _, d := range all {
			require.Eventually(t, func() bool { return condition(d) == nil }, patience, 5*time.Millisecond, "%s: %s", what, d)
		}
	}
	each("delivers", func(d *destinationAtWork) error { return d.Accepted() })
	for _, d := range all {
		d.Want(d.kind.Header(next), d.authority(next))
	}
	each("is blocked", func(d *destinationAtWork) error { return d.Rejected() })

	var replacing sync.WaitGroup
	took := make([]time.Duration, len(all))
	for i, d := range all {
		replacing.Go(func() { took[i] = d.replace(t, next) })
	}
	replacing.Wait()
	var table strings.Builder
	for i, d := range all {
		fmt.Fprintf(&table, "%-60s %5d ms\n", d, took[i].Milliseconds())
		assert.Less(t, took[i], usedWithin, d.String())
	}
	t.Logf("from a complete write to an accepted request:\n%s", table.String())

	var text strings.Builder
	for _, line := range logs.All() {
		fmt.Fprintln(&text, line.Message, line.ContextMap())
	}
	for _, says := range []string{
		"the endpoint rejects the bearer token (401)", "the endpoint rejects the user name and password (401)", "the endpoint rejects the OAuth2 access token (401)",
		"Bearer token rotated", "User name and password rotated", "OAuth2 access token rotated", "TLS files have changed, new connections use them",
	} {
		assert.Contains(t, text.String(), says)
	}
	for _, unwanted := range []string{former.Secret, next.Secret, "AccessKey", "PRIVATE KEY"} {
		assert.NotContains(t, text.String(), unwanted)
	}
}

// run starts the authenticators and exporters of a configuration, and sends them a sample every 100 ms.
func run(t *testing.T, conf *confmap.Conf, all []*destinationAtWork) *observer.ObservedLogs {
	core, logs := observer.New(zap.InfoLevel)
	host := hostOf{}
	var exporters []exporter.Metrics
	for _, d := range all {
		if id := "accesskey_auth/" + d.id; conf.IsSet("extensions::" + id) {
			factory := accesskeyauthextension.NewFactory()
			set := extensiontest.NewNopSettings(factory.Type())
			set.ID, set.Logger = component.MustNewIDWithName("accesskey_auth", d.id), zap.New(core)
			auth, err := factory.Create(t.Context(), set, decoded(t, conf, "extensions::"+id, factory.CreateDefaultConfig()))
			require.NoError(t, err)
			start(t, auth, host)
			host[set.ID] = auth
		}
		factory := managedprometheusexporter.NewFactory()
		set := exportertest.NewNopSettings(factory.Type())
		set.ID, set.Logger = component.MustNewIDWithName("managed_prometheus", d.id), zap.New(core)
		sender, err := factory.CreateMetrics(t.Context(), set, decoded(t, conf, "exporters::managed_prometheus/"+d.id, factory.CreateDefaultConfig()))
		require.NoError(t, err)
		start(t, sender, host)
		exporters = append(exporters, sender)
	}
	feed(t, exporters)
	return logs
}

func decoded(t *testing.T, conf *confmap.Conf, id string, config component.Config) component.Config {
	section, err := conf.Sub(id)
	require.NoError(t, err)
	require.NoError(t, section.Unmarshal(config))
	return config
}

func start(t *testing.T, c component.Component, host component.Host) {
	require.NoError(t, c.Start(t.Context(), host))
	t.Cleanup(func() { assert.NoError(t, c.Shutdown(context.Background())) })
}

// feed sends samples until the test ends.
func feed(t *testing.T, exporters []exporter.Metrics) {
	ctx, cancel := context.WithCancel(context.Background())
	var feeding sync.WaitGroup
	feeding.Go(func() {
		for ctx.Err() == nil {
			for _, one := range exporters {
				md := pmetric.NewMetrics()
				m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
				m.SetName("fed")
				p := m.SetEmptyGauge().DataPoints().AppendEmpty()
				p.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
				assert.NoError(t, one.ConsumeMetrics(ctx, md))
			}
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	t.Cleanup(func() { cancel(); feeding.Wait() })
}
