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
	senderCount    = 8
	hostsPerSender = 6
	writesAt       = 50_000 // samples a second of all senders together, unless they saturate
)

// senders are Prometheus servers as a gateway sees them: each sends the scrapes of its hosts over one connection, the next one
// when the last one is acknowledged, so the samples of a series are in order.
type senders struct {
	url          string
	writes       [][]*write // by sender
	acknowledged atomic.Uint64
	refused      atomic.Uint64
}

func newSenders(url string) (*senders, error) {
	s := &senders{url: url, writes: make([][]*write, senderCount)}
	lines := hostLines()
	for i := range s.writes {
		for host := range hostsPerSender {
			w, err := newWrite(lines, fmt.Sprintf("host-%d-%d.example.com:9100", i, host))
			if err != nil {
				return nil, err
			}
			s.writes[i] = append(s.writes[i], w)
		}
	}
	return s, nil
}

// send sends for a while, a sender's requests a pause apart at least.
func (s *senders) send(ctx context.Context, d, pause time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	end := time.Now().Add(d)
	var group sync.WaitGroup
	for number, writes := range s.writes {
		group.Go(func() {
			if err := s.sendAs(ctx, writes, end, pause, time.Duration(number)*pause/senderCount); err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// sendAs is one sender, which begins after a delay.
func (s *senders) sendAs(ctx context.Context, writes []*write, end time.Time, pause, delay time.Duration) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	next := time.Now().Add(delay)
	for i := 0; time.Now().Before(end); i++ {
		if err := wait(ctx, time.Until(next)); err != nil {
			return err
		}
		next = next.Add(pause)
		w := writes[i%len(writes)]
		if err := s.deliver(ctx, client, w.at(time.Now())); err != nil {
			return err
		}
		s.acknowledged.Add(uint64(len(w.lines)))
	}
	return nil
}

// deliver sends a request until it is acknowledged, as Prometheus does.
func (s *senders) deliver(ctx context.Context, client *http.Client, body []byte) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/x-protobuf")
		request.Header.Set("Content-Encoding", "snappy")
		request.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		switch {
		case err != nil:
			return err
		case response.StatusCode/100 == 2:
			return nil
		case response.StatusCode != http.StatusTooManyRequests && response.StatusCode/100 != 5:
			return fmt.Errorf("remote write: answered %d: %s", response.StatusCode, text)
		}
		s.refused.Add(1)
		if err := wait(ctx, pushRetry); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
