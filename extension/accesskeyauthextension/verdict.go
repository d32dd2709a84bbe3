package accesskeyauthextension

import (
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component/componentstatus"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
)

const remedyNewPair = "see in the RAM console that the new AccessKey is enabled and its user may write to this instance (AliyunPrometheusMetricWriteAccess); keep the previous AccessKey enabled until this endpoint accepts the new one"

// accepted books and tells that a destination accepted cred. Where the pair in use was refused
// before, answer is what the destination said to that.
func (a *accessKeyAuth) accepted(dest *destination, cred *credential, answer string) {
	current := a.current.Load()
	state, news := dest.accept(cred, current)
	if !news {
		return
	}
	fields := append(pairFields(cred), zap.String("endpoint", dest.url))
	if state == fallback {
		a.tellFallback(dest, cred, current, answer, fields)
		return
	}
	a.logger.Info("AccessKey pair accepted", fields...)
	a.reportStatus(componentstatus.NewEvent(componentstatus.StatusOK))
}

func (a *accessKeyAuth) tellFallback(dest *destination, cred, current *credential, answer string, fields []zap.Field) {
	dest.mu.Lock()
	until := dest.fallbackUntil(a.cfg.FallbackFor)
	dest.mu.Unlock()
	cause := explain(dest, answer).Cause
	a.logger.Warn("New AccessKey pair is refused, delivery goes on with the previous one",
		append(fields, zap.String("refused_access_key_id", current.pair.MaskedID()), zap.String("cause", cause),
			zap.String("answer", answer), zap.Time("fallback_until", until), zap.String("remedy", remedyNewPair))...)
	a.reportStatus(componentstatus.NewRecoverableErrorEvent(fmt.Errorf(
		"%s refuses the new AccessKey pair %s (%s), using %s until %s", dest.url, current.pair.MaskedID(), cause,
		cred.pair.MaskedID(), until.Format(time.RFC3339))))
}

// refused tells, once per pair and change of state, that a destination accepts no known pair: which
// one is in use and why it is refused, in the words of the answer to it.
func (a *accessKeyAuth) refused(dest *destination, status int, answer string) {
	current := a.current.Load()
	if !dest.refuseAll(current) {
		return
	}
	finding := explain(dest, answer)
	a.logger.Error("AccessKey pair refused by the endpoint: "+finding.Cause,
		append(pairFields(current), zap.String("endpoint", dest.url), zap.Int("http_status", status), zap.String("reason", finding.Reason),
			zap.String("answer", answer), zap.String("remedy", finding.Remedy))...)
	a.reportStatus(componentstatus.NewRecoverableErrorEvent(fmt.Errorf(
		"%s refuses the AccessKey pair %s: %s; %s", dest.url, current.pair.MaskedID(), finding.Cause, finding.Remedy)))
}

// explain says what the text of a 401 means.
func explain(dest *destination, answer string) diagnosis.Finding {
	return diagnosis.Of(diagnosis.Observation{URL: dest.url, Status: http.StatusUnauthorized, Body: answer})
}
