package accesskeyauthextension

import "strings"

const (
	remedyNewPair = "see in the RAM console that the new AccessKey is enabled and its user may write to this instance (AliyunPrometheusMetricWriteAccess); keep the previous AccessKey enabled until this endpoint accepts the new one"
	remedyUnknown = "check that the AccessKey ID and secret belong together, that the AccessKey is enabled in the RAM console, and that its user may write to this instance (AliyunPrometheusMetricWriteAccess); then replace the pair at its source, no restart is needed"
)

// refusals are the meanings of a 401 that Simple Log Service, which stores the V2 instances,
// documents in its error codes. The first that matches decides, so the special stand first.
var refusals = []struct{ mark, cause, remedy string }{
	{"denied by sts or ram", "its RAM user has no permission to write here",
		"grant AliyunPrometheusMetricWriteAccess to the RAM user in the RAM console; the key itself is right"},
	{"token is expired", "its security token has expired",
		"see why the source does not renew it: an STS pair in a file or variable must be replaced by whoever wrote it"},
	{"token expired", "its security token has expired",
		"see why the source does not renew it: an STS pair in a file or variable must be replaced by whoever wrote it"},
	{"disabled", "the AccessKey is disabled",
		"enable it again in the RAM console, or put another pair into its source; no restart is needed"},
	{"inactive", "the AccessKey is disabled",
		"enable it again in the RAM console, or put another pair into its source; no restart is needed"},
	{"overdue", "the account has an overdue bill",
		"settle the bill in the Alibaba Cloud console; the key itself is right"},
	{"signaturenotmatch", "the AccessKey secret does not belong to the AccessKey ID",
		"copy id and secret of one AccessKey into the source again; no restart is needed"},
	{"not found", "the AccessKey ID does not exist",
		"it was deleted or belongs to another account: put an existing pair into its source; no restart is needed"},
	{"invalidaccesskeyid", "the AccessKey ID does not exist, or the service is not opened for its account",
		"put an existing pair into its source, and see that Managed Service for Prometheus is activated; no restart is needed"},
}

// explain turns the text of a 401 into cause and remedy.
func explain(answer string) (cause, remedy string) {
	lower := strings.ToLower(answer)
	for _, r := range refusals {
		if strings.Contains(lower, r.mark) {
			return r.cause, r.remedy
		}
	}
	return "wrong AccessKey ID or secret, or a key without permission", remedyUnknown
}
