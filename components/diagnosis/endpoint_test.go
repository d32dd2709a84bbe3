package diagnosis

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClassify(t *testing.T) {
	for raw, want := range map[string]Endpoint{
		"http://ts-1.hitsdb.rds.aliyuncs.com:3242/api/prom_write":                       {Legacy, "", false, "http", "ts-1.hitsdb.rds.aliyuncs.com", "3242"},
		"https://cn-hangzhou.arms.aliyuncs.com/prometheus/1/x/cn-hangzhou/api/v3/write": {V1, "cn-hangzhou", false, "https", "cn-hangzhou.arms.aliyuncs.com", "443"},
		"http://ap-southeast-1-intranet.arms.aliyuncs.com/prometheus/1/x/ap-southeast-1/api/v3/write": {
			V1, "ap-southeast-1", true, "http", "ap-southeast-1-intranet.arms.aliyuncs.com", "80"},
		v2: {V2, "cn-hangzhou", false, "https", "workspace-default-cms-1-cn-hangzhou.cn-hangzhou.log.aliyuncs.com", "443"},
		"https://p.us-west-1-intranet.log.aliyuncs.com/prometheus/p/metrics/api/v1/write": {
			MetricStore, "us-west-1", true, "https", "p.us-west-1-intranet.log.aliyuncs.com", "443"},
		"http://127.0.0.1:9090/api/v1/write":   {Other, "", false, "http", "127.0.0.1", "9090"},
		"https://metrics.example/api/v1/write": {Other, "", false, "https", "metrics.example", "443"},
		"://":                                  {},
	} {
		require.Equal(t, want, Classify(raw), raw)
	}
}

// FuzzOf finds no body and no URL that the diagnosis cannot take.
func FuzzOf(f *testing.F) {
	f.Add(401, sls("Unauthorized", "AccessKeyId is disabled"), v2)
	f.Add(0, "{host}", "%")
	f.Fuzz(func(t *testing.T, status int, body, url string) {
		finding := Of(Observation{URL: url, Status: status, Body: body})
		require.Equal(t, status/100 == 2, finding == Finding{})
	})
}
