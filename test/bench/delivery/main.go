// Command delivery measures what delivering metrics costs, side by side and in one run:
//
//	go run ./bench/delivery -h
//
// Every subject scrapes the same targets, or is pushed the same OTLP batches, and delivers to the same kind of endpoint,
// which counts and answers at next to no cost. See docs/benchmarks.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	targets     int
	interval    time.Duration
	period      time.Duration
	rounds      int
	together    bool
	push        time.Duration
	connections int
	gateway     time.Duration
	profiles    string
	only        string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, parseFlags(), os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "delivery:", err)
		os.Exit(1)
	}
}

func parseFlags() (s settings) {
	flag.IntVar(&s.targets, "targets", 50, "targets to scrape, of 2,000 series each")
	flag.DurationVar(&s.interval, "interval", 2*time.Second, "between two scrapes of a target")
	flag.DurationVar(&s.period, "period", 24*time.Second, "to measure each subject for, after its warm-up; 0 leaves scraping out")
	flag.IntVar(&s.rounds, "rounds", 1, "over all subjects; the table shows the one of median CPU of each")
	flag.BoolVar(&s.together, "together", false, "let all subjects scrape at the same time: what disturbs the machine then disturbs all of them, and their ratios are steadier, as long as they do not fill the cores")
	flag.DurationVar(&s.push, "push", 15*time.Second, "to push OTLP for; 0 leaves saturation out")
	flag.IntVar(&s.connections, "connections", 4, "to push OTLP over")
	flag.DurationVar(&s.gateway, "gateway", 15*time.Second, "to send remote write through gateways for, at 50,000 samples a second and then saturating; 0 leaves them out")
	flag.StringVar(&s.profiles, "profiles", "", "`folder` to write CPU profiles of the collectors to, which costs them a little")
	flag.StringVar(&s.only, "only", "", "subjects whose name matches this `regexp`")
	flag.Parse()
	return s
}

func run(ctx context.Context, s settings, out io.Writer) error {
	if s.rounds < 1 || s.targets < 1 || s.connections < 1 {
		return errors.New("-rounds, -targets and -connections must be at least 1")
	}
	// All run on the settings they ship with.
	for _, name := range []string{"GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%s/%s, %d CPUs, %s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().UTC().Format(time.DateOnly))
	if s.period > 0 {
		rows, err := inRounds(s.rounds, func() ([]measurement, error) { return measureScraping(ctx, s) })
		if err != nil {
			return fmt.Errorf("scraping: %w", err)
		}
		reportScraping(out, s, rows)
	}
	if s.push > 0 {
		rows, err := inRounds(s.rounds, func() ([]measurement, error) { return measureSaturation(ctx, s) })
		if err != nil {
			return fmt.Errorf("saturation: %w", err)
		}
		reportSaturation(out, s, rows)
	}
	if s.gateway > 0 {
		return runGateway(ctx, s, out)
	}
	return nil
}

func runGateway(ctx context.Context, s settings, out io.Writer) error {
	for _, saturating := range []bool{false, true} {
		rows, err := inRounds(s.rounds, func() ([]measurement, error) { return measureGateway(ctx, s, saturating) })
		if err != nil {
			return fmt.Errorf("gateway: %w", err)
		}
		reportGateway(out, s, saturating, rows)
	}
	return nil
}
