package delivery

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// What bounds the memory that metadata take.
const (
	maxFamilies      = 50_000
	maxMetadataBytes = 16 << 20 // of their items
)

// metadata are what remote write 1.0 sends beside the samples: type, help and unit of the families seen lately. Losing them
// harms nobody, so they are not kept in the log for their own sake.
type metadata struct {
	mu    sync.Mutex
	seen  map[string]struct{} // items
	order []record.Metadata
	bytes int
}

func newMetadata() *metadata { return &metadata{seen: map[string]struct{}{}} }

// note remembers the metadata item of a sample until the next time metadata are sent, unless it says nothing.
func (m *metadata) note(raw []byte) { m.remember(raw, false) }

// remember remembers a metadata item until the next time metadata are sent. empty: also when it says nothing but the name.
func (m *metadata) remember(raw []byte, empty bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.seen[string(raw)]; known || len(m.seen) >= maxFamilies || m.bytes+len(raw) > maxMetadataBytes {
		return
	}
	described, err := record.DecodeMetadata(raw)
	if err != nil || !empty && described == (record.Metadata{Family: described.Family}) {
		return
	}
	m.seen[string(raw)] = struct{}{}
	m.order = append(m.order, described)
	m.bytes += len(raw)
}

// take returns what was noted. A family of which several things are said comes several times, as when targets of different
// jobs describe it differently: Prometheus sends them all, too.
func (m *metadata) take() []record.Metadata {
	m.mu.Lock()
	defer m.mu.Unlock()
	order := m.order
	m.seen, m.order, m.bytes = make(map[string]struct{}, len(order)), nil, 0
	return order
}

// Describe remembers metadata items of families that came without samples: what targets say of them, or a sender's requests
// of metadata alone. Those of unknown type without help are sent, too, as Prometheus does.
func (q *Queue) Describe(items []byte) {
	if q.set.MetadataInterval == 0 || q.protocol() != write.V1 {
		return // nobody would send them
	}
	walk := record.Items(items)
	for {
		item, ok, err := walk.Next()
		if err != nil || !ok {
			return
		}
		if item.Kind() == record.Meta {
			q.metadata.remember(item.Raw, true)
		}
	}
}

// sendMetadata sends them in intervals while the endpoint works, until delivery ends. A stop does not wait for it.
func (q *Queue) sendMetadata(ctx context.Context) {
	if q.set.MetadataInterval == 0 {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q.running.Go(func() {
		defer cancel()
		select {
		case <-q.stopping:
		case <-ctx.Done():
		}
	})
	ticker := time.NewTicker(q.set.MetadataInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		if q.protocol() == write.V1 && q.gate.is(working) {
			q.postFamilies(ctx, q.metadata.take())
		}
	}
}

// postFamilies sends metadata in requests that are small enough.
func (q *Queue) postFamilies(ctx context.Context, families []record.Metadata) {
	for len(families) > 0 {
		size, n := 0, 0
		for n < min(len(families), q.set.MetadataPerSend) {
			if size += write.MetadataSize(&families[n]); n > 0 && size > q.set.MaxRequestBytes {
				break
			}
			n++
		}
		q.postMetadata(ctx, families[:n], &cuts{})
		families = families[n:]
	}
}

// postMetadata tries once: the next interval brings them again. What is too large for the endpoint is split, after a while.
func (q *Queue) postMetadata(ctx context.Context, families []record.Metadata, cut *cuts) {
	if ctx.Err() != nil {
		return
	}
	request := write.NewEncoder(write.V1).EncodeMetadata(families)
	answer := q.set.Poster.Post(ctx, write.V1.Headers(), request.Body)
	verdict := send.Judge(answer, q.set.Now())
	switch {
	case verdict.Action == send.Deliver:
		q.books.deliversMetadata(len(families))
		cut.vain = 0
	case verdict.Reason == send.ReasonTooLarge && len(families) > 1 && cut.spend():
		select {
		case <-time.After(jitter(q.set.MinBackoff)):
		case <-ctx.Done():
		}
		middle := len(families) / 2
		q.postMetadata(ctx, families[:middle], cut)
		q.postMetadata(ctx, families[middle:], cut)
	case ctx.Err() == nil:
		q.problems.add("The endpoint did not accept metadata (type, help and unit of metric families); samples are sent as before",
			fmt.Errorf("%s: %s; %s", verdict.Detail, verdict.Finding.Cause, verdict.Finding.Remedy))
	}
}
