package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	scrapeSeries     = "up"
	hostMetricPrefix = "system_"
)

// arrival is what the stand-in holds, by job.
type arrival map[string]*jobArrival

type jobArrival struct {
	series, samples int
	newest          time.Time
}

// waitForArrival waits until a scrape and a host metric can be queried back.
func (d *demo) waitForArrival(ctx context.Context) (arrival, error) {
	ctx, cancel := context.WithTimeout(ctx, arrivalTimeout)
	defer cancel()
	var arrived arrival
	err := d.collector.Until(ctx, "metrics arrive", func(ctx context.Context) error {
		series, err := d.prometheus.Query(ctx, `{__name__!=""}[5m]`)
		if err != nil {
			return err
		}
		arrived = countByJob(series)
		return complete(series)
	})
	return arrived, err
}

// waitForProof waits until the collector itself has found a delivered sample, and returns what it says of it.
func (d *demo) waitForProof(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, arrivalTimeout)
	defer cancel()
	var said string
	err := d.collector.Until(ctx, "the collector finds what it has delivered", func(ctx context.Context) error {
		status, err := d.collector.Status(ctx)
		if err != nil {
			return err
		}
		if status.Arrival == nil {
			return errors.New("it does not look")
		}
		if said = status.Arrival.Text; status.Arrival.State != "arrived" {
			return errors.New(said)
		}
		return nil
	})
	return said, err
}

// complete says what is not there yet.
func complete(series []harness.Series) error {
	var scraped, host bool
	for _, s := range series {
		name := s.Labels["__name__"]
		scraped = scraped || name == scrapeSeries
		host = host || strings.HasPrefix(name, hostMetricPrefix)
	}
	switch {
	case !scraped:
		return errors.New("the series up has not arrived")
	case !host:
		return errors.New("no host metric has arrived")
	}
	return nil
}

func countByJob(series []harness.Series) arrival {
	arrived := arrival{}
	for _, s := range series {
		job := s.Labels["job"]
		if arrived[job] == nil {
			arrived[job] = &jobArrival{}
		}
		arrived[job].series++
		arrived[job].samples += len(s.Samples)
		for _, sample := range s.Samples {
			if sample.Time.After(arrived[job].newest) {
				arrived[job].newest = sample.Time
			}
		}
	}
	return arrived
}

func (a arrival) print(out io.Writer) {
	fmt.Fprint(out, "\nArrived, read back from the stand-in with the AccessKey pair:\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "  JOB\tSERIES\tSAMPLES\tNEWEST")
	for _, job := range slices.Sorted(maps.Keys(a)) {
		name := job
		if name == "" {
			name = "(none)"
		}
		fmt.Fprintf(table, "  %s\t%d\t%d\t%s\n", name, a[job].series, a[job].samples, a[job].newest.Format(time.DateTime))
	}
	_ = table.Flush() // out is the terminal
}
