package supervisor

import (
	"slices"

	"go.uber.org/zap/zapcore"
)

// noise are messages of the Collector about its own steps within a reload. They appear whenever it looks for a newer configuration,
// also when it is offered none, and would contradict what the source reports.
var noise = []string{
	"Config updated, performing partial receiver reload",
	"Config updated, restart service",
	"Performing partial receiver reload",
	"Partial receiver reload: no receiver changes detected",
}

// quiet is a zapcore.Core without noise.
type quiet struct{ zapcore.Core }

func withoutNoise(core zapcore.Core) zapcore.Core { return quiet{core} }

// With returns a core that adds fields to each entry.
func (q quiet) With(fields []zapcore.Field) zapcore.Core { return quiet{q.Core.With(fields)} }

// Check leaves out noise.
func (q quiet) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if slices.Contains(noise, entry.Message) {
		return checked
	}
	return q.Core.Check(entry, checked)
}
