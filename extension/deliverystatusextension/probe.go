package deliverystatusextension

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const probeTimeout = 3 * time.Second

// Probe asks a running collector whether it is ready, as the health check of a container or a script does, and writes the answer
// to out. The place is a URL or an address; empty is MSP_STATUS_ENDPOINT, which the shipped configurations listen at, or else the
// default. It returns the exit code: 0 when it is ready.
func Probe(place string, out io.Writer) int {
	if place == "" {
		place = os.Getenv("MSP_STATUS_ENDPOINT")
	}
	if place == "" {
		place = defaultEndpoint
	}
	if !strings.Contains(place, "://") {
		place = "http://" + place + "/ready"
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, place, http.NoBody)
	if err != nil {
		_, _ = fmt.Fprintln(out, "probe:", err) // nobody may be listening
		return 1
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		_, _ = fmt.Fprintln(out, "probe:", err) // as above
		return 1
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(out, io.LimitReader(response.Body, 1<<10))
	if response.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}
