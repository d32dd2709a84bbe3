package accesskey

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrintingNeverShowsTheSecret(t *testing.T) {
	p, err := New("LTAIabcdefghijklwxyz", "sesame", "simsim", "a test")
	require.NoError(t, err)
	encoded, err := json.Marshal(p)
	require.NoError(t, err)
	for _, text := range []string{fmt.Sprint(p), fmt.Sprintf("%+v", p), fmt.Sprintf("%#v", p), fmt.Sprintf("%v", &p), string(encoded)} {
		require.NotContains(t, text, "sesame")
		require.NotContains(t, text, "simsim")
	}
	require.Equal(t, "LTAI****wxyz from a test", p.String())
	require.Equal(t, "****", MaskID("short"))
}

func TestValidate(t *testing.T) {
	for _, bad := range [][3]string{
		{"", "s", ""}, {"i", "", ""}, {"i:d", "s", ""}, {"i d", "s", ""}, {"id\n", "s", ""},
		{"id", "s\t", ""}, {"id", "s", "t\x00"}, {"<accesskey-id>", "s", ""}, {"id", "<accesskey-secret>", ""},
	} {
		_, err := New(bad[0], bad[1], bad[2], "")
		require.Error(t, err, "%q", bad)
	}
}

func TestSwappedPairIsDoubtedAndMaskedWhole(t *testing.T) {
	const id, secret = "LTAIabcdefghijklwxyz0123", "abcdefghijklmnopqrstuvwxyz0123"
	require.Empty(t, Pair{AccessKeyID: id, AccessKeySecret: secret}.Doubt())
	swapped := Pair{AccessKeyID: secret, AccessKeySecret: id}
	require.Contains(t, swapped.Doubt(), "swapped")
	require.Equal(t, "****", swapped.MaskedID())
	require.Contains(t, Pair{AccessKeyID: secret, AccessKeySecret: "x"}.Doubt(), "looks like an AccessKey secret")
}
