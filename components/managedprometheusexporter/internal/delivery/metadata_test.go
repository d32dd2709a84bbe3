package delivery

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

func metadataItems(all ...record.Metadata) []byte {
	var b record.Builder
	b.Reset()
	for i := range all {
		b.AddMetadata(&all[i])
	}
	return b.Bytes()[1:]
}

// What was said last of a family counts, and nothing is said of a family of which nothing is known.
func TestMetadataOfAFamilyAreTheLast(t *testing.T) {
	counter := record.Metadata{Type: record.Counter, Family: "requests_total", Help: "Requests."}
	renewed := record.Metadata{Type: record.Counter, Family: "requests_total", Help: "Requests served."}
	helped := record.Metadata{Family: "temperature", Help: "In degrees."}
	q := &Queue{metadata: newMetadata()}
	q.Describe(metadataItems(counter, record.Metadata{Family: "undescribed"}, helped, counter, renewed, record.Metadata{Family: "requests_total"}))
	q.Describe(nil)
	q.Describe([]byte("damaged"))
	require.Equal(t, []record.Metadata{helped, renewed}, q.metadata.take())
	require.Empty(t, q.metadata.take(), "they are sent once an interval")
	q.Describe(metadataItems(counter))
	require.Equal(t, []record.Metadata{counter}, q.metadata.take())
}
