package remotewritereceiver

import (
	"sync/atomic"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/zap"
)

// notice logs when the pipeline begins to refuse what it may take later, and when it takes again; never each request.
type notice struct {
	logger   *zap.Logger
	refusing *atomic.Bool
}

func newNotice(logger *zap.Logger) notice { return notice{logger, &atomic.Bool{}} }

func (n notice) consumed(err error) {
	switch {
	case err == nil:
		if n.refusing.Load() && n.refusing.Swap(false) {
			n.logger.Info("The pipeline takes remote write again")
		}
	case !consumererror.IsPermanent(err) && !n.refusing.Swap(true):
		n.logger.Warn("The pipeline does not take remote write now: senders are asked to come again", zap.Error(err))
	}
}
