package record

import "errors"

// The first byte of every record.
const (
	wholeVersion     = 1 // nothing is delta-encoded
	version          = 2
	exemplarsVersion = 3 // version 2, with items of the kind LoneExemplars
)

// Kind is what an item holds.
type Kind byte

// The kinds of items.
const (
	Float     Kind = 1
	Histogram Kind = 2
	Meta      Kind = 3
	// LoneExemplars is a series whose exemplars come without a sample: the sample is in another record.
	LoneExemplars Kind = 4
)

// Flags in the first byte of an item, beside its kind.
const (
	kindMask      = 0x0f
	flagStart     = 0x10
	flagExemplars = 0x20
)

// Errors of a record that this version of the package cannot read. The checksums of the write-ahead log rule out damage, so that
// they mean that another version has written it.
var (
	ErrVersion = errors.New("the record has an unknown version")
	ErrCorrupt = errors.New("the record is cut off or malformed")
)

// Sample is one sample of one series, or exemplars of one series without a sample.
type Sample struct {
	Kind      Kind  // Float, Histogram or LoneExemplars
	Timestamp int64 // milliseconds since the epoch; with LoneExemplars, that of the newest exemplar
	Start     int64 // created timestamp, milliseconds since the epoch; 0 when unknown
	Value     float64
	Labels    []byte // Label fields of a remote write 1.0 TimeSeries, sorted by name
	Histogram []byte // fields of a Histogram message, timestamp included; nil but for a Histogram
	Exemplars []byte // Exemplar fields of a remote write 1.0 TimeSeries; nil for none, which LoneExemplars never has
}

// Metadata describes a metric family.
type Metadata struct {
	Type   MetricType
	Family string
	Help   string
	Unit   string
}

// MetricType is the type of a family, with the numbers of MetricMetadata.MetricType of remote write.
type MetricType byte

// The types of families.
const (
	Unknown MetricType = iota
	Counter
	Gauge
	HistogramType
	GaugeHistogram
	Summary
	Info
	StateSet
)

// DecodeMetadata reads a metadata item, as Item.Raw has it.
func DecodeMetadata(raw []byte) (Metadata, error) {
	v, err := ViewMetadata(raw)
	if err != nil {
		return Metadata{}, err
	}
	return Metadata{Type: v.Type, Family: string(v.Family), Help: string(v.Help), Unit: string(v.Unit)}, nil
}
