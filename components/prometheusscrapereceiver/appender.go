package prometheusscrapereceiver

import (
	"context"
	"errors"
	"strings"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"github.com/msp-collector/msp-collector/components/internal/verbatim"
)

// appender collects what one scrape brought, and hands it to the pipeline with Commit. It belongs to one goroutine.
type appender struct {
	to      *sink
	writer  writer
	pending []pending
	refused [reasons]int
}

// pending is a sample whose series does not know of it yet: the scrape may still fail as a whole.
type pending struct {
	series   *series
	time     int64
	value    uint64
	exemplar *exemplar.Exemplar
}

// ownSeries ends the family names of the series that the scrape loop adds, up for example. It describes them, for a storage;
// a Prometheus that sends does not.
const ownSeries = "\xff"

var _ storage.AppenderV2 = (*appender)(nil)

// Append writes a sample down. What it refuses, and by which error, is what Prometheus's storage refuses: the scrape loop
// counts out of order samples and duplicates and goes on, and gives up on the scrape for all other errors.
func (a *appender) Append(ref storage.SeriesRef, ls labels.Labels, start, at int64, v float64, h *histogram.Histogram, fh *histogram.FloatHistogram, opts storage.AppendV2Options) (storage.SeriesRef, error) {
	if err := validate(h, fh); err != nil {
		return 0, err
	}
	s, err := a.to.table.of(ref, ls)
	if err != nil {
		return 0, err
	}
	print := fingerprint(v, h, fh)
	if err := s.check(at, print); err != nil {
		if !opts.RejectOutOfOrder {
			a.refuse(err)
		}
		return 0, err
	}
	var about verbatim.Metadata
	if !strings.HasSuffix(opts.MetricFamilyName, ownSeries) {
		about = verbatim.Metadata{
			Type: opts.Metadata.Type, Help: opts.Metadata.Help, Unit: opts.Metadata.Unit, Family: opts.MetricFamilyName,
		}
	}
	if h != nil || fh != nil {
		err = a.writer.Histogram(s.labels(), about, start, at, h, fh)
	} else {
		err = a.writer.Float(s.labels(), about, start, at, v)
	}
	if err != nil {
		a.refuse(storage.ErrOutOfBounds)
		return 0, storage.ErrOutOfBounds // one sample, not the scrape
	}
	p := pending{series: s, time: at, value: print}
	if len(opts.Exemplars) > 0 && !isStale(v, h, fh) {
		p.exemplar = a.exemplars(s, opts.Exemplars)
	}
	a.pending = append(a.pending, p)
	return storage.SeriesRef(s.ref), nil
}

// exemplars writes those down that are new, and returns the last one.
func (a *appender) exemplars(s *series, all []exemplar.Exemplar) *exemplar.Exemplar {
	var last *exemplar.Exemplar
	for _, x := range all {
		x.Labels = x.Labels.WithoutEmpty()
		if s.isNew(x) {
			a.writer.Exemplar(x)
			last = &x
		}
	}
	return last
}

func (a *appender) refuse(err error) {
	switch {
	case errors.Is(err, storage.ErrOutOfOrderSample):
		a.refused[reasonOutOfOrder]++
	case errors.Is(err, storage.ErrDuplicateSampleForTimestamp):
		a.refused[reasonDuplicate]++
	default:
		a.refused[reasonOutOfBounds]++
	}
}

// Commit hands everything to the pipeline, and waits for one during a reload. It returns nil also when the pipeline refuses: that
// is logged and counted, and the scrape loop could do no more.
func (a *appender) Commit() error {
	a.to.mu.RLock()
	defer a.to.mu.RUnlock()
	to := a.to.outlet
	if to == nil {
		return a.Rollback()
	}
	defer a.reuse()
	for reason, n := range a.refused {
		to.telemetry.refuse(reason, n)
	}
	if len(a.pending) > 0 && to.consume(context.Background(), a.writer.Take(), len(a.pending)) {
		a.note()
	}
	return nil
}

// note tells the series what the pipeline took of them.
func (a *appender) note() {
	now := a.to.table.generation.Load()
	for i := range a.pending {
		p := &a.pending[i]
		p.series.took(p.time, p.value)
		if p.series.seen.Load() != now {
			p.series.seen.Store(now)
		}
		if p.exemplar != nil {
			p.series.exemplar.Store(p.exemplar)
		}
	}
}

// Rollback forgets everything.
func (a *appender) Rollback() error {
	a.writer.Take()
	a.reuse()
	return nil
}

func (a *appender) reuse() {
	clear(a.pending)
	a.pending, a.refused = a.pending[:0], [reasons]int{}
	a.to.appenders.Put(a)
}

func validate(h *histogram.Histogram, fh *histogram.FloatHistogram) error {
	switch {
	case h != nil:
		return h.Validate()
	case fh != nil:
		return fh.Validate()
	default:
		return nil
	}
}

func isStale(v float64, h *histogram.Histogram, fh *histogram.FloatHistogram) bool {
	switch {
	case h != nil:
		return value.IsStaleNaN(h.Sum)
	case fh != nil:
		return value.IsStaleNaN(fh.Sum)
	default:
		return value.IsStaleNaN(v)
	}
}
