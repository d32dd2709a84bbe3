package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	batchesPerConnection = 10
	pushRetry            = 50 * time.Millisecond // after a batch was refused
)

// pusher pushes batches over several connections, without a pause. Each connection has its own series and waits for each
// answer, so the samples of a series stay in order.
type pusher struct {
	url          string
	client       *http.Client
	acknowledged atomic.Uint64 // samples
	refused      atomic.Uint64 // batches, each pushed again until it is acknowledged
	batches      [][]batch     // per connection
}

func newPusher(otlpURL string, connections int) (*pusher, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	p := &pusher{url: otlpURL + "/v1/metrics", client: &http.Client{Transport: transport, Timeout: time.Minute}}
	for c := range connections {
		batches := make([]batch, batchesPerConnection)
		for i := range batches {
			var err error
			if batches[i], err = newBatch(fmt.Sprintf("checkout-%d-%d", c, i)); err != nil {
				return nil, err
			}
		}
		p.batches = append(p.batches, batches)
	}
	return p, nil
}

// push pushes for a while, and returns when the last batch is acknowledged.
func (p *pusher) push(ctx context.Context, d time.Duration) error {
	defer p.client.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	end := time.Now().Add(d)
	var group sync.WaitGroup
	for _, batches := range p.batches {
		group.Go(func() {
			for i := 0; time.Now().Before(end); i++ {
				body := batches[i%len(batches)].at(time.Now())
				if err := p.deliver(ctx, body); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// deliver pushes a batch until it is acknowledged. An attempt without an answer ends the measurement: nobody could tell
// how many samples to wait for.
func (p *pusher) deliver(ctx context.Context, body []byte) error {
	for {
		status, err := p.post(ctx, body)
		switch {
		case err != nil:
			return fmt.Errorf("push: %w", err)
		case status == http.StatusOK:
			p.acknowledged.Add(pointsPerBatch)
			return nil
		case status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable:
			return fmt.Errorf("push: answered %d", status)
		}
		p.refused.Add(1)
		select {
		case <-time.After(pushRetry):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *pusher) post(ctx context.Context, body []byte) (status int, err error) {
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
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}
