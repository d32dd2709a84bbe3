package diagnosis

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const v2 = "https://workspace-default-cms-1-cn-hangzhou.cn-hangzhou.log.aliyuncs.com/prometheus/workspace-default-cms-1-cn-hangzhou/aliyun-prom-rw-1/api/v1/write"

// sls is an answer of the service's Prometheus interface.
func sls(code, message string) string {
	return `{"status":"error","slsStatus":{"retryPolicy":"None","errorCode":"` + code + `","errorMessages":["` + message + `"]}}`
}

// native is an answer of Simple Log Service itself.
func native(code, message string) string {
	return `{"errorCode":"` + code + `","errorMessage":"` + message + `"}`
}

// TestEveryAnswer has a row for each answer that is documented, and for each that any server may give.
func TestEveryAnswer(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		noPair bool
		want   string
	}{
		{"SignatureNotMatch", 401, native("SignatureNotMatch", "signature ... not match"), false, "key_mismatch"},
		{"InvalidAccessKeyId", 401, native("InvalidAccessKeyId", "The access key ID you provided does not exist in our records."), false, "key_unknown"},
		{"InvalidAccessKeyId, service not opened", 401, native("InvalidAccessKeyId", "the service is not opened"), false, "key_unknown"},
		{"InvalidAccessKeyId.Inactive", 401, native("InvalidAccessKeyId.Inactive", ""), false, "key_disabled"},
		{"InvalidAccessKeyId.NotFound", 401, native("InvalidAccessKeyId.NotFound", ""), false, "key_unknown"},
		{"Unauthorized: AccessKey unauthorised", 401, sls("Unauthorized", "The AccessKeyId is unauthorized"), false, "permission_denied"},
		{"Unauthorized: STS token invalid", 401, sls("Unauthorized", "The security token is invalid"), false, "token_invalid"},
		{"Unauthorized: STS token expired", 401, sls("Unauthorized", "The security token is expired"), false, "token_expired"},
		{"Unauthorized: AccessKeyId not found", 401, sls("Unauthorized", "AccessKeyId not found"), false, "key_unknown"},
		{"Unauthorized: AccessKeyId is disabled", 401, sls("Unauthorized", "AccessKeyId is disabled"), false, "key_disabled"},
		{"Unauthorized: overdue bill", 401, sls("Unauthorized", "The service is forbidden because of an overdue bill"), false, "bill_overdue"},
		{"Unauthorized: denied by RAM", 401, sls("Unauthorized", "denied by sts or ram, action: log:PostLogStoreLogs"), false, "permission_denied"},
		{"SecurityTokenExpired", 401, native("SecurityTokenExpired", ""), false, "token_expired"},
		{"InvalidSecurityToken.Expired", 401, native("InvalidSecurityToken.Expired", ""), false, "token_expired"},
		{"InvalidSecurityToken", 401, native("InvalidSecurityToken", ""), false, "token_invalid"},
		{"leaked AccessKey", 403, "Forbidden : There is a risk of leakage of this AccessKey.", false, "key_leaked"},
		{"401 and nothing else", 401, "", false, "key_refused"},
		{"401 without a pair", 401, "", true, "source_not_allowed"},
		{"403 without a pair", 403, "", true, "source_not_allowed"},
		{"403 and nothing else", 403, "", false, "permission_denied"},
		{"402", 402, "", false, "bill_overdue"},
		{"WriteQuotaExceed", 403, native("WriteQuotaExceed", ""), false, "quota"},
		{"ShardWriteQuotaExceed", 403, native("ShardWriteQuotaExceed", ""), false, "quota"},
		{"Inflow Quota Exceed", 403, "Inflow Quota Exceed", false, "quota"},
		{"Write QPS Exceed", 403, "Write QPS Exceed", false, "quota"},
		{"retry policy Continuous", 403, `{"slsStatus":{"retryPolicy": "Continuous"}}`, false, "quota"},
		{"ProjectNotExist", 404, native("ProjectNotExist", ""), false, "project_missing"},
		{"MetricStoreNotExist", 404, native("MetricStoreNotExist", ""), false, "project_missing"},
		{"404 that repeats a path", 404, "no route for /prometheus/p/my-metricstore/api/v1/writ", false, "wrong_url"},
		{"404", 404, "404 page not found", false, "wrong_url"},
		{"405", 405, "", false, "wrong_url"},
		{"301", 301, "", false, "redirected"},
		{"307", 307, "", false, "redirected"},
		{"407", 407, "", false, "proxy"},
		{"RequestTimeExpired", 400, native("RequestTimeExpired", ""), false, "clock_skew"},
		{"RequestTimeExpired as 401", 401, native("RequestTimeExpired", ""), false, "clock_skew"},
		{"RequestTimeTooSkewed as 401", 401, native("RequestTimeTooSkewed", "the request time is too skewed"), false, "clock_skew"},
		{"out of order", 400, "out of order sample", false, "out_of_order"},
		{"duplicate", 400, "duplicate sample for timestamp", false, "out_of_order"},
		{"out of bounds", 400, "out of bounds", false, "out_of_bounds"},
		{"too old", 400, "too old sample", false, "out_of_bounds"},
		{"label", 400, "label name \"a.b\" is invalid", false, "bad_labels"},
		{"400", 400, "", false, "bad_request"},
		{"413", 413, "", false, "too_large"},
		{"415", 415, "", false, "protocol"},
		{"406", 406, "", false, "protocol"},
		{"429", 429, "", false, "rate_limited"},
		{"ServerBusy", 503, native("ServerBusy", ""), false, "server_busy"},
		{"InternalServerError", 500, native("InternalServerError", ""), false, "server_error"},
		{"502", 502, "", false, "gateway"},
		{"504", 504, "", false, "gateway"},
		{"422", 422, "", false, "rejected"},
		{"100", 100, "", false, "unknown"},
	} {
		t.Run(row.name, func(t *testing.T) {
			finding := Of(Observation{URL: v2, Status: row.status, Body: row.body, NoPair: row.noPair})
			t.Logf("%-22s %s\n  remedy: %s", finding.Reason, finding.Cause, finding.Remedy)
			require.Equal(t, row.want, finding.Reason)
			wellPut(t, finding)
		})
	}
}

