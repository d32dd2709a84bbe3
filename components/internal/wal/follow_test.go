package wal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Appends from several goroutines are followed to the end: no ordinal is missing, and each goroutine's appends are in its order.
func TestAReaderFollowsConcurrentAppends(t *testing.T) {
	const writers, each = 4, 300
	var booked uint64
	l := open(t, Settings{Directory: t.TempDir(), SegmentSize: 4 << 10, OnAppend: func(first, end uint64) {
		if first == booked { // the books change in the order of the log
			booked = end
		}
	}})
	var appends sync.WaitGroup
	for writer := range writers {
		appends.Go(func() { appendNumbered(t, l, byte(writer), each) })
	}
	r := l.NewReader(0)
	defer r.Close()
	next, seen := uint64(0), make([]uint64, writers)
	for frames := 0; frames < 2*writers*each; {
		wait := l.Wait()
		frame, err := r.Next()
		if errors.Is(err, io.EOF) {
			<-wait
			continue
		}
		require.NoError(t, err)
		frames++
		require.Equal(t, next, frame.First)
		next += uint64(frame.Count)
		writer := frame.Payload[0]
		require.Equal(t, seen[writer], binary.LittleEndian.Uint64(frame.Payload[1:]))
		seen[writer]++
		require.NoError(t, l.Release(next))
	}
	appends.Wait()
	require.Equal(t, next, booked)
	_, err := r.Next()
	require.ErrorIs(t, err, io.EOF)
}

func appendNumbered(t *testing.T, l *Log, writer byte, calls uint64) {
	t.Helper()
	number := func(n uint64) Payload {
		data := binary.LittleEndian.AppendUint64([]byte{writer}, n)
		return Payload{Data: append(data, make([]byte, rand.IntN(500))...), Count: 1 + rand.Uint32N(9)}
	}
	for n := range calls {
		if err := l.Append(number(2*n), number(2*n+1)); err != nil {
			t.Error(err)
			return
		}
	}
}

// With eviction beside it a reader misses frames, but what it gets is in order, and it reaches the end.
func TestAReaderSurvivesConcurrentEviction(t *testing.T) {
	const last = 3000
	l := open(t, Settings{Directory: t.TempDir(), MaxSize: 16 << 10, SegmentSize: 1 << 10, Sync: SyncInterval})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := uint64(0); n <= last; {
			err := l.Append(Payload{Data: binary.LittleEndian.AppendUint64(nil, n), Count: 1})
			switch {
			case err == nil:
				n++
			case errors.Is(err, ErrFull):
				if _, err := l.EvictOldest(); err != nil {
					t.Error(err)
				}
			default:
				t.Error(err)
				return
			}
		}
	}()
	r := l.NewReader(0)
	defer r.Close()
	for end := uint64(0); end <= last; {
		wait := l.Wait()
		frame, err := r.Next()
		if errors.Is(err, io.EOF) {
			<-wait
			continue
		}
		require.NoError(t, err)
		require.GreaterOrEqual(t, frame.First, end)
		require.Equal(t, frame.First, binary.LittleEndian.Uint64(frame.Payload))
		end = frame.First + 1
	}
	<-done
}

// What was appended last comes from memory; the disk is read for what is older.
func TestAReaderThatIsNotBehindReadsNoPayloads(t *testing.T) {
	directory := t.TempDir()
	l := open(t, Settings{Directory: directory})
	var all []string
	for i := range 2 * freshFrames {
		all = append(all, fmt.Sprintf("payload %02d", i))
		require.NoError(t, l.Append(payload(all[i], 2)))
	}
	name := segmentFiles(t, directory)[0]
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	for _, text := range all {
		at := bytes.Index(data, []byte(text))
		require.Positive(t, at, "snappy keeps a short text as it is")
		data[at]++
	}
	require.NoError(t, os.WriteFile(name, data, 0o600))
	all = all[freshFrames:]
	require.Equal(t, strings.Join(all, " "), texts(readFrom(t, l, 0)))
	require.NoError(t, l.Append(payload("one more", 1)))
	require.Equal(t, strings.Join(append(all[1:], "one more"), " "), texts(readFrom(t, l, 0)))
}
