package prometheusscrapereceiver

import (
	"context"
	"log/slog"
	"math"
	"slices"
	"sync/atomic"

	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"
	"go.uber.org/zap/zapcore"

	"github.com/msp-collector/msp-collector/internal/filemode"
)

// logTarget is the logger of the receiver that an engine has at the time. Prometheus's parts keep what they are given first,
// and derive loggers from it.
type logTarget struct{ current atomic.Pointer[zap.Logger] }

func (t *logTarget) set(logger *zap.Logger) { t.current.Store(logger) }

// slog is what Prometheus's parts are given. Their errors are about targets and files, which no stack trace explains.
func (t *logTarget) slog() *slog.Logger {
	return slog.New(explaining{zapslog.NewHandler(logCore{to: t}, zapslog.AddStacktraceAt(slog.Level(math.MaxInt)))})
}

// explaining is a handler that explains errors about files that may not be read.
type explaining struct{ slog.Handler }

// Handle implements slog.Handler.
func (e explaining) Handle(ctx context.Context, record slog.Record) error {
	explained := slog.NewRecord(record.Time, record.Level, record.Message, record.PC)
	record.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			a.Value = slog.AnyValue(filemode.Explain(err))
		}
		explained.AddAttrs(a)
		return true
	})
	return e.Handler.Handle(ctx, explained)
}

// WithAttrs implements slog.Handler.
func (e explaining) WithAttrs(attrs []slog.Attr) slog.Handler {
	return explaining{e.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (e explaining) WithGroup(name string) slog.Handler { return explaining{e.Handler.WithGroup(name)} }

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
