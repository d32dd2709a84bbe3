package prometheusconfigprovider

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	patience  = 10 * time.Second
	testEvery = 5 * time.Millisecond
)

// running is a provider with one file, used as the collector uses it.
type running struct {
	*provider
	t         *testing.T
	path      string
	logs      *observer.ObservedLogs
	changes   chan *confmap.ChangeEvent
	retrieved *confmap.Retrieved
}

func start(t *testing.T, content string) *running {
	t.Helper()
	core, logs := observer.New(zap.InfoLevel)
	r := &running{t: t, path: filepath.Join(t.TempDir(), "prometheus.yml"), logs: logs, changes: make(chan *confmap.ChangeEvent, 10)}
	r.provider = newProvider(zap.New(core), testEvery)
	r.write(content)
	t.Cleanup(func() {
		r.close()
		assert.NoError(t, r.Shutdown(context.Background()))
	})
	return r
}

func (r *running) write(content string) {
	r.t.Helper()
	require.NoError(r.t, os.WriteFile(r.path+".next", []byte(content), 0o600))
	require.NoError(r.t, os.Rename(r.path+".next", r.path))
}

// retrieve does what the collector does at a reload: it closes what it had, and asks anew.
func (r *running) retrieve() map[string]any {
	r.t.Helper()
	r.close()
	var err error
	r.retrieved, err = r.Retrieve(r.t.Context(), "prometheus:"+r.path, func(event *confmap.ChangeEvent) { r.changes <- event })
	require.NoError(r.t, err)
	conf, err := r.retrieved.AsConf()
	require.NoError(r.t, err)
	return conf.ToStringMap()
}

func (r *running) close() {
	if r.retrieved != nil {
		assert.NoError(r.t, r.retrieved.Close(context.Background()))
		r.retrieved = nil
	}
}

func (r *running) changed() {
	r.t.Helper()
	select {
	case event := <-r.changes:
		require.NoError(r.t, event.Error)
	case <-time.After(patience):
		r.t.Fatal("no change was told")
	}
}

func (r *running) logged(message string, times int) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return r.logs.FilterMessageSnippet(message).Len() == times }, patience, time.Millisecond, message)
}

// configuration is a prometheus.yml with one job.
func configuration(job string) string {
	return "scrape_configs: [{job_name: " + job + ", static_configs: [{targets: ['127.0.0.1:1']}]}]\nremote_write: [{url: 'http://127.0.0.1:1/api/v1/write', name: main}]\n"
}

const refusedMessage = "is refused, and the collector goes on"

func TestScheme(t *testing.T) {
	p := NewFactory().Create(confmap.ProviderSettings{})
	require.NoError(t, confmaptest.ValidateProviderScheme(p))
	require.NoError(t, p.Shutdown(t.Context()))
}

