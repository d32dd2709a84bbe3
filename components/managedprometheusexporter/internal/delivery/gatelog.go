package delivery

import (
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
)

// tell logs a change of state, or, once in a while, another reason for the same one, and reports the component's status. The
// caller holds the lock.
func (g *gate) tell(before condition, v send.Verdict) {
	now := time.Now()
	if g.state == working {
		g.logger.Info("Delivery works again", zap.Duration("after", now.Sub(g.since).Round(time.Millisecond)))
		g.since, g.finding = now, diagnosis.Finding{}
		g.status(nil)
		return
	}
	if before == working {
		g.since = now
	}
	g.finding = v.Finding
	if before == g.state && (v.Finding.Reason == g.told || now.Sub(g.toldAt) < retellAfter) {
		return
	}
	g.told, g.toldAt = v.Finding.Reason, now
	fields := []zap.Field{
		zap.String("reason", v.Finding.Reason), zap.String("cause", v.Finding.Cause), zap.String("remedy", v.Finding.Remedy),
		zap.String("answer", v.Detail),
	}
	if g.state == held {
		g.logger.Error("The endpoint refuses us: delivery is held, and all data wait in the write-ahead log",
			append(fields, zap.Duration("probe_interval", g.interval))...)
	} else {
		g.logger.Warn("Delivery fails and is tried again; data wait in the write-ahead log", fields...)
	}
	g.status(fmt.Errorf("%s; %s (%s)", v.Finding.Cause, v.Finding.Remedy, v.Detail))
}
