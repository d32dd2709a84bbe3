package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

// PushedMetric is the name of the series that are pushed; their label PushedLabel has the numbers from 0.
const (
	PushedMetric = "pushed"
	PushedLabel  = "series"
)

const pushRetry = 50 * time.Millisecond // after a batch was not acknowledged

// Push sends batches of one sample per series, each batch newer than the one before. One that is not acknowledged is sent
// again, unchanged, until it is: what arrives has no gaps. The value is the number of the batch, from 1.
type Push struct {
	url    string
	step   time.Duration
	client *http.Client
	cancel context.CancelFunc
	done   chan struct{}
	enough chan struct{} // closed when no further batch is wanted
	once   sync.Once

	request pmetricotlp.ExportRequest
	points  pmetric.NumberDataPointSlice

	mu   sync.Mutex
	sent Pushed
}

// Pushed is what has become of what was pushed, in samples.
type Pushed struct {
	Acknowledged uint64
	Pending      uint64 // of the batch being sent
	Ambiguous    uint64 // in attempts that got no answer: each may have been accepted, and was sent again
	Refused      uint64 // in attempts that were refused with a status
	LastRefusal  string
}

// StartPush pushes to an OTLP/HTTP receiver until Stop, or the context, ends it: a batch every step, or without a pause
// when step is 0.
func StartPush(ctx context.Context, otlpURL string, series int, step time.Duration) *Push {
	ctx, cancel := context.WithCancel(ctx)
	p := &Push{
		url: otlpURL + "/v1/metrics", step: step, cancel: cancel, done: make(chan struct{}), enough: make(chan struct{}),
		client: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute},
	}
	p.build(series)
	go p.run(ctx)
	return p
}

// Sent says what was pushed so far.
func (p *Push) Sent() Pushed {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent
}

// Stop ends pushing at once and says what was pushed; a batch that is Pending then may have been accepted or not.
func (p *Push) Stop() Pushed {
	p.cancel()
	<-p.done
	p.client.CloseIdleConnections()
	return p.Sent()
}

// Finish ends pushing when the batch that is being sent is acknowledged: nothing is Pending then.
func (p *Push) Finish(ctx context.Context) (Pushed, error) {
	p.once.Do(func() { close(p.enough) })
	select {
	case <-p.done:
		return p.Stop(), nil
	case <-ctx.Done():
		sent := p.Stop()
		return sent, fmt.Errorf("waiting for the last batch to be acknowledged: %w; pushed %+v", ctx.Err(), sent)
	}
}

// build makes the request. It has no resource, so that nothing but the pushed series comes of it.
func (p *Push) build(series int) {
	metrics := pmetric.NewMetrics()
	metric := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	metric.SetName(PushedMetric)
	p.points = metric.SetEmptyGauge().DataPoints()
	for i := range series {
		p.points.AppendEmpty().Attributes().PutStr(PushedLabel, strconv.Itoa(i))
	}
	p.request = pmetricotlp.NewExportRequestFromMetrics(metrics)
}

func (p *Push) run(ctx context.Context) {
	defer close(p.done)
	var last time.Time
	for batch := 1; p.wanted(ctx); batch++ {
		now := time.Now().Truncate(time.Millisecond)
		if !now.After(last) {
			now = last.Add(time.Millisecond)
		}
		last = now
		p.deliver(ctx, p.encode(batch, now))
		pause(ctx, p.enough, p.step-time.Since(now))
	}
}

func (p *Push) wanted(ctx context.Context) bool {
	select {
	case <-p.enough:
		return false
	default:
		return ctx.Err() == nil
	}
}

func (p *Push) encode(batch int, now time.Time) []byte {
	for i := range p.points.Len() {
		point := p.points.At(i)
		point.SetTimestamp(pcommon.NewTimestampFromTime(now))
		point.SetDoubleValue(float64(batch))
	}
	body, err := p.request.MarshalProto()
	if err != nil {
		panic(err) // it is ours
	}
	return body
}

// deliver sends a batch until it is acknowledged.
func (p *Push) deliver(ctx context.Context, body []byte) {
	size := uint64(p.points.Len())
	p.book(func(s *Pushed) { s.Pending = size })
	for ctx.Err() == nil {
		status, err := p.post(ctx, body)
		switch {
		case err == nil && status == http.StatusOK:
			p.book(func(s *Pushed) { s.Acknowledged, s.Pending = s.Acknowledged+size, 0 })
			return
		case err == nil:
			p.book(func(s *Pushed) { s.Refused, s.LastRefusal = s.Refused+size, http.StatusText(status) })
		case ctx.Err() == nil && !isRefusedConnection(err):
			p.book(func(s *Pushed) { s.Ambiguous += size })
		}
		pause(ctx, nil, pushRetry)
	}
}

func (p *Push) book(change func(*Pushed)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.sent)
}

func (p *Push) post(ctx context.Context, body []byte) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	response, err := p.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, nil
}

// isRefusedConnection says that nothing was sent.
func isRefusedConnection(err error) bool {
	var operation *net.OpError
	return errors.As(err, &operation) && operation.Op == "dial"
}

func pause(ctx context.Context, enough <-chan struct{}, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-enough:
	case <-ctx.Done():
	}
}