func TestThereIsNoStartWithoutAValidFile(t *testing.T) {
	r := start(t, "nonsense: true\n")
	for uri, message := range map[string]string{
		"prometheus:" + r.path:                        "line 1: field nonsense not found",
		"prometheus:" + filepath.Join(r.path, "none"): "none: not a directory",
		"prometheus:":                                 "write prometheus:/etc/prometheus/prometheus.yml",
	} {
		_, err := r.Retrieve(t.Context(), uri, nil)
		require.ErrorContains(t, err, message)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	_, err := r.Retrieve(ended, "prometheus:"+r.path, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestAChangeIsToldOnce(t *testing.T) {
	r := start(t, configuration("a"))
	first := r.retrieve()
	r.write(configuration("b"))
	r.changed()
	r.write(configuration("c"))
	second := r.retrieve()
	assert.NotEqual(t, first, second)
	assert.Equal(t, second, r.retrieve())
	r.write(configuration("d"))
	r.changed()
	assert.Empty(t, r.changes)
}

func TestABadFileIsRefusedAndTheLastGoodOneUsed(t *testing.T) {
	r := start(t, configuration("a"))
	good := r.retrieve()
	r.write(configuration("a") + "nonsense: true\n")
	r.logged(refusedMessage, 1)
	assert.Equal(t, good, r.retrieve(), "as on SIGHUP")
	r.logged(refusedMessage, 2)
	require.NoError(t, os.Remove(r.path))
	r.logged(refusedMessage, 3)
	assert.Equal(t, good, r.retrieve())
	r.logged(refusedMessage, 4)
	r.write(configuration("a"))
	r.logged("is the one in use again", 1)
	assert.Empty(t, r.changes, "nothing is different")
	r.write(configuration("b"))
	r.changed()
	assert.NotEqual(t, good, r.retrieve())
}

func TestAChangeOfCommentsIsNoChange(t *testing.T) {
	r := start(t, configuration("a"))
	r.retrieve()
	r.write(configuration("a") + "# a comment\n")
	file := r.files[r.path]
	require.Eventually(t, func() bool { return file.settled(file.identity()) }, patience, time.Millisecond)
	assert.Empty(t, r.changes)
}

func TestAnIncludedFileIsWatchedToo(t *testing.T) {
	r := start(t, configuration("a")+"scrape_config_files: ['jobs/*.yml']\n")
	first := r.retrieve()
	jobs := filepath.Join(filepath.Dir(r.path), "jobs")
	require.NoError(t, os.Mkdir(jobs, 0o700))
	content := "scrape_configs: [{job_name: b, static_configs: [{targets: ['127.0.0.1:2']}]}]\n"
	require.NoError(t, os.WriteFile(filepath.Join(jobs, "b.yml"), []byte(content), 0o600))
	r.changed()
	second := r.retrieve()
	assert.NotEqual(t, first, second)
	require.NoError(t, os.WriteFile(filepath.Join(jobs, "b.yml"), []byte("scrape_configs: ["), 0o600))
	r.logged(refusedMessage, 1)
	assert.Equal(t, second, r.retrieve())
}

func TestWhatIsNotHonouredIsWarnedAboutOnce(t *testing.T) {
	r := start(t, configuration("a")+"rule_files: [a.yml]\nstorage: {}\n")
	r.retrieve()
	r.retrieve()
	r.logged("are not honoured", 1)
	parts := r.logs.FilterMessageSnippet("are not honoured").All()[0].ContextMap()["parts"].([]any)
	require.Len(t, parts, 2)
	assert.Contains(t, parts[0], "prometheus.yml:3: rule_files: ")
}

// What is written at the time of a look is not taken before it has stayed for another.
func TestAChangeHasToStay(t *testing.T) {
	var seen steady
	half, whole := identity{1}, identity{2}
	assert.False(t, seen.twice(half))
	assert.False(t, seen.twice(whole))
	assert.True(t, seen.twice(whole))
	assert.False(t, seen.twice(half))
}

// The collector has room for one event, and waits for watchers when it asks anew.
func TestManyFilesTellOfAChangeOnce(t *testing.T) {
	r := start(t, configuration("a"))
	told := make(chan struct{})
	var all []*confmap.Retrieved
	paths := []string{r.path, r.path + "2", r.path + "3"}
	for _, path := range paths {
		require.NoError(t, os.WriteFile(path, []byte(configuration("a")), 0o600))
		retrieved, err := r.Retrieve(t.Context(), "prometheus:"+path, func(*confmap.ChangeEvent) { told <- struct{}{} })
		require.NoError(t, err)
		all = append(all, retrieved)
	}
	for _, path := range paths {
		require.NoError(t, os.WriteFile(path, []byte(configuration("b")), 0o600))
	}
	<-told
	for _, retrieved := range all {
		require.NoError(t, retrieved.Close(t.Context()))
	}
}

func TestTheEndIsToldToComponents(t *testing.T) {
	p := newProvider(zap.NewNop(), testEvery)
	assert.True(t, configreload.Collector.Lasts())
	require.NoError(t, p.Shutdown(t.Context()))
	assert.False(t, configreload.Collector.Lasts())
}
