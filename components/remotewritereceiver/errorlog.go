package remotewritereceiver

import (
	"log"
	"strings"

	"go.uber.org/zap"
)

// errorLog takes what net/http logs of its connections, line by line. A TLS handshake that fails is no
// error of the collector: it is counted, and reported as a refused sender.
type errorLog struct {
	logger     *zap.Logger
	handshakes *handshakes
}

func newErrorLog(logger *zap.Logger, handshakes *handshakes) *log.Logger {
	return log.New(&errorLog{logger, handshakes}, "", 0)
}

// Write implements io.Writer; a log.Logger calls it once for each message.
func (l *errorLog) Write(message []byte) (int, error) {
	text := strings.TrimSuffix(string(message), "\n")
	if failure, ok := strings.CutPrefix(text, handshakePrefix); ok {
		l.logger.Debug("TLS handshake failed", zap.String("error", text))
		l.handshakes.fail(failure)
	} else {
		l.logger.Error(text)
	}
	return len(message), nil
}
