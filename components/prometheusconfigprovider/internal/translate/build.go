package translate

import (
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// mapping makes a mapping of pairs of key and value.
func mapping(pairs ...any) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(pairs); i += 2 {
		set(node, pairs[i].(string), pairs[i+1].(*yaml.Node))
	}
	return node
}

// set sets a key of a mapping, and returns the key.
func set(to *yaml.Node, key string, value *yaml.Node) *yaml.Node {
	name := text(key)
	put(to, name, value)
	return name
}

func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

func integer(value int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(value)}
}

func boolean(value bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(value)}
}

func duration[D ~int64](value D) *yaml.Node { return text(time.Duration(value).String()) }

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

func texts(values ...string) *yaml.Node {
	node := list()
	node.Style = yaml.FlowStyle
	for _, value := range values {
		node.Content = append(node.Content, text(value))
	}
	return node
}

// plain is a node as maps, slices and scalars.
func plain(node *yaml.Node) (map[string]any, error) {
	values := map[string]any{}
	err := node.Decode(&values)
	return values, err
}
