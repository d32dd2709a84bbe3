package sts

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// skewTolerance is above the resolution of the Date header and the time of one request.
const skewTolerance = 30 * time.Second

var (
	errExpiration = errors.New("the Expiration in the answer is not an RFC 3339 time such as 2006-01-02T15:04:05Z")
	errExpired    = errors.New("the pair in the answer has expired already")
)

// expiry reads the end of a pair, which must lie ahead. time.RFC3339 takes the documented
// 2006-01-02T15:04:05Z, fractional seconds and numeric zones alike.
func expiry(text string, now, served time.Time) (time.Time, error) {
	end, err := time.Parse(time.RFC3339, strings.TrimSpace(text))
	if err != nil {
		return time.Time{}, errExpiration // the cause quotes the text
	}
	if !end.After(now) {
		return time.Time{}, fmt.Errorf("%w, at %s: %s", errExpired, end.UTC().Format(time.RFC3339), clockReport(now, served))
	}
	return end, nil
}

// clockReport compares this host's clock with the Date header of the answer, since a fresh pair that
// looks expired nearly always means clock skew.
func clockReport(now, served time.Time) string {
	if served.IsZero() {
		return fmt.Sprintf("the clock of this host says %s and the answer has no Date to compare: check for clock skew",
			now.UTC().Format(time.RFC3339))
	}
	skew := now.Sub(served).Round(time.Second)
	switch {
	case skew > skewTolerance:
		return fmt.Sprintf("clock skew: the clock of this host is %s ahead of the endpoint's, synchronize it", skew)
	case skew < -skewTolerance:
		return fmt.Sprintf("clock skew: the clock of this host is %s behind the endpoint's, synchronize it", -skew)
	default:
		return "no clock skew, both clocks agree: the endpoint hands out an old pair, restart or repair it"
	}
}
