package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// warmUpScrapes are the scrapes of each target that are not measured: in the first, everything is new.
const warmUpScrapes = 2

// measureScraping lets each subject scrape targets for a period, one after the other or all together.
func measureScraping(ctx context.Context, s settings) ([]measurement, error) {
	subjects := s.chosen(agentSubject, vmagentSubject, contribSubject, managedSubject, nothingSubject, ownSubject, ownAlone)
	rows, failures := make([]measurement, len(subjects)), make([]error, len(subjects))
	var running sync.WaitGroup
	for i, subject := range subjects {
		running.Go(func() {
			var err error
			if rows[i], err = scrape(ctx, s, subject); err != nil {
				failures[i] = fmt.Errorf("%s: %w", subject.name, err)
			}
		})
		if s.together {
			continue
		}
		if running.Wait(); failures[i] != nil {
			break
		}
	}
	running.Wait()
	return rows, errors.Join(failures...)
}

func scrape(ctx context.Context, s settings, subject subject) (m measurement, err error) {
	targets := startTargets(s.targets)
	defer targets.close()
	b, err := open(ctx, s, subject, targets)
	if err != nil {
		return m, err
	}
	defer b.close()
	if err := b.warmUp(ctx, targets); err != nil {
		return m, err
	}
	before := targets.scraped()
	profile := b.profile(ctx, s, "scrape", s.period)
	m, err = b.measure(ctx, func() error { return b.pause(ctx, s.period) })
	if err != nil {
		return m, err
	}
	m.due = (targets.scraped() - before) * (seriesPerTarget + addedSeries)
	if !subject.sinks {
		m.samples = m.due
	} else if m.samples == 0 {
		return m, fmt.Errorf("nothing was delivered; last output:\n%s", b.Output.Tail(10))
	}
	return m, <-profile
}

// warmUp waits until every target was scraped often enough, and one more scrape of all is under way.
func (b *bench) warmUp(ctx context.Context, targets *targets) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience+(warmUpScrapes+1)*b.interval)
	defer cancel()
	return b.Until(ctx, "it has warmed up", func(context.Context) error {
		for i := range targets.scrapes {
			if n := targets.scrapes[i].Load(); n <= warmUpScrapes {
				return fmt.Errorf("target %d was scraped %d times", i, n)
			}
		}
		if b.subject.sinks && b.sink.Totals().Samples == 0 {
			return errors.New("nothing has arrived")
		}
		return nil
	})
}
