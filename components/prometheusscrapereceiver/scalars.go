package prometheusscrapereceiver

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v2"
)

// The collector reads YAML before anybody asks what is wanted, and keeps no text: 1.10 has become 1.1, a date a moment, and yes,
// which is a boolean to Prometheus, a text. Only Prometheus knows what it wants, so it is asked, by loading the configuration
// with that value changed.

// scalar is a value somewhere in a configuration.
type scalar struct {
	path  string // of keys and numbers in lists
	value any
	set   func(any)
}

var listNumber = regexp.MustCompile(`\[\d+\]`)

// kind is the path without the numbers: what Prometheus wants is the same for all items of a list.
func (s scalar) kind() string { return listNumber.ReplaceAllString(s.path, "[]") }

// scalars are the values in a configuration that the function chooses.
func scalars(in any, path string, choose func(any) bool) (found []scalar) {
	add := func(path string, value any, set func(any)) {
		switch {
		case choose(value):
			found = append(found, scalar{path, value, set})
		default:
			found = append(found, scalars(value, path, choose)...)
		}
	}
	switch v := in.(type) {
	case map[string]any:
		for key, value := range v {
			add(path+"::"+key, value, func(other any) { v[key] = other })
		}
	case []any:
		for i, value := range v {
			add(fmt.Sprintf("%s[%d]", path, i), value, func(other any) { v[i] = other })
		}
	}
	return found
}

// copied is a copy of a configuration that can be changed.
func copied(value any) any {
	switch v := value.(type) {
	case map[string]any:
		made := make(map[string]any, len(v))
		for key, item := range v {
			made[key] = copied(item)
		}
		return made
	case []any:
		made := make([]any, len(v))
		for i, item := range v {
			made[i] = copied(item)
		}
		return made
	default:
		return value
	}
}

// asker asks Prometheus once for all items of a list.
type asker struct {
	values map[string]any
	known  map[string]bool
}

// takes tells whether Prometheus takes a value there. It leaves it there.
func (a *asker) takes(s scalar, value any) bool {
	s.set(value)
	kind := s.kind()
	if _, asked := a.known[kind]; !asked {
		_, err := loadValues(a.values)
		a.known[kind] = err == nil
	}
	return a.known[kind]
}

// withBooleans loads a configuration that cannot be loaded as it is with yes, no, on and off as booleans where Prometheus wants
// one, and as texts where it takes a text.
func withBooleans(written map[string]any) (*config.Config, bool) {
	values := copied(written).(map[string]any)
	words := scalars(values, "config", func(value any) bool { return boolean(value) != nil })
	if len(words) == 0 {
		return nil, false
	}
	for _, word := range words {
		word.set(boolean(word.value))
	}
	if _, err := loadValues(values); err != nil {
		return nil, false // something else is wrong
	}
	ask := asker{values, map[string]bool{}}
	for _, word := range words {
		if !ask.takes(word, word.value) {
			word.set(boolean(word.value))
		}
	}
	loaded, err := loadValues(values)
	return loaded, err == nil
}

// boolean is what Prometheus's YAML makes of a text, or nil when that is no boolean.
func boolean(value any) any {
	text, isText := value.(string)
	var read any
	if !isText || yaml.Unmarshal([]byte(text), &read) != nil {
		return nil
	}
	if is, ok := read.(bool); ok {
		return is
	}
	return nil
}

// changedTexts says which texts may not be what was written. A whole number is taken for what was written: 8080 is, while
// nothing tells 0123 from the 83 that it has become.
func changedTexts(written map[string]any) error {
	values := copied(written).(map[string]any)
	numbers := scalars(values, "config", func(value any) bool { return readAs(value) != "" })
	ask := asker{values, map[string]bool{}}
	var found []string
	for _, number := range numbers {
		if ask.takes(number, fmt.Sprint(number.value)) {
			found = append(found, fmt.Sprintf("%s: its text may have changed, since it is read as %s: quote it", number.path, readAs(number.value)))
		}
		number.set(number.value)
	}
	slices.Sort(found)
	var errs []error
	for _, message := range found {
		errs = append(errs, errors.New(message))
	}
	return errors.Join(errs...)
}

func readAs(value any) string {
	switch value.(type) {
	case float64, float32:
		return "a number with a fraction"
	case time.Time:
		return "a time"
	default:
		return ""
	}
}
