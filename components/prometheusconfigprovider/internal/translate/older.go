package translate

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// spellOut writes bearer_token and bearer_token_file of jobs, of their discoveries and of remote_write as authorization where
// Prometheus does so when it reads them: what it shows can then be compared with what was written. Discoveries of AWS keep the
// older keys, so public, which is what Prometheus shows of the file, says where.
func spellOut(root *yaml.Node, public any) {
	shown, _ := public.(map[any]any)
	for _, section := range []string{"scrape_configs", "remote_write"} {
		_, clients := lookup(root, section)
		eachPair(clients, shown[section], func(client *yaml.Node, shown map[any]any) {
			spellOutClient(client, shown)
			for i := 0; i+1 < len(client.Content); i += 2 {
				if key := client.Content[i].Value; strings.HasSuffix(key, "_sd_configs") {
					eachPair(client.Content[i+1], shown[key], spellOutClient)
				}
			}
		})
	}
}

// eachPair visits the mappings of a list with what Prometheus shows of each.
func eachPair(written *yaml.Node, public any, visit func(item *yaml.Node, shown map[any]any)) {
	shown, _ := public.([]any)
	if written == nil || written.Kind != yaml.SequenceNode || len(shown) != len(written.Content) {
		return
	}
	for i, item := range written.Content {
		if item.Kind == yaml.MappingNode {
			of, _ := shown[i].(map[any]any)
			visit(item, of)
		}
	}
}

func spellOutClient(client *yaml.Node, shown map[any]any) {
	if shown["authorization"] == nil {
		return
	}
	for older, newer := range map[string]string{"bearer_token": "credentials", "bearer_token_file": "credentials_file"} {
		key, value := lookup(client, older)
		if key == nil || value.Kind != yaml.ScalarNode || value.Value == "" {
			continue
		}
		name := *key
		name.Value = newer
		authorization := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: key.Line, Content: []*yaml.Node{&name, value}}
		key.Value = "authorization"
		key.HeadComment, key.LineComment, key.FootComment = "", "", ""
		put(client, key, authorization)
	}
}

// items are the mappings in a list.
func items(of *yaml.Node) (mappings []*yaml.Node) {
	if of == nil || of.Kind != yaml.SequenceNode {
		return nil
	}
	for _, item := range of.Content {
		if item.Kind == yaml.MappingNode {
			mappings = append(mappings, item)
		}
	}
	return mappings
}
