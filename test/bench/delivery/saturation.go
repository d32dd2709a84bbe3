package main

import (
	"context"
	"fmt"
)

// measureSaturation pushes to each subject as fast as it takes, until its sink has everything.
func measureSaturation(ctx context.Context, s settings) (rows []measurement, err error) {
	for _, subject := range s.chosen(pushedContrib, pushedManaged) {
		row, err := saturate(ctx, s, subject)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", subject.name, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func saturate(ctx context.Context, s settings, subject subject) (m measurement, err error) {
	b, err := open(ctx, s, subject, nil)
	if err != nil {
		return m, err
	}
	defer b.close()
	pusher, err := newPusher(b.otlp, s.connections)
	if err != nil {
		return m, err
	}
	profile := b.profile(ctx, s, "push", s.push)
	m, err = b.measure(ctx, func() error {
		if err := pusher.push(ctx, s.push); err != nil {
			return err
		}
		return b.drained(ctx, pusher.acknowledged.Load())
	})
	if err != nil {
		return m, err
	}
	m.due, m.refused = pusher.acknowledged.Load(), pusher.refused.Load()
	return m, <-profile
}

// drained waits until the sink has as many samples as were acknowledged.
func (b *bench) drained(ctx context.Context, acknowledged uint64) error {
	ctx, cancel := context.WithTimeout(ctx, drainPatience)
	defer cancel()
	return b.Until(ctx, "all that was acknowledged has arrived", func(context.Context) error {
		if got := b.sink.Totals().Samples; got < acknowledged {
			return fmt.Errorf("%d of %d samples have", got, acknowledged)
		}
		return nil
	})
}
