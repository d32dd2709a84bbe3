package verbatim

import (
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// LoneExemplars appends exemplars of a series without a sample; there must be at least one.
func (w *Writer) LoneExemplars(ls labels.Labels, all []exemplar.Exemplar) error {
	p, err := w.number(ls, Metadata{}, 0, newest(all))
	if err != nil {
		return err
	}
	p.SetFlags(stale)
	p.Attributes().PutBool(ExemplarsAttribute, true)
	for _, x := range all {
		w.Exemplar(x)
	}
	return nil
}

// LoneExemplars appends exemplars of a series, as Writer.LoneExemplars does.
func (p *Packer) LoneExemplars(ls labels.Labels, all []exemplar.Exemplar) error {
	if err := p.begin(ls, Metadata{}, 0, newest(all)); err != nil {
		return err
	}
	p.sample.Kind = record.LoneExemplars
	for _, x := range all {
		p.Exemplar(x)
	}
	return nil
}

// newest returns the greatest timestamp of exemplars, in milliseconds.
func newest(all []exemplar.Exemplar) int64 {
	at := all[0].Ts
	for _, x := range all[1:] {
		at = max(at, x.Ts)
	}
	return at
}
