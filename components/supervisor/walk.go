package supervisor

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/otelcol"
)

// eachComponent calls visit with the configuration of each component that the service uses, and its path in the YAML, in a stable
// order: what is defined and not used is not started either.
func eachComponent(config *otelcol.Config, visit func(path string, configured component.Config)) {
	used := map[string]map[component.ID]bool{"receivers": {}, "processors": {}, "exporters": {}, "extensions": {}, "connectors": {}}
	for _, pipeline := range config.Service.Pipelines {
		for section, ids := range map[string][]component.ID{"receivers": pipeline.Receivers, "processors": pipeline.Processors, "exporters": pipeline.Exporters} {
			for _, id := range ids {
				used[section][id], used["connectors"][id] = true, true
			}
		}
	}
	for _, id := range config.Service.Extensions {
		used["extensions"][id] = true
	}
	sections := map[string]map[component.ID]component.Config{
		"receivers": config.Receivers, "processors": config.Processors, "exporters": config.Exporters,
		"extensions": config.Extensions, "connectors": config.Connectors,
	}
	for _, section := range slices.Sorted(maps.Keys(sections)) {
		for _, id := range slices.SortedFunc(maps.Keys(sections[section]), func(a, b component.ID) int { return strings.Compare(a.String(), b.String()) }) {
			if used[section][id] {
				visit(section+"::"+id.String(), sections[section][id])
			}
		}
	}
	visit("service::telemetry", config.Service.Telemetry)
}

// maxDepth bounds a walk through types that refer to themselves.
const maxDepth = 24

// walk calls visit with a pointer to each struct within a configuration, and its path in the YAML.
func walk(path string, configured any, visit func(path string, value any)) {
	descend(path, reflect.ValueOf(configured), visit, 0)
}

func descend(path string, v reflect.Value, visit func(string, any), depth int) {
	if depth > maxDepth {
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			descend(path, v.Elem(), visit, depth+1)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			descend(fmt.Sprintf("%s[%d]", path, i), v.Index(i), visit, depth+1)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			descend(join(path, fmt.Sprint(key)), v.MapIndex(key), visit, depth+1)
		}
	case reflect.Struct:
		descendStruct(path, addressable(v), visit, depth)
	}
}

func descendStruct(path string, v reflect.Value, visit func(string, any), depth int) {
	if value, ok := optional(v); ok {
		descend(path, value, visit, depth+1)
		return
	}
	visit(path, v.Addr().Interface())
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		name, flags, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		switch {
		case strings.Contains(flags, "squash") || name == "" && field.Anonymous:
			descend(path, v.Field(i), visit, depth+1)
		case name == "-":
		case name == "":
			descend(join(path, strings.ToLower(field.Name)), v.Field(i), visit, depth+1)
		default:
			descend(join(path, name), v.Field(i), visit, depth+1)
		}
	}
}

// optional returns the value within a configoptional.Optional, which keeps it in a field that is not exported; the value is a nil
// pointer when there is none. ok is false for other types.
func optional(v reflect.Value) (value reflect.Value, ok bool) {
	if !strings.HasSuffix(v.Type().PkgPath(), "/config/configoptional") {
		return reflect.Value{}, false
	}
	return v.Addr().MethodByName("Get").Call(nil)[0], true
}

// addressable returns v, or a copy of it that has an address: elements of maps and of interfaces have none.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	located := reflect.New(v.Type()).Elem()
	located.Set(v)
	return located
}

func join(path, key string) string {
	if strings.Contains(key, "::") {
		key = strconv.Quote(key)
	}
	return path + "::" + key
}

func in(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, err)
}
