package delivery

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
)

// goldenLogs are the folders below goldenDirectory: one per format that some build has written. See the README there.
var goldenLogs = []struct {
	name    string
	written bool // by the present code, too: then it must write the same bytes
}{
	{"v1", false},
	{"v2", true},
	{"v3", true},
}

const goldenDirectory = "testdata/log"

// TestGoldenLogsAreDelivered opens logs that earlier builds left behind, and compares every sample that arrives with text.
func TestGoldenLogsAreDelivered(t *testing.T) {
	for _, golden := range goldenLogs {
		t.Run(golden.name, func(t *testing.T) {
			e := &recorder{}
			q := open(t, goldenSettings(t, copyGolden(t, golden.name), e))
			newEndpoint(t).until("all delivered", func() bool { return q.Snapshot().Queued == 0 })
			books := balanced(t, q)
			require.Empty(t, books.Dropped)
			require.NotZero(t, books.Delivered)
			want, err := os.ReadFile(filepath.Join(goldenDirectory, golden.name, "want.txt"))
			require.NoError(t, err)
			require.Equal(t, string(want), e.text())
		})
	}
}

// TestTheGoldenBytesAreWritten compares what the present code writes with the golden logs: a change of an encoder and its
// decoder at once passes all other tests.
func TestTheGoldenBytesAreWritten(t *testing.T) {
	for _, golden := range goldenLogs {
		if !golden.written {
			continue
		}
		t.Run(golden.name, func(t *testing.T) {
			directory := copyGolden(t, golden.name)
			log, err := wal.Open(wal.Settings{Directory: directory})
			require.NoError(t, err)
			defer func() { require.NoError(t, log.Close()) }()
			reader := log.NewReader(0)
			defer reader.Close()
			ordinal := uint64(0)
			for i, payload := range goldenPayloads(t, golden.name) {
				frame, err := reader.Next()
				require.NoError(t, err)
				require.Equal(t, ordinal, frame.First)
				require.Equal(t, payload.Count, frame.Count)
				require.Equal(t, frame.Payload, payload.Data, "record %d", i)
				ordinal += uint64(payload.Count)
			}
			_, end := log.Bounds()
			require.Equal(t, end, ordinal)

			content, err := os.ReadFile(filepath.Join(directory, checkpointFile))
			require.NoError(t, err)
			shards, _, err := decodeCheckpoint(content)
			require.NoError(t, err)
			require.Equal(t, content, encodeCheckpoint(shards))
		})
	}
}

// goldenSettings are those of the queue that has written the golden logs: two shards, requests of four samples.
func goldenSettings(t *testing.T, directory string, poster Poster) Settings {
	s := settings(t, poster)
	s.Log.Directory, s.Protocol = directory, write.V2
	s.MinShards, s.MaxShards, s.MaxSamplesPerSend = 2, 2, 4
	return s
}

// copyGolden copies a golden log, which opening changes.
func copyGolden(t *testing.T, name string) string {
	t.Helper()
	directory := t.TempDir()
	require.NoError(t, os.CopyFS(directory, os.DirFS(filepath.Join(goldenDirectory, name))))
	return directory
}

// recorder is an endpoint that writes down what it takes as text, one line per series. As Prometheus's receiver does, it refuses
// a series of remote write 2.0 that has neither a sample nor a histogram.
type recorder struct {
	mu        sync.Mutex
	limit     int // requests to take before it is unavailable; 0: all
	taken     int
	statusV1  int  // of answers to remote write 1.0; 0: takes it
	noSamples bool // answers 400 to requests with samples
	rejected  int  // requests
	lines     []string
}

