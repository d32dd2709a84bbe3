package remotewritereceiver

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// types are by their number, which is the same in both protocols.
var types = [...]model.MetricType{
	model.MetricTypeUnknown, model.MetricTypeCounter, model.MetricTypeGauge, model.MetricTypeHistogram,
	model.MetricTypeGaugeHistogram, model.MetricTypeSummary, model.MetricTypeInfo, model.MetricTypeStateset,
}

func typeOf(number uint64) model.MetricType {
	if number < uint64(len(types)) {
		return types[number]
	}
	return model.MetricTypeUnknown
}

// suffixes are what series' names have behind their family's, by its type.
var suffixes = map[model.MetricType][]string{
	model.MetricTypeCounter:        {"_total", "_created"},
	model.MetricTypeHistogram:      {"_bucket", "_sum", "_count", "_created"},
	model.MetricTypeGaugeHistogram: {"_bucket", "_gsum", "_gcount", "_sum", "_count"},
	model.MetricTypeSummary:        {"_sum", "_count", "_created"},
	model.MetricTypeInfo:           {"_info"},
}

// metadata reads those of a series of remote write 2.0. They do not tell the name of the family, which is the series' but for
// histograms and summaries.
func (r *request) metadata(series []byte, name string) (about verbatim.Metadata, err error) {
	var kind, help, unit uint64
	c := cursor{rest: series}
	for c.next() {
		if c.field != fieldMetadataV2 || !c.expect(wireBytes) {
			continue
		}
		in := cursor{rest: c.bytes}
		for in.next() {
			switch {
			case in.field == 1 && in.expect(wireVarint):
				kind = in.value
			case in.field == 3 && in.expect(wireVarint):
				help = in.value
			case in.field == 4 && in.expect(wireVarint):
				unit = in.value
			}
		}
		if in.failed {
			return about, in.err("the metadata of a series")
		}
	}
	if c.failed {
		return about, c.err("a series")
	}
	about = verbatim.Metadata{Type: typeOf(kind)}
	if about.Help, err = r.text(help); err != nil {
		return about, fmt.Errorf("its help: %w", err)
	}
	if about.Unit, err = r.text(unit); err != nil {
		return about, fmt.Errorf("its unit: %w", err)
	}
	switch about.Type {
	case model.MetricTypeHistogram, model.MetricTypeGaugeHistogram, model.MetricTypeSummary:
		about.Family = withoutSuffix(name, about.Type)
	}
	return about, nil
}

// text is a symbol for people, as a string that lasts.
func (r *request) text(ref uint64) (string, error) {
	symbol, err := r.symbol(ref)
	if err != nil || len(symbol) == 0 {
		return "", err
	}
	if known, ok := r.texts[ref]; ok {
		return known, nil
	}
	if r.texts == nil {
		r.texts = map[uint64]string{}
	}
	made := lasting(symbol)
	r.texts[ref] = made
	return made, nil
}

func withoutSuffix(name string, kind model.MetricType) string {
	for _, suffix := range suffixes[kind] {
		if family, ok := strings.CutSuffix(name, suffix); ok && family != "" {
			return family
		}
	}
	return name
}

// lasting copies a text for people out of the request, and makes it UTF-8.
func lasting(b []byte) string { return strings.ToValidUTF8(string(b), "�") }
