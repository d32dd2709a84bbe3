package translate

import (
	"fmt"

	yamlv2 "go.yaml.in/yaml/v2"
	"go.yaml.in/yaml/v3"
)

// shown is a configuration as Prometheus shows it, with hidden secrets, in maps and slices.
func shown(loaded any) (any, error) {
	content, err := yamlv2.Marshal(loaded)
	if err != nil {
		return nil, fmt.Errorf("it cannot be shown: %w", withoutValues(err))
	}
	var values any
	return values, yamlv2.Unmarshal(content, &values)
}

// walk visits the texts of a node that Prometheus shows as well, with what it shows: of what it was before some change, and after.
func walk(node *yaml.Node, before, after any, visit func(place *place, before, after string)) {
	walkFrom(&place{}, node, before, after, visit)
}

// place is where a scalar is.
type place struct {
	path    []string // keys; list items as their job_name or number
	keys    []string // keys; list items as listItem
	mapping *yaml.Node
	key     *yaml.Node // nil of items of lists
	value   *yaml.Node
}

// name is the key whose value this is, or "" for an item of a list.
func (at *place) name() string {
	if at.key == nil {
		return ""
	}
	return at.key.Value
}

func (at *place) below(name, key string, mapping, keyNode *yaml.Node) *place {
	return &place{path: append(at.path[:len(at.path):len(at.path)], name), keys: append(at.keys[:len(at.keys):len(at.keys)], key), mapping: mapping, key: keyNode}
}

// eachScalar visits every text of a node.
func eachScalar(node *yaml.Node, visit func(at *place)) { eachScalarFrom(&place{}, node, visit) }

func eachScalarFrom(at *place, node *yaml.Node, visit func(at *place)) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			eachScalarFrom(at.below(key.Value, key.Value, node, key), node.Content[i+1], visit)
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			eachScalarFrom(at.below(itemName(item, i), listItem, nil, nil), item, visit)
		}
	case yaml.ScalarNode:
		at.value = node
		visit(at)
	}
}

func walkFrom(at *place, node *yaml.Node, before, after any, visit func(place *place, before, after string)) {
	switch node.Kind {
	case yaml.MappingNode:
		one, _ := before.(map[any]any)
		other, _ := after.(map[any]any)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			next := at.below(key.Value, key.Value, node, key)
			walkFrom(next, node.Content[i+1], one[key.Value], other[key.Value], visit)
		}
	case yaml.SequenceNode:
		one, _ := before.([]any)
		other, _ := after.([]any)
		for i, item := range node.Content {
			if i < len(one) && i < len(other) {
				next := at.below(itemName(item, i), listItem, nil, nil)
				walkFrom(next, item, one[i], other[i], visit)
			}
		}
	case yaml.ScalarNode:
		one, isText := before.(string)
		other, isTextToo := after.(string)
		if isText && isTextToo {
			at.value = node
			visit(at, one, other)
		}
	}
}

func itemName(item *yaml.Node, i int) string {
	if _, job := lookup(item, "job_name"); job != nil {
		return job.Value
	}
	return fmt.Sprint(i)
}

// makeAbsolute makes relative paths absolute. What is a path, and where it begins, is what Prometheus changes in apply.
func makeAbsolute(node *yaml.Node, loaded any, apply func()) error {
	before, err := shown(loaded)
	if err != nil {
		return err
	}
	apply()
	after, err := shown(loaded)
	if err != nil {
		return err
	}
	walk(node, before, after, func(place *place, relative, absolute string) {
		if relative != absolute {
			place.value.Tag, place.value.Value = "!!str", absolute
		}
	})
	return nil
}
