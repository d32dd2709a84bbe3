package delivery

import (
	"context"
	"maps"
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

// note remembers a metadata item until the next time metadata are sent, unless it says nothing of its family.
func (m *metadata) note(raw []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.seen[string(raw)]; known || len(m.seen) >= maxFamilies {
		return
	}
	described, err := record.DecodeMetadata(raw)
	if err != nil || described == (record.Metadata{Family: described.Family}) {
		return
	}
	m.seen[string(raw)] = struct{}{}
	m.order = append(m.order, described)
}

// take returns what was noted, of each family what was noted last.
func (m *metadata) take() []record.Metadata {
	m.mu.Lock()
	order := m.order
	m.seen, m.order = make(map[string]struct{}, len(order)), nil
	m.mu.Unlock()
	last := make(map[string]int, len(order))
	for i := range order {
		last[order[i].Family] = i
	}
	places := slices.Sorted(maps.Values(last))
	families := make([]record.Metadata, 0, len(places))
	for _, i := range places {
		families = append(families, order[i])
	}
	return families
}

// Describe remembers metadata items of families that came without samples: a sender's requests of metadata alone.
func (q *Queue) Describe(items []byte) {
	walk := record.Items(items)
	for {
		item, ok, err := walk.Next()
		if err != nil || !ok {
			return
		}
		if item.Kind == record.Meta {
			q.metadata.note(item.Raw)
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
