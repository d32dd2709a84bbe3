package identity

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/prompb"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Metadata travel beside the samples in 1.0, and are compared as they are. In 2.0 each series has its own, but Prometheus
// v0.314 sends none there: it has a flag for it, metadata-wal-records, and does not hand it to its storage. So what the
// collector says of a series is held against what Prometheus says of the series' family: by 1.0, and in its API by target.

// briefly is how often Prometheus sends, here every 2 s, what may be over before the collector looks, which it does every 10 s at
// first. By default Prometheus looks once a minute.
const briefly = 6

// compareFamilies compares what 1.0 says of families. What Prometheus said no more than some times may be missing.
func compareFamilies(prometheus, collector map[described]int, mayMiss int) comparison {
	c := comparison{fixture: "metadata of families"}
	all := maps.Clone(prometheus)
	maps.Copy(all, collector)
	for _, d := range slices.SortedFunc(maps.Keys(all), byFamily) {
		c.series++
		c.samples++
		if prometheus[d] > 0 && prometheus[d] <= mayMiss && collector[d] == 0 {
			continue
		}
		if (prometheus[d] == 0) != (collector[d] == 0) {
			c.differ("%s %s\n  Prometheus: %d times\n  collector:  %d times", d.family, d.metadata, prometheus[d], collector[d])
		}
	}
	return c
}

func byFamily(a, b described) int {
	if order := strings.Compare(a.family, b.family); order != 0 {
		return order
	}
	return strings.Compare(a.metadata, b.metadata)
}

// suffixes are what the names of series have behind the family's, by type. A family may have the first of them in its own
// name where the table says so.
var suffixes = map[string]struct {
	ofSeries []string
	ofFamily string
}{
	"counter":        {[]string{"_total"}, "_total"},
	"histogram":      {[]string{"_bucket", "_sum", "_count"}, ""},
	"gaugehistogram": {[]string{"_bucket", "_gsum", "_gcount"}, ""},
	"summary":        {[]string{"_sum", "_count"}, ""},
	"info":           {[]string{"_info"}, "_info"},
}

// belongs tells whether a series is one of a family.
func belongs(series, family, kind string) bool {
	if !strings.HasPrefix(series, family) {
		return false
	}
	family = strings.TrimSuffix(family, suffixes[kind].ofFamily)
	for _, suffix := range suffixes[kind].ofSeries {
		if base, has := strings.CutSuffix(series, suffix); has {
			return base == family
		}
	}
	return series == family
}

// targetFamilies are the families that Prometheus knows, by fixture.
type targetFamilies map[string]map[string]bool

// learn adds those that it knows now: ten scrapes later it has forgotten those that are not exposed any more.
func (k targetFamilies) learn(ctx context.Context, prometheus *harness.Prometheus) error {
	all, err := prometheus.TargetMetadata(ctx)
	for _, m := range all {
		fixture := m.Target[fixtureLabel]
		if k[fixture] == nil {
			k[fixture] = map[string]bool{}
		}
		k[fixture][m.Family] = true
	}
	return err
}

// undescribed are families some series of which have no metadata, because Prometheus's scrape loop takes what it knows for
// broken where a name does not fit the family's, and until the next family begins.
var undescribed = map[string]string{
	"level":   "protobuf's gauge histograms have _sum and _count, and not _gsum and _gcount",
	"started": "a series _created stands in front of it",
}

// compareMetadata compares what 2.0 says of a collector's series with what Prometheus says of their families: each series has
// metadata that its family had, and has none where Prometheus knows of no family. Those of the scrape's own series, which
// Prometheus has but does not send, are not looked at.
func compareMetadata(families map[described]int, known targetFamilies, collector *recording) comparison {
	c := comparison{fixture: "metadata of series"}
	for _, fixture := range slices.Sorted(maps.Keys(collector.fixtures)) {
		of := collector.fixtures[fixture]
		said := of.metadata()
		for _, series := range slices.Sorted(maps.Keys(said)) {
			name := of.names[series]
			if ofScrape(name) {
				continue
			}
			c.series++
			wanted, optional := metadataOf(name, known[fixture], families)
			have := said[series]
			for metadata, n := range have {
				c.samples += n
				if metadata != "" && !slices.Contains(wanted, metadata) {
					c.differ("%s: %s\n  Prometheus: %q\n  collector:  %s", fixture, series, wanted, metadata)
				}
			}
			if !optional && len(wanted) > 0 && have[""] > 0 && len(have) == 1 {
				c.differ("%s: %s\n  Prometheus: %q\n  collector:  nothing", fixture, series, wanted)
			}
		}
	}
	return c
}

// metadata are those of series, with the number of samples that have them. Staleness markers have none.
func (o *observed) metadata() map[string]map[string]int {
	all := map[string]map[string]int{}
	for p, samples := range o.samples {
		for _, s := range samples {
			if s.kind == "stale" || s.kind == "stale histogram" {
				continue
			}
			if all[p.series] == nil {
				all[p.series] = map[string]int{}
			}
			all[p.series][s.metadata]++
		}
	}
	return all
}

// metadataOf are the metadata that a series may have: those that its family had at any time. optional: it may have none.
func metadataOf(series string, known map[string]bool, families map[described]int) (all []string, optional bool) {
	for d := range families {
		kind, _, _ := strings.Cut(strings.TrimPrefix(d.metadata, "type="), " ")
		if known[d.family] && belongs(series, d.family, kind) && d.metadata != unknown {
			all = append(all, d.metadata)
			optional = optional || undescribed[d.family] != ""
		}
	}
	slices.Sort(all)
	return all, optional
}

// unknown is what 2.0 does not send.
var unknown = metadataText(harness.WrittenMetadata{Type: int(prompb.MetricMetadata_UNKNOWN)})

func ofScrape(name string) bool {
	return name == "up" || strings.HasPrefix(name, "scrape_")
}
