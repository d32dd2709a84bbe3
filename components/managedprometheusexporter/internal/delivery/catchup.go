package delivery

import (
	"errors"
	"io"
	"math"
	"time"

	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/internal/wal"
)

// start is where delivery begins on a log that was there before.
type start struct {
	position uint64 // of the first sample that may have to be sent
	shards   []progress
	skip     []done // samples from position on that were sent before, whose shard is ahead of the slowest
}

// catchUp finds that place. A shard that knows of no progress begins with the log. A checkpoint that is ahead of the log,
// because a power cut took the log's end, moves the log's ordinals forward, so that new samples are not taken for old ones.
func catchUp(log *wal.Log, shards []progress, waiting *quarantine) (start, error) {
	st, ahead, err := locate(log, shards, waiting)
	if err != nil {
		return st, err
	}
	_, end := log.Bounds()
	st.skip = append(st.skip, leaveHole(log, end, ahead)...)
	return st, nil
}

// readable is a log that is read: a *wal.Log or a *wal.View.
type readable interface {
	Bounds() (first, end uint64)
	NewReader(from uint64) *wal.Reader
}

// locate finds where delivery begins, and the ordinal up to which shards may have got, which can be beyond the log's end.
func locate(log readable, shards []progress, waiting *quarantine) (st start, ahead uint64, err error) {
	first, end := log.Bounds()
	st = start{position: end, shards: shards}
	ahead = first
	for i := range shards {
		p := &shards[i]
		p.acknowledged = max(p.acknowledged, first)
		st.position = min(st.position, p.acknowledged)
		ahead = max(ahead, p.acknowledged, p.intended)
	}
	if len(shards) == 0 {
		st.position = first
	}
	for _, s := range waiting.series {
		st.position = max(first, min(st.position, s.from))
	}
	st.skip, err = countDone(log, st.position, min(ahead, end), shards, waiting)
	if sum := sumOf(st.skip); err == nil && sum > 0 && sum == end-st.position {
		st.position, st.skip = end, nil
	}
	return st, ahead, err
}

func sumOf(all []done) (sum uint64) {
	for _, d := range all {
		sum += d.count
	}
	return sum
}

// A hole is a frame without a payload, in place of samples that the log has lost and the checkpoint knows of. It keeps a later
// start from taking their absence for damage.
func isHole(frame wal.Frame) bool { return len(frame.Payload) == 0 }

// leaveHole appends what keeps the ordinals from one to another from being given to new samples. Where there is no room for
// it, this run does without.
func leaveHole(log *wal.Log, from, to uint64) (skip []done) {
	for from < to {
		count := min(to-from, math.MaxUint32)
		if err := log.Append(wal.Payload{Count: uint32(count)}); err != nil {
			log.Advance(to)
			count = to - from
		}
		skip = append(skip, done{from, count})
		from += count
	}
	return skip
}

// A disk that gives back nothing of the log fails the start after these; a bad place in it takes a few of them.
const (
	maxReadFailures = 1000
	readPause       = 5 * time.Millisecond
)

// countDone reads the log from one ordinal to another and counts, per frame, the samples whose shard is beyond them.
func countDone(log readable, from, to uint64, shards []progress, waiting *quarantine) ([]done, error) {
	var skip []done
	if from >= to {
		return nil, nil
	}
	reader := log.NewReader(from)
	defer reader.Close()
	for failures := 0; ; {
		frame, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return skip, nil
		}
		if err != nil {
			if failures++; failures > maxReadFailures {
				return nil, err
			}
			time.Sleep(readPause) // the reader passes over a place that stays unreadable after some attempts
			continue
		}
		if frame.First >= to {
			return skip, nil
		}
		if n := doneIn(frame, from, shards, waiting); n > 0 {
			skip = append(skip, done{from: max(frame.First, from), count: n})
		}
	}
}

// doneIn counts the samples of a frame, from an ordinal on, that their shards are beyond. Those of a hole are all done with.
func doneIn(frame wal.Frame, from uint64, shards []progress, waiting *quarantine) (n uint64) {
	if isHole(frame) {
		return frame.First + uint64(frame.Count) - max(frame.First, from)
	}
	var items record.Reader
	eachSample(&items, frame, func(ordinal uint64, _ []byte) bool {
		if ordinal >= from && ordinal < shards[shardOf(&items.Sample, len(shards))].acknowledged &&
			!waiting.owns(&items.Sample, ordinal) {
			n++
		}
		return true
	})
	return n
}

// eachSample visits the samples of a frame, each while the reader has it, with their ordinals and the metadata item before
// them, until visit is false. It returns how many samples the frame should have but has not, because it is malformed.
func eachSample(items *record.Reader, frame wal.Frame, visit func(ordinal uint64, meta []byte) bool) (missing uint64) {
	ordinal, end := frame.First, frame.First+uint64(frame.Count)
	if items.Reset(frame.Payload) != nil {
		return uint64(frame.Count)
	}
	var meta []byte
	for ordinal < end {
		described, ok, err := items.Next()
		if err != nil || !ok {
			break
		}
		if described != nil {
			meta = described
			continue
		}
		if !visit(ordinal, meta) {
			return 0
		}
		ordinal++
	}
	return end - ordinal
}
