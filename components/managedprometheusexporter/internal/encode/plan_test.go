package encode

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/record"
)

// The labels of a series are made of those of the one before; they are the same as if made anew, whatever has changed.
func TestLabelsDoNotDependOnTheSeriesBefore(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string { return strings.Repeat("x", 1+[]int{0, 1, 7, 120, 128, 300}[random.IntN(6)]) }
	s := &state{e: &Encoder{external: []label{{"cluster", "prod"}, {"zone", text()}}}, own: []label{{"a", ""}, {"job", ""}, {"x", ""}}}
	for range 1000 {
		for i := range s.own {
			if random.IntN(2) == 0 || s.own[i].value == "" {
				s.own[i].value = text()
			}
		}
		x := extra{bucketBound, text()}
		got, ok := s.seal("m", x)
		require.True(t, ok)
		var want []byte
		for _, l := range []label{{"__name__", "m"}, s.own[0], s.e.external[0], s.own[1], {"le", x.value}, s.own[2], s.e.external[1]} {
			want = record.AppendLabel(want, l.name, l.value)
		}
		require.Equal(t, string(want), string(got))
	}
}
