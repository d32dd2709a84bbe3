package prometheusconfigprovider

import (
	"crypto/sha256"
	"log/slog"
	"math"
	"reflect"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
	"github.com/msp-collector/msp-collector/components/prometheusconfigprovider/internal/translate"
)

// identity stands for the content of a prometheus.yml and of the files it includes; zero for files that cannot be read.
type identity [sha256.Size]byte

// file is a prometheus.yml and what became of it. It is safe for concurrent use.
type file struct {
	path   string
	logger *zap.Logger

	mu       sync.Mutex
	used     map[string]any // the last good configuration, never changed
	current  identity       // of the files that it was made of
	refused  *identity      // of files that were refused since
	reported report
}

// retrieve reads the files, and returns what they say, or else the last good configuration.
func (f *file) retrieve() (map[string]any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	values, news, id, err := f.read()
	if err != nil {
		if f.used == nil {
			return nil, err
		}
		f.refuse(id, err)
		return f.used, nil
	}
	news.show(f.logger, f.reported)
	f.reported = news
	if f.refused != nil && reflect.DeepEqual(values, f.used) {
		f.restore()
	}
	f.used, f.current, f.refused = values, id, nil
	return f.used, nil
}

// changed looks whether the files say something else than what is used, and are valid. What is refused is told once.
func (f *file) changed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	values, _, id, err := f.read()
	switch {
	case err != nil:
		if f.refused == nil || *f.refused != id {
			f.refuse(id, err)
		}
		return false
	case reflect.DeepEqual(values, f.used):
		if f.refused != nil {
			f.restore()
		}
		f.current, f.refused = id, nil
		return false
	}
	return true
}

// identity is that of the files as they are now.
func (f *file) identity() identity {
	source, err := translate.Read(f.path)
	if err != nil {
		return identity{}
	}
	return source.Identity()
}

// settled is true of files that need no look: they are in use, or were refused as they are.
func (f *file) settled(id identity) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refused != nil {
		return *f.refused == id
	}
	return f.current == id
}

func (f *file) read() (map[string]any, report, identity, error) {
	source, err := translate.Read(f.path)
	if err != nil {
		return nil, report{}, identity{}, err
	}
	logger := slog.New(zapslog.NewHandler(f.logger.Core(), zapslog.AddStacktraceAt(slog.Level(math.MaxInt)))) // no stacks
	result, err := translate.Translate(source, translate.Carried, logger)
	if err != nil {
		return nil, report{}, source.Identity(), err
	}
	values, err := result.Escaped()
	return values, report{result.Notes, result.Added, result.Warnings}, source.Identity(), err
}

func (f *file) refuse(id identity, err error) {
	f.refused = &id
	configreload.Process.Refuse(err)
	f.logger.Error("The prometheus.yml is refused, and the collector goes on with the last good one", zap.Error(err))
}

func (f *file) restore() {
	configreload.Process.Restore()
	f.logger.Info("The prometheus.yml is the one in use again", zap.String("path", f.path))
}
