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

// Everything that is said of a family is sent once an interval. Where a sample came with nothing, nothing is sent.
func TestMetadataAreSentOnceAnInterval(t *testing.T) {
	counter := record.Metadata{Type: record.Counter, Family: "requests_total", Help: "Requests."}
	renewed := record.Metadata{Type: record.Counter, Family: "requests_total", Help: "Requests served."}
	helped := record.Metadata{Family: "temperature", Help: "In degrees."}
	unknown := record.Metadata{Family: "unknown"}
	q := &Queue{metadata: newMetadata()}
	q.metadata.note(raw(t, record.Metadata{Family: "undescribed"}))
	q.metadata.note(raw(t, helped))
	q.Describe(metadataItems(counter, unknown, counter, renewed, helped))
	q.Describe(nil)
	q.Describe([]byte("damaged"))
	require.Equal(t, []record.Metadata{helped, counter, unknown, renewed}, q.metadata.take())
	require.Empty(t, q.metadata.take())
	q.Describe(metadataItems(counter))
	require.Equal(t, []record.Metadata{counter}, q.metadata.take())
}

func raw(t *testing.T, m record.Metadata) []byte {
	t.Helper()
	items := record.Items(metadataItems(m))
	item, ok, err := items.Next()
	require.NoError(t, err)
	require.True(t, ok)
	return item.Raw
}
