package prometheusscrapereceiver

import (
	"log/slog"
	"math"
	"slices"
	"sync/atomic"

	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"
	"go.uber.org/zap/zapcore"
)

// logTarget is the logger of the receiver that an engine has at the time. Prometheus's parts keep what they are given first,
// and derive loggers from it.
type logTarget struct{ current atomic.Pointer[zap.Logger] }

func (t *logTarget) set(logger *zap.Logger) { t.current.Store(logger) }

// slog is what Prometheus's parts are given. Their errors are about targets and files, which no stack trace explains.
func (t *logTarget) slog() *slog.Logger {
	return slog.New(zapslog.NewHandler(logCore{to: t}, zapslog.AddStacktraceAt(slog.Level(math.MaxInt))))
}

// logCore passes on what is logged, with the fields that were added to it.
type logCore struct {
	to     *logTarget
	fields []zapcore.Field
}

var _ zapcore.Core = logCore{}

func (c logCore) core() zapcore.Core { return c.to.current.Load().Core() }

func (c logCore) Enabled(level zapcore.Level) bool { return c.core().Enabled(level) }

func (c logCore) With(fields []zapcore.Field) zapcore.Core {
	return logCore{c.to, append(slices.Clip(c.fields), fields...)}
}

// Check leaves the decision, which may be sampling, and the writing to the receiver's own core.
func (c logCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(entry.Level) {
		return checked
	}
	return c.core().With(c.fields).Check(entry, checked)
}

func (c logCore) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	return c.core().With(c.fields).Write(entry, fields)
}

func (c logCore) Sync() error { return c.core().Sync() }
