package translate

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// spellOut writes bearer_token and bearer_token_file of jobs, of their discoveries and of remote_write as authorization, which
// Prometheus does when it reads them: what it shows can then be compared with what was written.
func spellOut(root *yaml.Node) {
	for _, section := range []string{"scrape_configs", "remote_write"} {
		_, clients := lookup(root, section)
		for _, client := range items(clients) {
			spellOutClient(client)
			for i := 0; i+1 < len(client.Content); i += 2 {
				if strings.HasSuffix(client.Content[i].Value, "_sd_configs") {
					for _, discovery := range items(client.Content[i+1]) {
						spellOutClient(discovery)
					}
				}
			}
		}
	}
}

func spellOutClient(client *yaml.Node) {
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
