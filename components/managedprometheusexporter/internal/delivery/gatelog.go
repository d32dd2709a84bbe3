package delivery

import (
	"errors"
	"time"

	"go.uber.org/zap"
)

// tell logs a change of state, or, once in a while, a changed reason for the same one, and reports the component's status.
// The caller holds the lock.
func (g *gate) tell(before condition, detail string) {
	now := time.Now()
	if g.state == working {
		g.logger.Info("Delivery works again", zap.Duration("after", now.Sub(g.since).Round(time.Millisecond)))
		g.detail = ""
		g.status(nil)
		return
	}
	if before == working {
		g.since = now
	}
	if before == g.state && (detail == g.detail || now.Sub(g.told) < retellAfter) {
		return
	}
	g.detail, g.told = detail, now
	if g.state == held {
		g.logger.Error("The endpoint refuses us: delivery is held, and all data wait in the write-ahead log",
			zap.String("answer", detail), zap.String("remedy", remedy(detail)), zap.Duration("probe_interval", g.interval))
	} else {
		g.logger.Warn("Delivery fails and is tried again; data wait in the write-ahead log", zap.String("answer", detail))
	}
	g.status(errors.New(detail))
}

// remedy says what somebody can do about an answer that speaks of the destination. It begins with the status.
func remedy(detail string) string {
	for _, r := range remedies {
		if len(detail) >= 3 && detail[:3] == r.status {
			return r.text
		}
	}
	return "see that http::endpoint is the remote write URL of the instance's Settings tab"
}

var remedies = []struct{ status, text string }{
	{"401", "see that the AccessKey is enabled, that id and secret belong together, and that its RAM user may write to this instance (AliyunPrometheusMetricWriteAccess); a pair replaced at its source is tried at once, no restart is needed"},
	{"402", "settle the bill in the Alibaba Cloud console; delivery goes on by itself"},
	{"403", "grant AliyunPrometheusMetricWriteAccess to the RAM user, or add this address to the instance's password-free policy; delivery goes on by itself"},
	{"404", "copy the remote write URL from the instance's Settings tab into http::endpoint: it ends in /api/v1/write, /api/v3/write or /api/prom_write"},
	{"405", "http::endpoint does not take remote write: it ends in /api/v1/write, /api/v3/write or /api/prom_write, a read or query URL does not"},
	{"407", "give the proxy in http::proxy_url what it asks for"},
}
