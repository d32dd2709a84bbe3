package diagnosis

import "strings"

// quotaMarks are how Simple Log Service names a limit that passes: the error codes WriteQuotaExceed and
// ShardWriteQuotaExceed, the messages "Inflow Quota Exceed" and "Write QPS Exceed", and the retry policies of its
// Prometheus interface that ask to come back.
var quotaMarks = []string{"quotaexceed", "quota exceed", "qps exceed", `"retrypolicy":"continuous"`, `"retrypolicy":"once"`}

// Passes tells whether the body of a 403 speaks of a limit that passes by itself, and not of a refusal.
func Passes(body string) bool {
	body = strings.ToLower(strings.ReplaceAll(body, `": "`, `":"`))
	for _, mark := range quotaMarks {
		if strings.Contains(body, mark) {
			return true
		}
	}
	return false
}

func passes(o *Observation) bool { return Passes(o.Body) }
