package translate

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v3"
)

// Secrets says what becomes of the secrets of a file.
type Secrets int

const (
	// Carried secrets are part of the result.
	Carried Secrets = iota
	// Replaced secrets are not: in their place stands the file or the environment variable to put them into.
	Replaced
)

// Result is a collector configuration.
type Result struct {
	Document *yaml.Node // its values are literal: `$` is `$`
	Notes    []Note     // what is not honoured
	Added    []string   // what the collector adds of its own
	Warnings []string   // what is valid and yet probably not meant

	references map[*yaml.Node]bool // values that begin with ${env: and mean it
}

// translation is one at work.
type translation struct {
	source  *Source
	loaded  *config.Config
	secrets Secrets
	result  *Result

	names    map[string]bool // of files and variables for secrets
	replaced []string        // secrets that the result does not have
}

var errNoRemoteWrite = errors.New("no remote_write: the collector has nowhere to send to. Add the section with the remote write URL of the instance's Settings tab")

// Translate makes a collector configuration of a prometheus.yml. Its errors name file and line, and hold no secrets. What
// Prometheus itself warns about goes to the logger.
func Translate(source *Source, secrets Secrets, logger *slog.Logger) (*Result, error) {
	t := &translation{source: source, secrets: secrets, result: &Result{references: map[*yaml.Node]bool{}}, names: map[string]bool{}}
	root, err := t.read(logger)
	if err != nil {
		return nil, err
	}
	if err := checkEnvironment(); err != nil {
		return nil, err
	}
	t.noteSections(root)
	scraping, jobs, err := t.scraping(root)
	if err != nil {
		return nil, err
	}
	destinations, err := t.destinations(root)
	if err != nil {
		return nil, err
	}
	t.result.Document = t.document(scraping, destinations)
	if secrets == Carried { // without its secrets it is not what it was
		err = t.compareJobs(jobs)
		t.warn(jobs)
	}
	t.scrapeOwn(scraping)
	if secrets == Carried {
		err = errors.Join(err, t.validate(destinations))
	} else {
		t.hideInComments(t.result.Document)
	}
	return t.result, err
}

// read reads the file itself, with its paths made absolute.
func (t *translation) read(logger *slog.Logger) (*yaml.Node, error) {
	if err := t.loadMain(logger); err != nil {
		return nil, err
	}
	root, err := parseNodes(t.source.Content)
	if err != nil {
		return nil, t.in(t.source.Path, err)
	}
	public, err := shown(t.loaded)
	if err != nil {
		return nil, t.in(t.source.Path, err)
	}
	spellOut(root, public)
	settle(root, isRead)
	if err := makeAbsolute(root, t.loaded, func() { t.loaded.SetDirectory(filepath.Dir(t.source.Path)) }); err != nil {
		return nil, t.in(t.source.Path, err)
	}
	if len(t.loaded.RemoteWriteConfigs) == 0 {
		return nil, t.in(t.source.Path, errNoRemoteWrite)
	}
	return root, nil
}

// isRead reports whether Prometheus reads a node as a configuration.
func isRead(root *yaml.Node) bool {
	content, err := asPrometheusReads(root)
	if err != nil {
		return false
	}
	_, err = load(content, discard)
	return err == nil
}

// document puts the parts together.
func (t *translation) document(scraping *yaml.Node, destinations []*destination) *yaml.Node {
	extensions, exporters := mapping(), mapping()
	extensionIDs, own := t.ownExtensions()
	for i, id := range extensionIDs {
		set(extensions, id, own[i])
	}
	var exporterIDs []string
	for _, d := range destinations {
		if d.auth != nil {
			set(extensions, d.authID, d.auth)
			extensionIDs = append(extensionIDs, d.authID)
		}
		set(exporters, d.exporterID, d.exporter)
		exporterIDs = append(exporterIDs, d.exporterID)
	}
	document := mapping("extensions", extensions)
	service := mapping("extensions", texts(extensionIDs...))
	set(document, "receivers", mapping(receiverID, mapping("config", scraping)))
	set(document, "exporters", exporters)
	set(service, "telemetry", t.telemetry())
	set(service, "pipelines", mapping("metrics", mapping("receivers", texts(receiverID), "exporters", texts(exporterIDs...))))
	set(document, "service", service)
	return document
}

const receiverID = "prometheus_scrape"

var discard = slog.New(slog.DiscardHandler)

// in says which file an error is about. Prometheus numbers lines as `line 5: `.
func (t *translation) in(path string, err error) error {
	return fmt.Errorf("%s: %w", path, err)
}

// at says which line of the file an error is about.
func (t *translation) at(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: "+format, append([]any{t.source.Path, node.Line}, args...)...)
}