func TestNothingIsWrong(t *testing.T) {
	require.Zero(t, Of(Observation{URL: v2, Status: 204}))
}

// wellPut holds for what is shown to people: no name is left out, and it is no sentence.
func wellPut(t *testing.T, f Finding) {
	t.Helper()
	require.NotEmpty(t, f.Cause)
	require.NotEmpty(t, f.Remedy)
	require.NotContains(t, f.Cause+f.Remedy, "{")
	require.NotRegexp(t, `\.$`, f.Remedy)
	require.NotRegexp(t, claim, f.Cause+" "+f.Remedy, "what becomes of samples is computed, not promised")
	require.Regexp(t, `^[a-z_]+$`, f.Reason)
}

func TestSkew(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for date, want := range map[string]time.Duration{
		"":                              0,
		"soon":                          0,
		"Tue, 24 Nov 2026 11:59:30 GMT": 0,
		"Tue, 24 Nov 2026 11:40:00 GMT": 20 * time.Minute,
		"Tue, 24 Nov 2026 12:20:00 GMT": -20 * time.Minute,
	} {
		require.Equal(t, want, Skew(http.Header{"Date": {date}}, now), date)
	}
}

// What is said of a query speaks of the query's own keys and rights.
func TestQueriesAreSpokenOfAsSuch(t *testing.T) {
	for _, seen := range []Observation{
		{URL: v2, Status: 401}, {URL: v2, Status: 401, NoPair: true}, {URL: v2, Status: 403}, {URL: v2, Status: 404}, {URL: v2, Status: 503},
		{URL: v2, Err: ErrNoPair},
	} {
		seen.Query = true
		finding := Of(seen)
		wellPut(t, finding)
		require.NotRegexp(t, `http::|rite|samples wait`, finding.Cause+finding.Remedy)
	}
}
