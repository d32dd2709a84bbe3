// Command quickstart shows MSP Collector at work on one machine: the collector delivers its own and the host's metrics
// to a real Prometheus that stands in for a managed instance and demands an AccessKey pair.
//
// It picks free ports, keeps everything in a temporary folder, runs until Ctrl-C and leaves nothing behind.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	startTimeout   = 60 * time.Second
	arrivalTimeout = 60 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// run returns nil when it was interrupted, at whatever point that was.
func run(ctx context.Context, out io.Writer) (err error) {
	fmt.Fprintln(out, "Starting a Prometheus as the stand-in for a managed instance, and the collector ...")
	d, err := newDemo()
	if err != nil {
		return err
	}
	defer func() {
		fmt.Fprintln(out, "Stopping ...")
		if closeErr := d.close(); err == nil {
			err = closeErr
		}
		fmt.Fprintln(out, "Stopped; nothing is left behind.")
	}()
	err = d.show(ctx, out)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// show starts the demonstration, prints what there is to see, and returns when it is over.
func (d *demo) show(ctx context.Context, out io.Writer) error {
	if err := d.start(ctx); err != nil {
		return err
	}
	arrived, err := d.waitForArrival(ctx)
	if err != nil {
		return err
	}
	arrived.print(out)
	proof, err := d.waitForProof(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nThe collector has queried it back, too: %s\n", proof)
	d.printGuide(out)
	return d.wait(ctx)
}
