package translate

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Escaped is the configuration as a confmap provider gives it: `$` is doubled in values, since the collector looks for
// variables in them and then halves what is left. In keys it does neither.
func (r *Result) Escaped() (map[string]any, error) {
	values, err := plain(r.Document)
	if err != nil {
		return nil, err
	}
	return escape(values).(map[string]any), nil
}

func escape(value any) any {
	switch v := value.(type) {
	case string:
		return escapeText(v)
	case []any:
		for i := range v {
			v[i] = escape(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = escape(v[key])
		}
	}
	return value
}

func escapeText(value string) string { return strings.ReplaceAll(value, "$", "$$") }

// YAML returns the configuration as a file for the collector, with what is not honoured and what is added as comments.
func (r *Result) YAML() ([]byte, error) {
	var head strings.Builder
	for _, note := range r.Notes {
		fmt.Fprintf(&head, "# Not carried over: %s\n", note)
	}
	for _, part := range r.Added {
		fmt.Fprintf(&head, "# Added: %s\n", part)
	}
	body, err := yaml.Marshal(r.escaped(r.Document))
	return append([]byte(head.String()), body...), err
}

func (r *Result) escaped(node *yaml.Node) *yaml.Node {
	copied := *node
	copied.Content = nil
	if node.Kind == yaml.ScalarNode && !r.references[node] {
		copied.Value = escapeText(node.Value)
	}
	for i, child := range node.Content {
		if node.Kind != yaml.MappingNode || i%2 == 1 {
			child = r.escaped(child)
		}
		copied.Content = append(copied.Content, child)
		if child.HeadComment != "" || child.Kind != yaml.ScalarNode && child.Style&yaml.FlowStyle == 0 {
			copied.Style &^= yaml.FlowStyle // comments need lines
		}
	}
	return &copied
}
