package diagnosis

import (
	"net/http"
	"strings"
	"time"
)

// Observation is what was seen of a destination: an answer, or the error that kept one from coming.
type Observation struct {
	URL    string // where the request went
	Status int    // 0 when there was no answer
	Header http.Header
	Body   string // its beginning
	Err    error  // why there was no answer

	Query      bool      // the request asked for what was delivered before; else it delivered
	NoPair     bool      // the request carried no AccessKey pair, as configured
	Everything bool      // every request is rejected like this one: nothing was accepted in between
	At         time.Time // when it was seen, by this host's clock

	Credential Credential // what the request carried, unless NoPair

	endpoint Endpoint
	text     string // the body in lower case
	causes   string // the error in lower case
}

// Finding is what an observation means. The zero value means that nothing is wrong.
type Finding struct {
	Reason string `json:"reason"` // short and stable: the value of the metric attribute
	Cause  string `json:"cause"`
	Remedy string `json:"remedy"`
}

// Of says what an observation means. It never fails: what no rule knows is named as such, with what to look at. It is safe for
// concurrent use.
func Of(o Observation) Finding {
	if o.Err == nil && o.Status/100 == 2 {
		return Finding{}
	}
	o.endpoint = Classify(o.URL)
	o.text = strings.ToLower(o.Body)
	if o.Err != nil {
		o.causes = strings.ToLower(o.Err.Error())
	}
	for i := range rules {
		if rules[i].matches(&o) {
			return rules[i].finding(&o)
		}
	}
	return unknown.finding(&o)
}

// maxSkew is how far clocks may be apart before it is worth a word.
const maxSkew = time.Minute

// Skew is how far this host's clock is ahead of the one of whoever answered, by the Date header; 0 when that says nothing, or
// no more than the seconds an answer may take.
func Skew(header http.Header, at time.Time) time.Duration {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	if skew := at.Sub(date); skew.Abs() > maxSkew {
		return skew.Round(time.Second)
	}
	return 0
}
