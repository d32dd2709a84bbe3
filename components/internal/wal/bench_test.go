package wal

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// samples is 64 KiB as the log sees them: label names and values that repeat, hashes and values that do not.
func samples() Payload {
	r := rand.New(rand.NewPCG(1, 2))
	p := Payload{}
	for len(p.Data) < 64<<10 {
		p.Data = binary.LittleEndian.AppendUint64(p.Data, r.Uint64())
		p.Data = binary.LittleEndian.AppendUint64(p.Data, math.Float64bits(float64(r.IntN(1e6))))
		p.Data = append(p.Data, "__name__ node_network_receive_bytes_total device eth0 instance 10.0.0."...)
		p.Data = append(p.Data, byte('0'+r.IntN(10)), byte('0'+r.IntN(10)))
		p.Data = append(p.Data, " job node"...)
		p.Count++
	}
	return p
}

func BenchmarkAppend(b *testing.B) {
	for policy, name := range []string{"none", "interval", "always"} {
		b.Run("sync="+name, func(b *testing.B) {
			l := open(b, Settings{Directory: b.TempDir(), Sync: SyncPolicy(policy)})
			p := samples()
			b.SetBytes(int64(len(p.Data)))
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, l.Append(p))
				if l.Size() > 256<<20 {
					_, err := l.EvictOldest()
					require.NoError(b, err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	l := open(b, Settings{Directory: b.TempDir()})
	p := samples()
	for l.Size() < 64<<20 {
		require.NoError(b, l.Append(p))
	}
	b.SetBytes(int64(len(p.Data)))
	b.ReportAllocs()
	r := l.NewReader(0)
	for b.Loop() {
		_, err := r.Next()
		if errors.Is(err, io.EOF) {
			r.Close()
			r = l.NewReader(0)
		} else if err != nil {
			b.Fatal(err)
		}
	}
	r.Close()
}
