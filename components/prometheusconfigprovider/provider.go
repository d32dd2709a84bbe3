package prometheusconfigprovider

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/featuregate"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

const (
	scheme = "prometheus"

	// partialReload lets the collector leave running what a change does not concern. Without it, SIGHUP restarts everything.
	partialReload = "service.partialReload"
	// appendLists makes a further --config file add to service::extensions and to the receivers and exporters of a pipeline.
	// Without it, such a file would have to repeat the names that the provider generates.
	appendLists = "confmap.enableMergeAppendOption"
)

// provider is the confmap provider. The collector calls it from one goroutine; those that watch are its own.
type provider struct {
	logger *zap.Logger
	every  time.Duration

	mu      sync.Mutex
	files   map[string]*file // by path
	fired   bool             // the collector was told of a change, and has not asked since
	telling bool             // it is being told, and has not taken it yet: it will ask again
}

// NewFactory makes the factory of the provider `prometheus`.
func NewFactory() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
		return newProvider(set.Logger, pollEvery)
	})
}

func newProvider(logger *zap.Logger, every time.Duration) *provider {
	if logger == nil {
		logger = zap.NewNop()
	}
	configreload.Collector.Begin()
	return &provider{logger: logger, every: every, files: map[string]*file{}}
}

// Scheme is what --config arguments for this provider begin with.
func (*provider) Scheme() string { return scheme }

// Retrieve makes the configuration of prometheus:PATH, a relative PATH beginning in the working directory. After the first time
// it succeeds: a file that has become invalid is refused, and the last good configuration returned. watcher is called once, when
// the files are different and valid; nil means that nobody wants to know.
func (p *provider) Retrieve(ctx context.Context, uri string, watcher confmap.WatcherFunc) (*confmap.Retrieved, error) {
	path, ok := strings.CutPrefix(uri, scheme+":")
	if !ok || path == "" {
		return nil, fmt.Errorf("%q is no location of a prometheus.yml: write %s:/etc/prometheus/prometheus.yml", uri, scheme)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for gate, without := range map[string]string{
		partialReload: "every reload restarts all components",
		appendLists:   "lists in further --config files replace those of the prometheus.yml",
	} {
		if err := featuregate.GlobalRegistry().Set(gate, true); err != nil {
			p.logger.Warn("Feature gate cannot be set", zap.String("consequence", without), zap.Error(err))
		}
	}
	f := p.file(path)
	values, err := f.retrieve()
	if err != nil {
		return nil, err
	}
	return confmap.NewRetrieved(values, confmap.WithRetrievedClose(p.watchFile(f, watcher)))
}

func (p *provider) file(path string) *file {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fired = p.telling
	if p.files[path] == nil {
		p.files[path] = &file{path: path, logger: p.logger}
	}
	return p.files[path]
}

// Shutdown tells components that the collector ends. What Retrieve returned was closed before, and with it what watched.
func (*provider) Shutdown(context.Context) error {
	configreload.Collector.End()
	return nil
}

var _ confmap.Provider = (*provider)(nil)
