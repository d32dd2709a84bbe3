package delivery

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// maxFamilies bounds the memory that metadata take.
const maxFamilies = 50_000

// metadata are what remote write 1.0 sends beside the samples: type, help and unit of the families seen lately. Losing them
// harms nobody, so they are not kept in the log for their own sake.
type metadata struct {
	mu    sync.Mutex
	seen  map[string]struct{} // items
	order []record.Metadata
}

func newMetadata() *metadata { return &metadata{seen: map[string]struct{}{}} }

// note remembers the metadata item of a sample until the next time metadata are sent, unless it says nothing.
func (m *metadata) note(raw []byte) { m.remember(raw, false) }

// remember remembers a metadata item until the next time metadata are sent. empty: also when it says nothing but the name.
func (m *metadata) remember(raw []byte, empty bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.seen[string(raw)]; known || len(m.seen) >= maxFamilies {
		return
	}
	described, err := record.DecodeMetadata(raw)
	if err != nil || !empty && described == (record.Metadata{Family: described.Family}) {
		return
	}
	m.seen[string(raw)] = struct{}{}
	m.order = append(m.order, described)
}

// take returns what was noted. A family of which several things are said comes several times, as when targets of different
// jobs describe it differently: Prometheus sends them all, too.
func (m *metadata) take() []record.Metadata {
	m.mu.Lock()
	defer m.mu.Unlock()
	order := m.order
	m.seen, m.order = make(map[string]struct{}, len(order)), nil
	return order
}

// Describe remembers metadata items of families that came without samples: what targets say of them, or a sender's requests
// of metadata alone. Those of unknown type without help are sent, too, as Prometheus does.
func (q *Queue) Describe(items []byte) {
	walk := record.Items(items)
	for {
		item, ok, err := walk.Next()
		if err != nil || !ok {
			return
		}
		if item.Kind == record.Meta {
			q.metadata.remember(item.Raw, true)
		}
	}
}

// sendMetadata sends them in intervals while the endpoint works, until delivery ends.
func (q *Queue) sendMetadata(ctx context.Context) {
	if q.set.MetadataInterval == 0 {
		return
	}
	ticker := time.NewTicker(q.set.MetadataInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-q.stopping:
			return
		case <-ctx.Done():
			return
		}
		if q.protocol() != write.V1 || !q.gate.is(working) {
			continue
		}
		for families := range slices.Chunk(q.metadata.take(), q.set.MetadataPerSend) {
			q.postMetadata(ctx, families)
		}
	}
}

// postMetadata tries once: the next interval brings them again.
func (q *Queue) postMetadata(ctx context.Context, families []record.Metadata) {
	request := write.NewEncoder(write.V1).EncodeMetadata(families)
	answer := q.set.Poster.Post(ctx, write.V1.Headers(), request.Body)
	if send.Judge(answer, q.set.Now()).Action == send.Deliver {
		q.books.deliversMetadata(len(families))
	}
}
