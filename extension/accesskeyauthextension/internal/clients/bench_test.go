package clients

import (
	"context"
	"testing"
)

func BenchmarkAuthenticateCached(b *testing.B) {
	f := newFixture(b, hashed(idA, bcryptOf(b, secretA)))
	header := basic(idA, secretA)
	f.accepts(idA, secretA)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := f.Authenticate(context.Background(), header); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkAuthenticateWrongDigest(b *testing.B) {
	f := newFixture(b, plain(idA, secretA))
	header := basic(idA, secretB)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Authenticate(context.Background(), header); err == nil {
			b.Error("accepted")
		}
	}
}
