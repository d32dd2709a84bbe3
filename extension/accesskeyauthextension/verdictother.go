package accesskeyauthextension

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component/componentstatus"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/status"
)

// reportOtherFallback reports that new credentials which are no AccessKey pair are rejected, and that cred, the previous
// ones, are used until a time.
func (a *accessKeyAuth) reportOtherFallback(dest *destination, cred *credential, said *refusal, until time.Time) {
	a.logger.Warn("New credentials are rejected by the endpoint, the previous ones stay in use",
		append(pairFields(cred), zap.String("endpoint", dest.url), zap.String("cause", said.finding.Cause), zap.String("answer", said.answer),
			zap.Time("fallback_until", until), zap.String("remedy", said.finding.Remedy))...)
	a.reportStatus(componentstatus.NewRecoverableErrorEvent(fmt.Errorf("%s: new credentials are rejected, the previous ones are used until %s: %s; %s",
		dest.url, until.Format(time.RFC3339), said.finding.Cause, said.finding.Remedy)))
}

// reportOtherRejection reports that credentials which are no AccessKey pair are rejected. The log leaves it to the sender
// of ctx when that reports it.
func (a *accessKeyAuth) reportOtherRejection(ctx context.Context, dest *destination, current *credential, said *refusal) {
	if !status.Reports(ctx) {
		a.logger.Error(a.subject()+" rejected by the endpoint",
			append(pairFields(current), zap.String("endpoint", dest.url), zap.Int("http_status", said.status), zap.String("reason", said.finding.Reason),
				zap.String("cause", said.finding.Cause), zap.String("answer", said.answer), zap.String("remedy", said.finding.Remedy))...)
	}
	a.reportStatus(componentstatus.NewRecoverableErrorEvent(fmt.Errorf("%s: %s; %s", dest.url, said.finding.Cause, said.finding.Remedy)))
}
