package harness

import (
	"hash/maphash"
	"math"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
)

// order knows the newest time of each series that a sink has got by remote write 1.0.
type order struct {
	seed maphash.Seed

	mu         sync.Mutex
	newest     map[uint64]int64 // by hash of the labels
	outOfOrder uint64
}

// CheckOrder makes the sink look at the order of samples from now on. What it returns tells how many samples of 1.0 came after
// a newer one of their series.
func (s *Sink) CheckOrder() (outOfOrder func() uint64) {
	o := &order{seed: maphash.MakeSeed(), newest: map[uint64]int64{}}
	s.order.Store(o)
	return func() uint64 {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.outOfOrder
	}
}

// note notes a TimeSeries message.
func (o *order) note(series []byte) {
	var hash maphash.Hash
	hash.SetSeed(o.seed)
	var times []int64
	_ = eachField(series, func(number protowire.Number, field []byte) error { // damage was counted already
		switch number {
		case 1:
			_, _ = hash.Write(field)
		case 2:
			times = append(times, timestampOf(field))
		}
		return nil
	})
	o.mu.Lock()
	defer o.mu.Unlock()
	id := hash.Sum64()
	for _, at := range times {
		newest, known := o.newest[id]
		if !known {
			newest = math.MinInt64
		}
		if at < newest {
			o.outOfOrder++
		}
		o.newest[id] = max(at, newest)
	}
}

// timestampOf reads field 2 of a Sample message.
func timestampOf(sample []byte) int64 {
	for len(sample) > 0 {
		number, kind, n := protowire.ConsumeTag(sample)
		if n < 0 {
			return 0
		}
		if number == 2 && kind == protowire.VarintType {
			v, _ := protowire.ConsumeVarint(sample[n:])
			return int64(v)
		}
		size := protowire.ConsumeFieldValue(number, kind, sample[n:])
		if size < 0 {
			return 0
		}
		sample = sample[n+size:]
	}
	return 0
}
