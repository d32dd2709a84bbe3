package accesskeyauthextension

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component/componentstatus"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/status"
)

// remedyNewPair has a place for what the user must be allowed to do.
const (
	remedyNewPair = "see in the RAM console that the new AccessKey is enabled and its user may %s; keep the previous AccessKey enabled until this endpoint accepts the new one"
	mayWrite      = "write to this instance (AliyunPrometheusMetricWriteAccess)"
	mayRead       = "read this instance (AliyunPrometheusMetricReadAccess)"
)

// accepted books and tells that a destination accepted cred.
func (a *accessKeyAuth) accepted(dest *destination, cred *credential) {
	current := a.current.Load()
	state, news := dest.accept(cred, current, time.Now())
	if !news {
		return
	}
	if state == fallback {
		a.tellFallback(dest, cred, current)
		return
	}
	a.logger.Info(a.subject()+" accepted", append(pairFields(cred), zap.String("endpoint", dest.url))...)
	a.reportStatus(componentstatus.NewEvent(componentstatus.StatusOK))
}

func (a *accessKeyAuth) tellFallback(dest *destination, cred, current *credential) {
	said, until := dest.lastRefusal(a.cfg.FallbackFor)
	if said == nil {
		return // accepted meanwhile
	}
	if current.pair.Kind != diagnosis.AccessKeyPair {
		a.reportOtherFallback(dest, cred, said, until)
		return
	}
	message, may := "New AccessKey pair is refused, delivery goes on with the previous one", mayWrite
	if dest.query {
		message, may = "New AccessKey pair is refused, queries go on with the previous one", mayRead
	}
	a.logger.Warn(message,
		append(pairFields(cred), zap.String("endpoint", dest.url), zap.String("refused_access_key_id", current.pair.MaskedID()),
			zap.String("cause", said.finding.Cause), zap.String("answer", said.answer), zap.Time("fallback_until", until),
			zap.String("remedy", fmt.Sprintf(remedyNewPair, may)))...)
	a.reportStatus(componentstatus.NewRecoverableErrorEvent(fmt.Errorf(
		"%s refuses the new AccessKey pair %s (%s), using %s until %s", dest.url, current.pair.MaskedID(), said.finding.Cause,
		cred.pair.MaskedID(), until.Format(time.RFC3339))))
}

// refused logs, once per pair and change of state, that a destination accepts no known pair: which one is in use and why it is
// rejected, in the words of the answer to it. A sender that logs this itself is left to do so; ctx is that of its request. Component
// status is reported in any case.
func (a *accessKeyAuth) refused(ctx context.Context, dest *destination) {
	current := a.current.Load()
	said, news := dest.refuseAll(current)
	if !news {
		return
	}
	finding := said.finding
	if current.pair.Kind != diagnosis.AccessKeyPair {
		a.reportOtherRejection(ctx, dest, current, said)
		return
	}
	if !status.Reports(ctx) {
		a.logger.Error("AccessKey pair refused by the endpoint: "+finding.Cause,
			append(pairFields(current), zap.String("endpoint", dest.url), zap.Int("http_status", said.status), zap.String("reason", finding.Reason),
				zap.String("answer", said.answer), zap.String("remedy", finding.Remedy))...)
	}
	a.reportStatus(componentstatus.NewRecoverableErrorEvent(fmt.Errorf(
		"%s refuses the AccessKey pair %s: %s; %s", dest.url, current.pair.MaskedID(), finding.Cause, finding.Remedy)))
}
