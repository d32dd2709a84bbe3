package translate

import (
	"reflect"

	promconfig "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"
)

// leftover returns a value that is a secret somewhere in what was loaded and still stands in a node, more often than Prometheus
// shows it. It finds what was written in a way that Prometheus does not show.
func leftover(in *yaml.Node, loaded, public any) *yaml.Node {
	secrets := map[string]int{}
	eachSecret(reflect.ValueOf(loaded), func(secret string) { secrets[secret] = 0 })
	delete(secrets, "")
	countTexts(public, secrets)
	return moreThan(in, secrets)
}

// eachSecret visits the secrets in the fields, maps and slices of a value.
func eachSecret(v reflect.Value, visit func(string)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			eachSecret(v.Elem(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			eachSecret(v.Field(i), visit)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			eachSecret(v.Index(i), visit)
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			eachSecret(entries.Value(), visit)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[promconfig.Secret]() {
			visit(v.String())
		}
	}
}

func countTexts(of any, counts map[string]int) {
	switch v := of.(type) {
	case string:
		if _, counted := counts[v]; counted {
			counts[v]++
		}
	case []any:
		for _, item := range v {
			countTexts(item, counts)
		}
	case map[any]any:
		for _, item := range v {
			countTexts(item, counts)
		}
	}
}

func moreThan(node *yaml.Node, counts map[string]int) *yaml.Node {
	if node.Kind == yaml.ScalarNode {
		if count, counted := counts[node.Value]; counted {
			if count == 0 {
				return node
			}
			counts[node.Value]--
		}
		return nil
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		if more := moreThan(child, counts); more != nil {
			return more
		}
	}
	return nil
}
