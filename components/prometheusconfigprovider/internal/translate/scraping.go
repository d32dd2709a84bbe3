package translate

import (
	"errors"
	"path/filepath"

	"github.com/prometheus/prometheus/config"
	yamlv2 "go.yaml.in/yaml/v2"
	"go.yaml.in/yaml/v3"
)

var errNothingToScrape = errors.New("neither scrape_configs nor scrape_config_files names a job: to receive what others send, use the configuration gateway.yaml")

// elsewhereInGlobal are the keys of global that say nothing about scraping.
var elsewhereInGlobal = []string{"external_labels", "evaluation_interval", "rule_query_offset", "query_log_file"}

// scraping makes the configuration of the receiver, and returns the jobs as Prometheus understands them. The jobs of included
// files become part of it: a reload takes all files or none, and it compares what the receiver had with what it gets.
func (t *translation) scraping(root *yaml.Node) (*yaml.Node, []*config.ScrapeConfig, error) {
	jobs, all := list(), t.loaded.ScrapeConfigs
	if _, own := lookup(root, "scrape_configs"); own != nil {
		jobs.Content = own.Content
		if err := t.replaceSecrets(own, t.loaded.ScrapeConfigs, func() bool { return isRead(root) }); err != nil {
			return nil, nil, t.in(t.source.Path, err)
		}
	}
	for _, file := range t.source.Included {
		included, loaded, err := t.included(file)
		if err != nil {
			return nil, nil, t.in(file.Path, err)
		}
		jobs.Content = append(jobs.Content, included...)
		all = append(all[:len(all):len(all)], loaded...)
	}
	if len(all) == 0 {
		return nil, nil, t.in(t.source.Path, errNothingToScrape)
	}
	node := mapping()
	if _, global := lookup(root, "global"); global != nil && global.Kind == yaml.MappingNode {
		kept := *global
		kept.Content = append([]*yaml.Node(nil), global.Content...)
		for _, key := range elsewhereInGlobal {
			without(&kept, key)
		}
		if len(kept.Content) > 0 {
			set(node, "global", &kept)
		}
	}
	set(node, "scrape_configs", jobs)
	return node, all, nil
}

// included reads a file of scrape_config_files. Its relative paths begin in its own folder.
func (t *translation) included(file Included) ([]*yaml.Node, []*config.ScrapeConfig, error) {
	loaded, err := loadIncluded(file.Content)
	if err != nil {
		return nil, nil, err
	}
	root, err := parseNodes(file.Content)
	if err != nil {
		return nil, nil, err
	}
	public, err := shown(loaded)
	if err != nil {
		return nil, nil, err
	}
	spellOut(root, public)
	accepts := func(root *yaml.Node) bool {
		content, err := asPrometheusReads(root)
		if err != nil {
			return false
		}
		_, err = loadIncluded(content)
		return err == nil
	}
	settle(root, accepts)
	for _, job := range loaded.ScrapeConfigs {
		if err := job.Validate(t.loaded.GlobalConfig); err != nil {
			return nil, nil, withoutValues(err)
		}
	}
	if err := makeAbsolute(root, loaded, func() {
		for _, job := range loaded.ScrapeConfigs {
			job.SetDirectory(filepath.Dir(file.Path))
		}
	}); err != nil {
		return nil, nil, err
	}
	_, jobs := lookup(root, "scrape_configs")
	if jobs == nil {
		return nil, nil, nil
	}
	return jobs.Content, loaded.ScrapeConfigs, t.replaceSecrets(jobs, loaded.ScrapeConfigs, func() bool { return accepts(root) })
}

// asPrometheusReads is a node as the text that the receiver gives to Prometheus.
func asPrometheusReads(node *yaml.Node) ([]byte, error) {
	values, err := plain(node)
	if err != nil {
		return nil, err
	}
	return yamlv2.Marshal(values)
}
