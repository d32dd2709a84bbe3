package remotewritereceiver

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// Bounds of the labels of one series or exemplar. Nothing beyond them could be delivered.
const (
	maxLabels     = 1 << 10
	maxLabelBytes = 1 << 20
)

var errNoName = errors.New("it has no label __name__")

// identify reads the labels and the metadata of a series. An error that is not errMalformed refuses the series.
func (r *request) identify(body []byte) (ls labels.Labels, about verbatim.Metadata, err error) {
	if ls, err = r.labels(body); err != nil {
		return ls, about, err
	}
	if err := valid(ls); err != nil {
		return ls, about, err
	}
	name := ls.Get(model.MetricNameLabel)
	if name == "" {
		return ls, about, errNoName
	}
	ls = ls.WithoutEmpty()
	if r.protocol.symbolized {
		about, err = r.metadata(body, name)
	} else {
		about = r.families.of(name)
	}
	return ls, about, err
}

// labels reads the labels of a series or an exemplar, sorted by name, and copies them out of the request.
func (r *request) labels(body []byte) (labels.Labels, error) {
	r.builder.Reset()
	r.refs = r.refs[:0]
	count, size := 0, 0
	c := cursor{rest: body}
	for c.next() {
		if c.field != fieldLabels {
			continue
		}
		if r.protocol.symbolized {
			r.reference(&c)
			continue
		}
		if c.expect(wireBytes) {
			count++
			n, err := r.label(c.bytes)
			if size += n; err != nil {
				return labels.EmptyLabels(), err
			}
		}
		if err := bounded(count, size); err != nil {
			return labels.EmptyLabels(), err
		}
	}
	if c.failed {
		return labels.EmptyLabels(), c.err("labels")
	}
	if err := r.resolve(); err != nil {
		return labels.EmptyLabels(), err
	}
	r.builder.Sort()
	return r.builder.Labels(), nil
}

// label adds a label of remote write 1.0, and returns its size.
func (r *request) label(body []byte) (size int, err error) {
	var name, value []byte
	c := cursor{rest: body}
	for c.next() {
		switch {
		case c.field == 1 && c.expect(wireBytes):
			name = c.bytes
		case c.field == 2 && c.expect(wireBytes):
			value = c.bytes
		}
	}
	r.builder.Add(text(name), text(value))
	return len(name) + len(value), c.err("a label")
}

// reference takes references of remote write 2.0, packed or one by one.
func (r *request) reference(c *cursor) {
	if c.wire == wireVarint {
		r.refs = append(r.refs, c.value)
		return
	}
	if !c.expect(wireBytes) {
		return
	}
	packed := cursor{rest: c.bytes}
	for len(packed.rest) > 0 && !packed.failed && len(r.refs) <= 2*maxLabels {
		r.refs = append(r.refs, packed.varint())
	}
	if packed.failed {
		c.fail()
	}
}

// resolve adds the labels that references stand for.
func (r *request) resolve() error {
	if len(r.refs)%2 != 0 {
		return fmt.Errorf("it has %d references to symbols, not pairs of them", len(r.refs))
	}
	size := 0
	for i := 0; i < len(r.refs); i += 2 {
		name, err := r.symbol(r.refs[i])
		if err != nil {
			return err
		}
		value, err := r.symbol(r.refs[i+1])
		if err != nil {
			return err
		}
		size += len(name) + len(value)
		if err := bounded(i/2+1, size); err != nil {
			return err
		}
		r.builder.Add(text(name), text(value))
	}
	return nil
}

func (r *request) symbol(ref uint64) ([]byte, error) {
	if ref >= uint64(len(r.symbols)) {
		return nil, fmt.Errorf("it refers to symbol %d, and the request has %d", ref, len(r.symbols))
	}
	return r.symbols[ref], nil
}

func bounded(count, size int) error {
	if count > maxLabels || size > maxLabelBytes {
		return fmt.Errorf("it has more than %d labels, or %d bytes of them", maxLabels, maxLabelBytes)
	}
	return nil
}

// valid refuses what Prometheus's receiver refuses.
func valid(ls labels.Labels) error {
	err := ls.Validate(func(l labels.Label) error {
		switch {
		case !model.UTF8Validation.IsValidLabelName(l.Name):
			return fmt.Errorf("the label name %q is empty or not UTF-8", shorten(l.Name))
		case !model.LabelValue(l.Value).IsValid():
			return fmt.Errorf("the value of the label %q is not UTF-8", shorten(l.Name))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if name, twice := ls.HasDuplicateLabelNames(); twice {
		return fmt.Errorf("it has the label %q twice", shorten(name))
	}
	return nil
}

// text is a string of bytes of the request, which are read again later. It must be copied before they are: the builder of
// labels does so.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) } //nolint:gosec // see above
