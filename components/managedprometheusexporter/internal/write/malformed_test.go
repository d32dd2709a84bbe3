package write

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

func TestAMalformedItemIsAnErrorThatNamesIt(t *testing.T) {
	good := &record.Sample{Kind: record.Float, Labels: labels("__name__", "up")}
	histogramOf := func(fields ...byte) *record.Sample {
		return &record.Sample{Kind: record.Histogram, Histogram: fields}
	}
	bad := map[string]*record.Sample{
		"labels":               {Kind: record.Float, Labels: []byte("labels")},
		"a label cut off":      {Kind: record.Float, Labels: good.Labels[:len(good.Labels)-1]},
		"a label without name": {Kind: record.Float, Labels: []byte{tagLabels, 2, tagText, 0}},
		"a label with more":    {Kind: record.Float, Labels: []byte{tagLabels, 6, tagName, 0, tagText, 0, tagText, 0}},
		"exemplars":            {Kind: record.Float, Exemplars: []byte("exemplars")},
		"an exemplar's label":  {Kind: record.Float, Exemplars: []byte{tagExemplarsV1, 2, tagLabels, 9}},
		"an exemplar's value":  {Kind: record.Float, Exemplars: []byte{tagExemplarsV1, 2, 2<<3 | fixed64, 9}},
		"an exemplar's time":   {Kind: record.Float, Exemplars: []byte{tagExemplarsV1, 2, 3 << 3, 0x80}},
		"an unknown field":     histogramOf(0x88, 1, 0),
		"no field number":      histogramOf(0, 1),
		"a double cut off":     histogramOf(3<<3|fixed64, 0),
		"a wrong wire type":    histogramOf(3<<3|varint, 0),
		"a length too long":    histogramOf(8<<3|lengthDelimited, 2, 0),
		"a span":               histogramOf(8<<3|lengthDelimited, 2, 3<<3, 0),
		"deltas":               histogramOf(9<<3|lengthDelimited, 1, 0x80),
		"counts":               histogramOf(10<<3|lengthDelimited, 7, 0, 0, 0, 0, 0, 0, 0),
	}
	for name, sample := range bad {
		t.Run(name, func(t *testing.T) {
			for _, protocol := range []Protocol{V1, V2} {
				request, err := encodeAll(NewEncoder(protocol), recordOf(good, sample, good))
				require.ErrorIs(t, err, record.ErrCorrupt)
				require.ErrorContains(t, err, "sample 1")
				require.Empty(t, request)
			}
		})
	}
}

func TestBytesThatAreNoRecordAreAnError(t *testing.T) {
	for _, data := range []string{"", "\x07", "\x02x", "\x02\x01\x05", "\x02\x03\x00", "\x02\x07\x00", "\x02\x01\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
		for _, protocol := range []Protocol{V1, V2} {
			_, err := NewEncoder(protocol).Encode([]byte(data), 0, 1, AnyAge)
			require.Error(t, err, "%q", data)
		}
	}
}

func TestMalformedMetadataAreAnErrorWhereTheyAreSent(t *testing.T) {
	var b record.Builder
	b.Reset()
	b.AddRaw([]byte{byte(record.Meta), 1, 0})
	b.Add(&record.Sample{Kind: record.Float, Labels: labels("__name__", "up")})
	_, err := encodeAll(NewEncoder(V2), b.Bytes())
	require.ErrorIs(t, err, record.ErrCorrupt)
	_, err = encodeAll(NewEncoder(V1), b.Bytes())
	require.NoError(t, err)
}

func TestNoSamplesAreAnEmptyRequest(t *testing.T) {
	for _, protocol := range []Protocol{V1, V2} {
		request, err := encodeAll(NewEncoder(protocol), recordOf())
		require.NoError(t, err)
		require.NotEmpty(t, request.Body, "snappy's length")
		require.Zero(t, request.Samples)
	}
}
