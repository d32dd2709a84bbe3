package refusedsenders

import (
	"time"

	"go.uber.org/zap"
)

const (
	// logWindow is the time in which at most maxLines senders are logged.
	logWindow = 10 * time.Minute
	maxLines  = 20
)

// limitedLog logs refused senders, at most maxLines of them and one line more in each logWindow. It is
// not safe for concurrent use.
type limitedLog struct {
	logger *zap.Logger
	began  time.Time // of the window
	lines  int       // in the window
}

func (l *limitedLog) refused(now time.Time, s sender, why Reason) {
	if l.began.IsZero() || now.Sub(l.began) >= logWindow {
		l.began, l.lines = now, 0
	}
	switch l.lines++; {
	case l.lines <= maxLines:
		l.logger.Warn("Sender refused. Its further requests are counted and not logged",
			zap.String("access_key_id", s.id), zap.String("address", s.address), zap.String("reason", why.Name),
			zap.String("cause", why.Cause), zap.String("remedy", why.Remedy))
	case l.lines == maxLines+1:
		l.logger.Warn("More senders are refused than are logged. Further ones are counted, and the latest are listed by delivery_status",
			zap.Int("logged", maxLines), zap.Time("logged_again_at", l.began.Add(logWindow)))
	}
}
