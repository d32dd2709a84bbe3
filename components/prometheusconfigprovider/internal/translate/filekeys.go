package translate

import (
	"reflect"
	"strings"
	"sync"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
)

// listItem stands for any item of a list in the keys of a place.
const listItem = "[]"

// jobType is the type of a scrape configuration with a field for each service discovery that is linked in, as Prometheus reads it.
var jobType = sync.OnceValue(func() reflect.Type {
	job, err := discovery.MarshalYAMLWithInlineConfigs(&config.ScrapeConfig{})
	if err != nil {
		panic(err) // it depends on the types that are linked in, and not on any input
	}
	return reflect.TypeOf(job).Elem()
})

// fileKey returns the key that takes the file of a secret in a job, given the keys that lead to the secret, or "" where its type
// has none.
func fileKey(keys []string) string {
	if len(keys) == 0 || keys[len(keys)-1] == listItem {
		return ""
	}
	around := jobType()
	for _, key := range keys[:len(keys)-1] {
		if around = typeAt(around, key); around == nil {
			return ""
		}
	}
	if around.Kind() == reflect.Map { // any key is one of a map
		return ""
	}
	for _, suffix := range []string{"_file", "_path"} { // stackit says path
		sibling := keys[len(keys)-1] + suffix
		if at := typeAt(around, sibling); at != nil && at.Kind() == reflect.String {
			return sibling
		}
	}
	return ""
}

// typeAt returns the type of the value of a key, or of the items of a list; nil where there is none. Structs that are inlined or
// embedded have their keys in the mapping around them.
func typeAt(around reflect.Type, key string) reflect.Type {
	switch around = dereferenced(around); around.Kind() {
	case reflect.Slice, reflect.Array:
		if key == listItem {
			return dereferenced(around.Elem())
		}
	case reflect.Map:
		return dereferenced(around.Elem())
	case reflect.Struct:
		return fieldAt(around, key)
	}
	return nil
}

func fieldAt(of reflect.Type, key string) reflect.Type {
	var inlined []reflect.Type
	for i := range of.NumField() {
		field := of.Field(i)
		if !field.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(options, "inline"):
			inlined = append(inlined, field.Type)
		case name == key || name == "" && strings.ToLower(field.Name) == key:
			return dereferenced(field.Type)
		}
	}
	for _, candidate := range inlined {
		if found := typeAt(candidate, key); found != nil {
			return found
		}
	}
	return nil
}

func dereferenced(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
