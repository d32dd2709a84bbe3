package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
)

// ScrapeTargets are the targets of a Prometheus, by the name of their job.
type ScrapeTargets struct {
	Active  map[string][]map[string]string // their labels
	Dropped map[string]int                 // how many are kept of those that relabelling dropped
}

// ScrapeTargets returns what a Prometheus scrapes, and what its discovery found besides.
func (c *Client) ScrapeTargets(ctx context.Context) (ScrapeTargets, error) {
	found := ScrapeTargets{Active: map[string][]map[string]string{}, Dropped: map[string]int{}}
	body, err := c.Get(ctx, "/api/v1/targets", url.Values{"state": {"any"}})
	if err != nil {
		return found, err
	}
	type target struct {
		Labels     map[string]string
		ScrapePool string
	}
	var answer struct {
		Data struct{ ActiveTargets, DroppedTargets []target }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return found, fmt.Errorf("targets: %w", err)
	}
	for _, t := range answer.Data.ActiveTargets {
		found.Active[t.ScrapePool] = append(found.Active[t.ScrapePool], t.Labels)
	}
	for _, t := range answer.Data.DroppedTargets {
		found.Dropped[t.ScrapePool]++
	}
	return found, nil
}
