package remotewritereceiver

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
)

// maxText bounds what an answer says.
const maxText = 1 << 10

// Headers of an answer to remote write 2.0.
const (
	samplesWritten    = "X-Prometheus-Remote-Write-Samples-Written"
	histogramsWritten = "X-Prometheus-Remote-Write-Histograms-Written"
	exemplarsWritten  = "X-Prometheus-Remote-Write-Exemplars-Written"
)

// answered is an error that has its HTTP status.
type answered struct {
	status int
	error
}

func (a answered) Unwrap() error { return a.error }

func badRequest(format string, args ...any) error {
	return answered{http.StatusBadRequest, fmt.Errorf(format, args...)}
}

// statusOf is the HTTP status of an error. What the pipeline cannot take now, it may take later: only what it calls permanent
// must not be sent again.
func statusOf(err error) int {
	var known answered
	switch {
	case err == nil:
		return http.StatusNoContent
	case errors.As(err, &known):
		return known.status
	case errors.Is(err, errMalformed), errors.Is(err, errRefused), consumererror.IsPermanent(err):
		return http.StatusBadRequest
	default:
		return http.StatusServiceUnavailable
	}
}

// answer writes the answer to a request; p is nil when it is not known in which protocol it is.
func answer(w http.ResponseWriter, p *protocol, kept written, err error, retryAfter time.Duration) int {
	status := statusOf(err)
	if p != nil && p.symbolized {
		w.Header().Set(samplesWritten, strconv.Itoa(kept.samples))
		w.Header().Set(histogramsWritten, strconv.Itoa(kept.histograms))
		w.Header().Set(exemplarsWritten, strconv.Itoa(kept.exemplars))
	}
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return status
	}
	if status == http.StatusServiceUnavailable {
		seconds := (retryAfter + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	http.Error(w, line(err.Error()), status)
	return status
}

// line makes one line of a text, of at most maxText bytes.
func line(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText-3], "") + "..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
