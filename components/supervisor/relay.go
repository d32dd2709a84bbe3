package supervisor

import (
	"slices"
	"sync/atomic"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// relay is a zapcore.Core that writes to the logger of whichever Collector runs at the moment: configuration providers keep their
// logger for the life of the process, while each Collector brings its own. It is safe for concurrent use.
type relay struct {
	to     *atomic.Pointer[zap.Logger]
	fields []zapcore.Field
}

func newRelay() relay {
	r := relay{to: &atomic.Pointer[zap.Logger]{}}
	r.to.Store(zap.NewNop())
	return r
}

// Enabled reports whether the present logger writes entries of the level.
func (r relay) Enabled(level zapcore.Level) bool { return r.to.Load().Core().Enabled(level) }

// With returns a relay that adds fields to each entry.
func (r relay) With(fields []zapcore.Field) zapcore.Core {
	return relay{to: r.to, fields: slices.Concat(r.fields, fields)}
}

// Check adds the relay to an entry that the present logger writes.
func (r relay) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if r.Enabled(entry.Level) {
		return checked.AddCore(entry, r)
	}
	return checked
}

// Write writes an entry with the present logger.
func (r relay) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	return r.to.Load().Core().Write(entry, slices.Concat(r.fields, fields))
}

// Sync flushes the present logger.
func (r relay) Sync() error { return r.to.Load().Core().Sync() }
