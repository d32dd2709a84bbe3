package harness

import (
	"context"
	"encoding/json"
	"fmt"
)

// TargetMetadata are type, help and unit of a family that a Prometheus has found at a target.
type TargetMetadata struct {
	Target map[string]string // its labels
	Family string            `json:"metric"`
	Type   string
	Help   string
	Unit   string
}

// TargetMetadata returns the metadata of all families of all targets.
func (c *Client) TargetMetadata(ctx context.Context) ([]TargetMetadata, error) {
	body, err := c.Get(ctx, "/api/v1/targets/metadata", nil)
	if err != nil {
		return nil, err
	}
	var answer struct{ Data []TargetMetadata }
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("metadata of targets: %w", err)
	}
	return answer.Data, nil
}
