package send

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds how long an endpoint can make us wait.
const maxRetryAfter = 10 * time.Minute

// retryAfter reads a Retry-After header in both forms of RFC 9110, section 10.2.3: seconds and a date. It is 0 when there is
// none or it says nothing usable.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	wait := time.Duration(0)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
