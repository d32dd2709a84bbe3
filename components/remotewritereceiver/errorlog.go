package remotewritereceiver

import (
	"log"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

const (
	// handshakePrefix begins what net/http says of a TLS handshake that failed.
	handshakePrefix = "http: TLS handshake error"
	// handshakeQuiet is for how long nothing more is said of them, but at debug.
	handshakeQuiet = time.Minute
)

// errorLog takes what net/http logs of its connections, line by line. A client that fails at the handshake is no error of the
// collector: it is counted, and somebody told once in a while.
type errorLog struct {
	logger *zap.Logger
	failed *atomic.Int64 // handshakes
	now    func() time.Time

	mu     sync.Mutex
	warned time.Time
}

func newErrorLog(logger *zap.Logger, failed *atomic.Int64) *log.Logger {
	return log.New(&errorLog{logger: logger, failed: failed, now: time.Now}, "", 0)
}

// Write implements io.Writer; a log.Logger calls it once for each message.
func (l *errorLog) Write(message []byte) (int, error) {
	text := strings.TrimSuffix(string(message), "\n")
	switch {
	case !strings.HasPrefix(text, handshakePrefix):
		l.logger.Error(text)
		return len(message), nil
	case !hungUp(text) && l.due():
		l.logger.Warn("A sender's TLS handshake fails: its url must begin with https:// and its tls_config must fit http::tls; more of them are counted, and logged at debug",
			zap.String("error", text))
	default:
		l.logger.Debug("A TLS handshake fails", zap.String("error", text))
	}
	l.failed.Add(1)
	return len(message), nil
}

// hungUp tells of a client that was gone before it had said anything, which load balancers do to see whether a port is open.
func hungUp(text string) bool {
	return strings.HasSuffix(text, ": EOF") || strings.HasSuffix(text, ": connection reset by peer")
}

// due tells whether a warning may be given, and that it is given now.
func (l *errorLog) due() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if !l.warned.IsZero() && now.Sub(l.warned) < handshakeQuiet {
		return false
	}
	l.warned = now
	return true
}
