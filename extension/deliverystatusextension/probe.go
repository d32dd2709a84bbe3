package deliverystatusextension

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const probeTimeout = 3 * time.Second

// maxProbed bounds what Probe prints. It is far above the status of any collector.
const maxProbed = 64 << 20

var errTooLong = fmt.Errorf("the answer is longer than %d MiB, and was cut off", maxProbed>>20)

// Probe asks a running collector whether it is ready, as the health check of a container or a script does, or asks it for another
// page, and writes the whole answer to out. The place is a URL or an address; empty is MSP_STATUS_ENDPOINT, which the shipped
// configurations listen at, or else the default. It returns the exit code: 0 when the collector answered 200 and all of the answer
// was written. Anything else is 1, with the reason in the last line.
func Probe(place string, out io.Writer) int {
	status, err := probe(place, out)
	if err != nil {
		_, _ = fmt.Fprintln(out, "probe:", err) // nobody may be listening
		return 1
	}
	if status != http.StatusOK {
		return 1
	}
	return 0
}

func probe(place string, out io.Writer) (status int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, placeOf(place), http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	switch n, err := io.Copy(out, io.LimitReader(response.Body, maxProbed+1)); {
	case err != nil:
		return 0, fmt.Errorf("the answer is incomplete: %w", err)
	case n > maxProbed:
		return 0, errTooLong
	}
	return response.StatusCode, nil
}

// placeOf returns the URL to ask.
func placeOf(place string) string {
	if place == "" {
		place = os.Getenv("MSP_STATUS_ENDPOINT")
	}
	if place == "" {
		place = defaultEndpoint
	}
	if strings.Contains(place, "://") {
		return place
	}
	return "http://" + place + "/ready"
}
