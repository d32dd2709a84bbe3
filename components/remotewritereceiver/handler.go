package remotewritereceiver

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
)

// Where senders send to: Prometheus's own path, and the one of the service's guide.
const (
	pathPrometheus = "/api/v1/write"
	pathGuide      = "/api/prom_write"
)

// handler answers requests. Each is decoded and handed to the pipeline within its own call: a sender waits for the answer
// before it sends the next request of a shard, which keeps the samples of a series in order.
type handler struct {
	next      consumer.Metrics
	observer  *receiverhelper.ObsReport
	telemetry *telemetry
	notice    notice

	maxBody, maxDecompressed int64
	retryAfter               time.Duration
	inFlight                 budget        // of bytes of requests
	places                   chan struct{} // one is taken while a request is worked on
	bodies, work             sync.Pool
}

// work is the memory of a request that is worked on.
type work struct {
	decompressed []byte
	request      request
}

func newHandler(config *Config, next consumer.Metrics, packed bool, observer *receiverhelper.ObsReport, telemetry *telemetry, notice notice) *handler {
	return &handler{
		next: next, observer: observer, telemetry: telemetry, notice: notice,
		maxBody: config.HTTP.MaxRequestBodySize, maxDecompressed: config.MaxDecompressedBodySize, retryAfter: config.RetryAfter,
		inFlight: budget{limit: config.bytesInFlight(debug.SetMemoryLimit(-1))},
		places:   make(chan struct{}, config.MaxConcurrentRequests),
		bodies:   sync.Pool{New: func() any { return &body{} }},
		work:     sync.Pool{New: func() any { return &work{request: request{writer: newWriter(packed)}} }},
	}
}

// ServeHTTP answers one request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, err := accept(w, r)
	var kept written
	if err == nil {
		kept, err = h.enter(r, p)
	}
	h.telemetry.answered(answer(w, p, kept, err, h.retryAfter))
}

// load is how many requests are worked on, and the bytes of them and of those that are read.
func (h *handler) load() (requests, bytes int64) {
	return int64(len(h.places)), h.inFlight.taken.Load()
}

// refuse answers a request that confighttp does not let through, which is one that its authenticator refuses or cannot judge.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, text string, status int) {
	if err := undecided(r); err != nil {
		err = fmt.Errorf("http::auth cannot judge senders now, the log of this collector says why: %w", err)
		h.telemetry.answered(answer(w, nil, written{}, answered{http.StatusServiceUnavailable, err}, h.retryAfter))
		return
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="msp-collector", charset="UTF-8"`)
	}
	h.telemetry.answered(status)
	http.Error(w, line(text), status)
}

// accept looks at all of a request but its body.
func accept(w http.ResponseWriter, r *http.Request) (*protocol, error) {
	if r.URL.Path != pathPrometheus && r.URL.Path != pathGuide {
		return nil, answered{http.StatusNotFound, fmt.Errorf("nothing is served here: remote write is at %s and %s", pathPrometheus, pathGuide)}
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, answered{http.StatusMethodNotAllowed, fmt.Errorf("the method is %s: remote write is POST", r.Method)}
	}
	p, err := negotiate(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, answered{http.StatusUnsupportedMediaType, err}
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "snappy" {
		return p, answered{http.StatusUnsupportedMediaType, fmt.Errorf("Content-Encoding is %q: it must be snappy", encoding)}
	}
	return p, nil
}

// enter reads a request, then works on it. Memory goes back to its pool only on return: what a panic leaves is not fit for the
// next request.
func (h *handler) enter(r *http.Request, p *protocol) (written, error) {
	room := share{of: &h.inFlight}
	defer room.release()
	body := h.bodies.Get().(*body)
	err := body.receive(r, h.maxBody, &room)
	h.telemetry.compressed.Add(int64(len(body.compressed)))
	var kept written
	if err == nil {
		kept, err = h.settle(r, p, body.compressed, &room)
	}
	body.trim()
	h.bodies.Put(body)
	return kept, err
}

// settle works on a request that was read, if there is a place for it: a slow sender takes none.
func (h *handler) settle(r *http.Request, p *protocol, compressed []byte, room *share) (written, error) {
	select {
	case h.places <- struct{}{}:
	default:
		return written{}, answered{http.StatusServiceUnavailable,
			fmt.Errorf("max_concurrent_requests, %d, are being worked on: send it again", cap(h.places))}
	}
	defer func() { <-h.places }()
	memory := h.work.Get().(*work)
	var kept written
	body, err := decompress(compressed, &memory.decompressed, h.maxDecompressed, room)
	h.telemetry.decompressed.Add(int64(len(body)))
	if err == nil {
		kept, err = h.receive(r, p, body, &memory.request)
	}
	memory.request.reset()
	if cap(memory.decompressed) > maxPooled {
		memory.decompressed = nil
	}
	h.work.Put(memory)
	return kept, err
}

// receive takes what it can of a request. The error says what was not taken, and why.
func (h *handler) receive(r *http.Request, p *protocol, body []byte, request *request) (written, error) {
	err := request.decode(p, body, func(md pmetric.Metrics, counts written) error {
		ctx := h.observer.StartMetricsOp(r.Context())
		err := h.next.ConsumeMetrics(ctx, md)
		h.observer.EndMetricsOp(ctx, "remote_write", counts.points(), err)
		h.notice.consumed(err)
		if err != nil {
			return fmt.Errorf("the pipeline does not take it: %w", err)
		}
		return nil
	})
	if err == nil {
		err = request.refused.err()
	}
	h.telemetry.count(request.kept, &request.refused)
	return request.kept, err
}
