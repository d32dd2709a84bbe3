package accesskeyauthextension

import (
	"time"

	"go.opentelemetry.io/collector/component/componentstatus"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/sts"
)

// How often an error of a service is told again that differs in its text alone.
const retellInterval = time.Minute

// toldFailure is the error of the source that the log has.
type toldFailure struct {
	err    error
	at     time.Time
	usable bool // the last good pair could still be sent
}

// covers reports whether err is told with it. Local sources say the same in the same words. The text of
// a service's error changes with each request, so for one the refusal decides.
func (t toldFailure) covers(err error, remote bool, now time.Time) bool {
	switch {
	case t.err == nil:
		return false
	case t.err.Error() == err.Error():
		return true
	case !remote || failureReason(t.err) != failureReason(err):
		return false
	}
	is, was := sts.Refusal(err), sts.Refusal(t.err)
	if is != was {
		return false
	}
	return is != "" || now.Sub(t.at) < retellInterval
}

// noteFailure logs an error of the source when it is not the one already told, and tells it again when
// the last good pair ends meanwhile.
func (a *accessKeyAuth) noteFailure(err error) {
	a.telemetry.failed(err)
	now, cred := time.Now(), a.current.Load()
	usable := cred.usable()
	a.mu.Lock()
	known := a.told.usable == usable && a.told.covers(err, a.remote, now)
	a.loadErr = err
	if !known {
		a.told = toldFailure{err, now, usable}
	}
	a.mu.Unlock()
	switch {
	case known:
		return
	case usable:
		a.logger.Warn(a.subject()+" cannot be read again, the last good one stays in use",
			append(pairFields(cred), zap.Error(err))...)
		return
	case cred != nil:
		a.logger.Error(a.subject()+" has ended and is not renewed, requests wait for the next",
			append(pairFields(cred), zap.Time("expiry", cred.pair.Expiry), zap.Error(err))...)
	default:
		a.logger.Error("No "+a.Credential().String()+" yet, requests wait for it", zap.Error(err))
	}
	a.reportStatus(componentstatus.NewRecoverableErrorEvent(err))
}

// noteSuccess forgets an error and reports whether there was one.
func (a *accessKeyAuth) noteSuccess() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	recovered := a.loadErr != nil
	a.loadErr, a.told = nil, toldFailure{}
	a.read = time.Now()
	return recovered
}
