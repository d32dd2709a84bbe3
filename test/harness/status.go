package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Status is what tests need of /api/v1/status, see docs/status.md.
type Status struct {
	Ready   bool `json:"ready"`
	Verdict struct {
		Level string `json:"level"`
		Text  string `json:"text"`
	} `json:"verdict"`
	Destinations []struct {
		ID        string `json:"id"`
		State     string `json:"state"`
		Accepted  uint64 `json:"accepted"`
		Recovered uint64 `json:"recovered"`
		Delivered uint64 `json:"delivered"`
		Queued    uint64 `json:"queued"`
		Dropped   []struct {
			Reason  string `json:"reason"`
			Samples uint64 `json:"samples"`
		} `json:"dropped"`
		Diagnosis *struct {
			Reason string `json:"reason"`
		} `json:"diagnosis"`
		Delay float64 `json:"delay_seconds"`
		WAL   struct {
			Directory string `json:"directory"`
			Bytes     int64  `json:"bytes"`
			MaxBytes  int64  `json:"max_bytes"`
		} `json:"wal"`
		AccessKey *struct {
			State string `json:"state"`
		} `json:"access_key"`
	} `json:"destinations"`
	OrphanedLogs []struct {
		Folder   string `json:"folder"`
		Exporter string `json:"exporter"`
		Samples  uint64 `json:"samples"`
	} `json:"orphaned_logs"`
	Arrival *struct {
		State string `json:"state"`
		Text  string `json:"text"`
	} `json:"arrival"`
}

// Status asks the collector's delivery_status how it is.
func (c *Collector) Status(ctx context.Context) (s Status, err error) {
	body, err := Fetch(ctx, c.StatusURL+"/api/v1/status")
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(body), &s)
}

// Probe asks for /live or /ready, and returns the HTTP status and the reason.
func (c *Collector) Probe(ctx context.Context, path string) (code int, reason string, err error) {
	return fetch(ctx, c.StatusURL+path)
}

func fetch(ctx context.Context, url string) (code int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, "", fmt.Errorf("read %s: %w", url, err)
	}
	return response.StatusCode, string(text), nil
}
