package translate

import (
	"errors"
	"fmt"
	"log/slog"

	"go.yaml.in/yaml/v3"
)

// named are the lists whose items an error can be about, with the key of an item's name.
var named = []struct{ section, item, key string }{
	{"scrape_configs", "job", "job_name"},
	{"remote_write", "destination", "name"},
}

// loadMain reads the file itself. Of what Prometheus refuses without a line, the items are loaded one by one to find it.
func (t *translation) loadMain(logger *slog.Logger) error {
	var err error
	if t.loaded, err = load(t.source.Content, logger); err == nil {
		return nil
	}
	if found := t.blame(err); found != nil {
		return found
	}
	return t.in(t.source.Path, err)
}

func (t *translation) blame(err error) error {
	if lineNumber.MatchString(err.Error()) {
		return nil
	}
	root, parseErr := parseNodes(t.source.Content)
	if parseErr != nil {
		return nil //nolint:nilerr // the error that there is says as much
	}
	shared := mapping()
	if key, global := lookup(root, "global"); global != nil {
		set(shared, "global", global)
		if err := loadAlone(shared); err != nil {
			return t.at(key, "global: %w", err)
		}
	}
	var found []error
	for _, of := range named {
		_, items := lookup(root, of.section)
		if items == nil || items.Kind != yaml.SequenceNode {
			continue
		}
		for i, item := range items.Content {
			alone := mapping(of.section, list(item))
			alone.Content = append(alone.Content, shared.Content...)
			if err := loadAlone(alone); err != nil {
				found = append(found, t.at(item, "%s[%d]%s: %w", of.section, i, nameOf(item, of.item, of.key), err))
			}
		}
	}
	return errors.Join(found...)
}

// loadAlone loads a part of the file. What it returns counts no lines, since those are not the file's.
func loadAlone(part *yaml.Node) error {
	content, err := asPrometheusReads(part)
	if err != nil {
		return nil //nolint:nilerr // it is not what Prometheus refuses
	}
	if _, err = load(content, discard); err != nil {
		return errors.New(lineNumber.ReplaceAllString(err.Error(), ""))
	}
	return nil
}

func nameOf(item *yaml.Node, kind, key string) string {
	if _, name := lookup(item, key); name != nil {
		return fmt.Sprintf(" (%s %q)", kind, name.Value)
	}
	return ""
}
