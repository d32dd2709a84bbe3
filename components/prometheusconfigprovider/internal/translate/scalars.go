package translate

import (
	"strconv"

	yamlv2 "go.yaml.in/yaml/v2"
	"go.yaml.in/yaml/v3"
)

// settle gives every scalar the type and the spelling under which it comes out of any YAML package as it went into that of
// Prometheus. Where Prometheus wants a text, 0123 is that text; where it wants a number, it is one, and it means 83. Only
// Prometheus knows which it wants, so it is asked: accepts tells whether it can read the file with this change.
func settle(root *yaml.Node, accepts func(root *yaml.Node) bool) {
	s := settler{isText: map[string]bool{}, accepts: func() bool { return accepts(root) }}
	s.visit(root, "", false)
	s.visit(root, "", true)
}

// settler works in two turns: first every scalar gets the type that it has by itself, then the doubtful ones are tried as text.
type settler struct {
	doubtful map[*yaml.Node]string // what was written
	isText   map[string]bool       // by key, list items alike: one question is enough
	accepts  func() bool
}

func (s *settler) visit(node *yaml.Node, key string, trying bool) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			s.visit(node.Content[i+1], key+"\x00"+node.Content[i].Value, trying)
		}
	case yaml.SequenceNode:
		for _, item := range node.Content {
			s.visit(item, key+"\x00[]", trying)
		}
	case yaml.ScalarNode:
		if trying {
			s.try(node, key)
		} else {
			s.resolve(node)
		}
	}
}

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// resolve gives a scalar the type that the YAML package of Prometheus finds in it.
func (s *settler) resolve(node *yaml.Node) {
	written := node.Value
	if node.Style&quoted != 0 || node.Style&yaml.TaggedStyle != 0 && node.ShortTag() == "!!str" {
		node.Tag = "!!str"
		return
	}
	var value any
	if node.ShortTag() == "!!binary" || yamlv2.Unmarshal([]byte(written), &value) != nil {
		return // what else it may be is compared in the end
	}
	switch v := value.(type) {
	case nil:
		node.Tag, node.Value = "!!null", ""
		return // a text that is null is empty
	case bool:
		node.Tag, node.Value = "!!bool", strconv.FormatBool(v)
	case int:
		node.Tag, node.Value = "!!int", strconv.Itoa(v)
	case uint64:
		node.Tag, node.Value = "!!int", strconv.FormatUint(v, 10)
	case float64:
		node.Tag, node.Value = "!!float", strconv.FormatFloat(v, 'g', -1, 64)
	default:
		node.Tag = "!!str"
		return
	}
	if node.Value != written {
		if s.doubtful == nil {
			s.doubtful = map[*yaml.Node]string{}
		}
		s.doubtful[node] = written
	}
}

// try makes a doubtful scalar the text that was written, if Prometheus takes a text there.
func (s *settler) try(node *yaml.Node, key string) {
	written, doubtful := s.doubtful[node]
	if !doubtful {
		return
	}
	typed := *node
	node.Tag, node.Value = "!!str", written
	isText, known := s.isText[key]
	if !known {
		isText = s.accepts()
		s.isText[key] = isText
	}
	if !isText {
		*node = typed
	}
}
