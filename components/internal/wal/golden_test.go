package wal

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// goldenSegment is a segment of version 1, byte by byte. A snappy block stores payloads this short as they are, whatever the
// version of the compressor, so the bytes can be compared.
const goldenSegment = "" +
	"f54d5350" + "01000000" + "07000000" + "03000000" + "0000000000000000" + "2f649d79" + "feede05f" + "0510" + "6669727374" +
	"f54d5350" + "01000000" + "08000000" + "01000000" + "0300000000000000" + "7c1d212b" + "e4232da7" + "0614" + "7365636f6e64" +
	"f54d5350" + "01000000" + "01000000" + "02000000" + "0400000000000000" + "51537d52" + "fbfb9c20" + "00"

// TestTheGoldenSegmentIsWrittenAndRead pins the format of segments, which logs of earlier builds have.
func TestTheGoldenSegmentIsWrittenAndRead(t *testing.T) {
	want, err := hex.DecodeString(goldenSegment)
	require.NoError(t, err)
	written := t.TempDir()
	l := open(t, Settings{Directory: written})
	require.NoError(t, l.Append(payload("first", 3), payload("second", 1)))
	require.NoError(t, l.Append(Payload{Count: 2}))
	const segment = "00000000000000000000" + suffix
	got, err := os.ReadFile(filepath.Join(written, segment))
	require.NoError(t, err)
	require.Equal(t, hex.EncodeToString(want), hex.EncodeToString(got))

	found := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(found, segment), want, 0o600))
	frames := readFrom(t, open(t, Settings{Directory: found}), 0)
	require.Equal(t, []Frame{{0, 3, []byte("first")}, {3, 1, []byte("second")}, {4, 2, frames[2].Payload}}, frames)
	require.Empty(t, frames[2].Payload)
}
