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
	mu   sync.Mutex
	seen map[string]record.Metadata
}

func newMetadata() *metadata { return &metadata{seen: map[string]record.Metadata{}} }

// note remembers a metadata item until the next time metadata are sent.
func (m *metadata) note(raw []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.seen[string(raw)]; known || len(m.seen) >= maxFamilies {
		return
	}
	if described, err := record.DecodeMetadata(raw); err == nil {
		m.seen[string(raw)] = described
	}
}

// take returns what was noted, by family.
func (m *metadata) take() []record.Metadata {
	m.mu.Lock()
	seen := m.seen
	m.seen = make(map[string]record.Metadata, len(seen))
	m.mu.Unlock()
	byFamily := make(map[string]record.Metadata, len(seen))
	for _, described := range seen {
		byFamily[described.Family] = described
	}
	return slices.Collect(maps.Values(byFamily))
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
