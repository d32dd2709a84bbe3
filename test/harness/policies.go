package harness

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Always answers every request alike.
func Always(a Answer) Policy { return func(int, Received) Answer { return a } }

// First treats the first n requests from now on with one policy, and the others with the next.
func First(n int, policy, next Policy) Policy {
	seen := 0
	return func(i int, r Received) Answer {
		if seen++; seen <= n {
			return policy(i, r)
		}
		return next(i, r)
	}
}

// Accept is the answer of an endpoint that works.
func Accept(int, Received) Answer { return Answer{Status: http.StatusNoContent} }

// Redirect sends the client elsewhere.
func Redirect(location string) Answer {
	return Answer{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {location}}}
}

// RetryAfter asks the client to wait for some seconds.
func RetryAfter(status, seconds int) Answer {
	return Answer{Status: status, Header: http.Header{"Retry-After": {strconv.Itoa(seconds)}}}
}

// RetryAt asks the client to wait until a time, which HTTP gives in whole seconds.
func RetryAt(status int, at time.Time) Answer {
	return Answer{Status: status, Header: http.Header{"Retry-After": {at.UTC().Format(http.TimeFormat)}}}
}

// Poison refuses requests that hold a series with a label, as Prometheus refuses a sample it cannot append: 400, nothing
// is applied, and the body names the series. Others are accepted.
func Poison(name, value string) Policy {
	return func(_ int, r Received) Answer {
		for i := range r.Series {
			if series := &r.Series[i]; series.Label(name) == value {
				return Answer{Status: http.StatusBadRequest, Body: "out of order sample for series " + series.String() + "\n"}
			}
		}
		return Answer{Status: http.StatusNoContent}
	}
}

// PoisonPartly is Poison, but all the other series of the request are applied, as Prometheus does. With 2.0 the answer
// says how many that were.
func PoisonPartly(name, value string) Policy {
	refuse := Poison(name, value)
	return func(n int, r Received) Answer {
		answer := refuse(n, r)
		if answer.Status == http.StatusBadRequest {
			answer.Applied, answer.Only = true, func(s *WrittenSeries) bool { return s.Label(name) != value }
		}
		return answer
	}
}

// RefuseV2 answers 415 to remote write 2.0 and accepts 1.0.
func RefuseV2(_ int, r Received) Answer {
	if r.V2 {
		return Answer{Status: http.StatusUnsupportedMediaType, Body: "expected application/x-protobuf as the first media part\n"}
	}
	return Answer{Status: http.StatusNoContent}
}

// IgnoreV2 takes 2.0 for 1.0, as endpoints of before 2.0 do: they see an empty message and answer 204 without saying how
// much was written. 1.0 is accepted.
func IgnoreV2(_ int, r Received) Answer {
	if !r.V2 {
		return Answer{Status: http.StatusNoContent}
	}
	return Answer{Status: http.StatusNoContent, Only: func(*WrittenSeries) bool { return false }, Header: http.Header{
		"X-Prometheus-Remote-Write-Samples-Written":    nil,
		"X-Prometheus-Remote-Write-Histograms-Written": nil,
		"X-Prometheus-Remote-Write-Exemplars-Written":  nil,
	}}
}

// LimitSamples answers 413 to requests of more than n samples, and accepts others.
func LimitSamples(n int) Policy {
	return func(_ int, r Received) Answer {
		if samples, histograms, _ := r.Counts(); samples+histograms > n {
			return tooLarge(samples+histograms, "samples", n)
		}
		return Answer{Status: http.StatusNoContent}
	}
}

// LimitSize answers 413 to requests of more than n bytes before compression, and accepts others.
func LimitSize(n int) Policy {
	return func(_ int, r Received) Answer {
		if r.Raw > n {
			return tooLarge(r.Raw, "bytes", n)
		}
		return Answer{Status: http.StatusNoContent}
	}
}

func tooLarge(is int, unit string, limit int) Answer {
	return Answer{Status: http.StatusRequestEntityTooLarge, Body: fmt.Sprintf("the request has %d %s, the limit is %d\n", is, unit, limit)}
}
