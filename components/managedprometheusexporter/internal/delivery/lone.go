package delivery

import (
	"context"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// Lone exemplars are those of a series whose sample was in another request to the receiver. They are delivered as samples are, but
// whether the endpoint accepts them says nothing of whether it accepts samples.

// parts returns the spans of a batch that are sent as requests of their own. All of it is one, but with remote write 2.0 a run
// of lone exemplars is another: Prometheus's receiver refuses a series of 2.0 that has neither a sample nor a histogram, and
// takes it by 1.0.
func (b *batch) parts(p write.Protocol) (parts []span) {
	if p == write.V1 || b.lone == 0 {
		return []span{b.all()}
	}
	from := 0
	for n := 1; n < b.len(); n++ {
		if b.places[n].lone != b.places[from].lone {
			parts = append(parts, span{from, n})
			from = n
		}
	}
	return append(parts, span{from, b.len()})
}

// protocol returns the one that a part is sent by, where samples are sent by p.
func (b *batch) protocol(part span, p write.Protocol) write.Protocol {
	if b.places[part.from].lone {
		return write.V1
	}
	return p
}

// hasSamples reports whether anything but lone exemplars is left of a part.
func (b *batch) hasSamples(part span) bool {
	if b.lone == 0 {
		return true
	}
	for n := part.from; n < part.before; n++ {
		if !b.places[n].lone && !b.isOut(n) {
			return true
		}
	}
	return false
}

// settleLone ends the first part, no sample of which was accepted. Behind rejected samples it waits until these are settled, since
// the checkpoint knows one place per shard.
func (f *search) settleLone(ctx context.Context, part span, o outcome) bool {
	if len(f.doomed) == 0 {
		f.settle(part, o)
		return true
	}
	f.doomed, f.parts = append(f.doomed, doom{part, o}), f.parts[1:]
	if len(f.parts) == 0 && !f.accepted {
		return f.try(ctx)
	}
	return true
}

// maxLoneCuts bounds how often a batch is split to find the lone exemplars that the endpoint rejects.
const maxLoneCuts = 16

// rejectedLone decides what follows a rejection of the first part, which is lone exemplars: its halves, or that they are dropped.
func (f *search) rejectedLone(ctx context.Context, part span, o outcome) bool {
	if part.len() == 1 || f.loneCuts == maxLoneCuts {
		return f.settleLone(ctx, part, o) && (len(f.parts) == 0 || f.space(ctx, false))
	}
	f.loneCuts++
	f.split(o.reason != send.ReasonTooLarge)
	return f.space(ctx, f.loneCuts == 1)
}

// Why an endpoint that takes samples by remote write 2.0 drops lone exemplars, and what to do about it.
const (
	loneDetail = "exemplars whose sample was in another request can be sent by remote write 1.0 only, which the endpoint does not take: "
	loneRemedy = "raise max_samples_per_send of the Prometheus that sends them to the size of its largest scrape, or set send_exemplars: false"
)