// Post implements Poster.
func (r *recorder) Post(_ context.Context, header http.Header, body []byte) send.Answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.taken++; r.limit > 0 && r.taken > r.limit {
		return send.Answer{Status: http.StatusServiceUnavailable}
	}
	raw, err := snappy.Decode(nil, body)
	if err != nil {
		return send.Answer{Err: err}
	}
	if !strings.Contains(header.Get("Content-Type"), "v2") {
		var request prompb.WriteRequest
		if err := request.Unmarshal(raw); err != nil {
			return send.Answer{Err: err}
		}
		for _, series := range request.Timeseries {
			if r.noSamples && len(series.Samples) > 0 {
				return send.Answer{Status: http.StatusBadRequest, Body: "because"}
			}
		}
		if r.statusV1 != 0 {
			r.rejected++
			return send.Answer{Status: r.statusV1, Body: "because"}
		}
		r.linesV1(&request)
		return send.Answer{Status: http.StatusNoContent}
	}
	var request writev2.Request
	if err := request.Unmarshal(raw); err != nil {
		return send.Answer{Err: err}
	}
	if r.noSamples {
		return send.Answer{Status: http.StatusBadRequest, Body: "because"}
	}
	for _, series := range request.Timeseries {
		if len(series.Samples)+len(series.Histograms) == 0 {
			return send.Answer{Status: http.StatusBadRequest, Body: "a series has no sample"}
		}
	}
	samples, histograms, exemplars := r.linesV2(&request)
	return send.Answer{Status: http.StatusNoContent, Header: http.Header{
		"X-Prometheus-Remote-Write-Samples-Written":    {strconv.Itoa(samples)},
		"X-Prometheus-Remote-Write-Histograms-Written": {strconv.Itoa(histograms)},
		"X-Prometheus-Remote-Write-Exemplars-Written":  {strconv.Itoa(exemplars)},
	}}
}

func (r *recorder) linesV1(request *prompb.WriteRequest) {
	builder := labels.NewScratchBuilder(0)
	for _, series := range request.Timeseries {
		line := series.ToLabels(&builder, nil).String()
		for _, s := range series.Samples {
			line += fmt.Sprintf(" value=%016x timestamp=%d", math.Float64bits(s.Value), s.Timestamp)
		}
		for i := range series.Histograms {
			line += fmt.Sprintf(" histogram=[%s]", series.Histograms[i].String())
		}
		for _, x := range series.Exemplars {
			line += exemplarText(x.ToExemplar(&builder, nil))
		}
		r.lines = append(r.lines, line+" (1.0)\n")
	}
}

func (r *recorder) linesV2(request *writev2.Request) (samples, histograms, exemplars int) {
	builder := labels.NewScratchBuilder(0)
	for _, series := range request.Timeseries {
		own, _ := series.ToLabels(&builder, request.Symbols)
		line := own.String()
		for _, s := range series.Samples {
			line += fmt.Sprintf(" value=%016x timestamp=%d start=%d", math.Float64bits(s.Value), s.Timestamp, s.StartTimestamp)
		}
		for i := range series.Histograms {
			line += fmt.Sprintf(" histogram=[%s]", series.Histograms[i].String())
		}
		for _, x := range series.Exemplars {
			own, _ := x.ToExemplar(&builder, request.Symbols)
			line += exemplarText(own)
		}
		about, _ := series.ToMetadata(request.Symbols)
		r.lines = append(r.lines, line+fmt.Sprintf(" type=%s help=%q unit=%q\n", about.Type, about.Help, about.Unit))
		samples, histograms, exemplars = samples+len(series.Samples), histograms+len(series.Histograms), exemplars+len(series.Exemplars)
	}
	return samples, histograms, exemplars
}

func exemplarText(x exemplar.Exemplar) string {
	return fmt.Sprintf(" exemplar=[%s value=%016x timestamp=%d]", x.Labels, math.Float64bits(x.Value), x.Ts)
}

// text is all lines; those of one series, which a shard sends, in the order they came.
func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := slices.Clone(r.lines)
	slices.SortStableFunc(lines, func(a, b string) int {
		a, _, _ = strings.Cut(a, "}")
		b, _, _ = strings.Cut(b, "}")
		return strings.Compare(a, b)
	})
	return strings.Join(lines, "")
}
