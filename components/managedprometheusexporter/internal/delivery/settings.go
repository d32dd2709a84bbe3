package delivery

import (
	"context"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/internal/wal"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/write"
	"github.com/msp-collector/msp-collector/components/status"
)

// Settings of a queue. All are needed, but for what says otherwise.
type Settings struct {
	Log      wal.Settings
	Poster   Poster
	Protocol write.Protocol
	Logger   *zap.Logger
	Status   func(err error) // called with the cause when delivery has been blocked or retrying for long, and with nil when it works again

	DropOldest bool // when the log is full: drop its oldest segment; else refuse what comes

	MinShards, MaxShards int
	MaxSamplesPerSend    int
	MaxRequestBytes      int
	Capacity             int // samples a shard keeps, its request in flight not counted
	BatchSendDeadline    time.Duration
	MinBackoff           time.Duration
	MaxBackoff           time.Duration
	SampleAgeLimit       time.Duration // 0: none
	FlushDeadline        time.Duration // at Shutdown

	AuthProbeInterval time.Duration
	PairChanged       func() <-chan struct{} // returns a channel that is closed when credentials or TLS files change; nil for never
	Probe             func() []byte          // makes a record with one harmless sample, or nil, to probe with before anything was delivered; nil: none
	Describe          func() []zap.Field     // the destination for the log: its endpoint, and the AccessKey pair in use, masked; nil for nothing

	MetadataInterval time.Duration // 0: metadata are not sent on their own
	MetadataPerSend  int

	Now func() time.Time // the wall clock, for sample ages and Retry-After

	replace replacer // of the checkpoint's files; nil but in tests
}

// Poster sends a request. *send.Client is one.
type Poster interface {
	Post(ctx context.Context, header http.Header, body []byte) send.Answer
}

const (
	behindAfter     = status.BehindAfter
	tick            = 200 * time.Millisecond // between looks at batches that are due
	housekeeping    = time.Second            // between syncs, releases of segments and refreshed copies of the checkpoint
	reshardInterval = 5 * time.Second        // between decisions on the number of shards
)
