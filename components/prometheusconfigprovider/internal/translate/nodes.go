package translate

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// maxNodes bounds what aliases can multiply a file to.
const maxNodes = 2_000_000

var errTooManyNodes = errors.New("its aliases make it too large: write it out")

// parseNodes parses a document, and puts what aliases and merge keys mean in their place. An empty document is an empty mapping.
func parseNodes(content []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, withoutValues(err)
	}
	if len(document.Content) == 0 || document.Content[0].ShortTag() == "!!null" {
		return mapping(), nil
	}
	budget := maxNodes
	root, err := expand(document.Content[0], &budget)
	if err != nil {
		return nil, err
	}
	if root.Kind != yaml.MappingNode {
		return nil, errors.New("it is no mapping of sections")
	}
	return root, nil
}

// expand returns a copy without aliases and merge keys.
func expand(node *yaml.Node, budget *int) (*yaml.Node, error) {
	if *budget--; *budget < 0 {
		return nil, errTooManyNodes
	}
	switch node.Kind {
	case yaml.AliasNode:
		return expand(node.Alias, budget)
	case yaml.MappingNode:
		return expandMapping(node, budget)
	}
	expanded := *node
	expanded.Anchor, expanded.Content = "", nil
	for _, child := range node.Content {
		copied, err := expand(child, budget)
		if err != nil {
			return nil, err
		}
		expanded.Content = append(expanded.Content, copied)
	}
	return &expanded, nil
}

// expandMapping merges in the order of the text, as the YAML package does that Prometheus uses: what comes later wins.
func expandMapping(node *yaml.Node, budget *int) (*yaml.Node, error) {
	expanded := *node
	expanded.Anchor, expanded.Content = "", nil
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		copied, err := expand(value, budget)
		if err != nil {
			return nil, err
		}
		if key.Tag != "!!merge" {
			if key.Kind == yaml.AliasNode {
				key = key.Alias
			}
			if key.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d: a key is no text", key.Line)
			}
			name := *key
			name.Anchor, name.Tag = "", "!!str"
			put(&expanded, &name, copied)
			continue
		}
		merged := []*yaml.Node{copied}
		if copied.Kind == yaml.SequenceNode {
			merged = copied.Content
		}
		for j := len(merged) - 1; j >= 0; j-- {
			for k := 0; k+1 < len(merged[j].Content); k += 2 {
				put(&expanded, merged[j].Content[k], merged[j].Content[k+1])
			}
		}
	}
	return &expanded, nil
}

// put sets a key of a mapping, which may have it.
func put(to, key, value *yaml.Node) {
	for i := 0; i+1 < len(to.Content); i += 2 {
		if to.Content[i].Value == key.Value {
			to.Content[i+1] = value
			return
		}
	}
	to.Content = append(to.Content, key, value)
}

// lookup returns a key of a mapping and its value, or nils.
func lookup(in *yaml.Node, key string) (name, value *yaml.Node) {
	if in == nil || in.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(in.Content); i += 2 {
		if in.Content[i].Value == key {
			return in.Content[i], in.Content[i+1]
		}
	}
	return nil, nil
}

// without takes a key out of a mapping.
func without(from *yaml.Node, key string) {
	for i := 0; i+1 < len(from.Content); i += 2 {
		if from.Content[i].Value == key {
			from.Content = append(from.Content[:i:i], from.Content[i+2:]...)
			return
		}
	}
}
