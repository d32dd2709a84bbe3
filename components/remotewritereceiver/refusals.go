package remotewritereceiver

import (
	"errors"
	"fmt"
)

// Why samples, or exemplars, were not taken.
const (
	reasonInvalidLabels    = iota // names or values of labels that Prometheus refuses too
	reasonInvalidHistogram        // a native histogram that contradicts itself
	reasonOutOfBounds             // a time that cannot be
	reasonTooLarge                // beyond what a request may hold
	reasonMalformed               // in a request that is no valid message from some point on
	reasonUnavailable             // the pipeline cannot take it now: a memory limit, a full log
	reasonPermanent               // the pipeline can never take it
	reasons
)

var reasonNames = [reasons]string{
	"invalid_labels", "invalid_histogram", "out_of_bounds", "too_large", "malformed", "unavailable", "permanent",
}

// errRefused is of a request of which some was taken and some cannot be.
var errRefused = errors.New("not taken")

// maxShown bounds how much of a series' labels an answer shows.
const maxShown = 300

// refusals are what was rejected of a request.
type refusals struct {
	samples   [reasons]int
	exemplars [reasons]int
	series    int   // or families, or exemplars: things that the answer reports
	first     error // the first of them
}

// record counts one thing that the answer to the sender reports. Only the first is described: describe is called for it alone.
func (r *refusals) record(describe func() error) {
	if r.series++; r.first == nil {
		r.first = describe()
	}
}

// err returns what the answer to the sender says; nil when everything was accepted.
func (r *refusals) err() error {
	switch r.series {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: %w; all else of the request was taken", errRefused, r.first)
	default:
		return fmt.Errorf("%w: %w; and %d more, all else of the request was taken", errRefused, r.first, r.series-1)
	}
}

func shorten(text string) string {
	if len(text) > maxShown {
		return text[:maxShown] + "..."
	}
	return text
}
