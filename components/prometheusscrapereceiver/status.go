package prometheusscrapereceiver

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/scrape"

	"github.com/msp-collector/msp-collector/components/status"
	"github.com/msp-collector/msp-collector/internal/filemode"
)

// refusedRemedies say what somebody can do about refused samples.
var refusedRemedies = [reasons]string{
	reasonOutOfOrder:  "a target exposes timestamps that go backwards: see its exporter, or set honor_timestamps: false",
	reasonDuplicate:   "a target exposes a series twice, or two targets have the same labels: see relabel_configs",
	reasonOutOfBounds: "a target exposes a time or a label that cannot be sent: see its exporter",
	reasonUnavailable: "the pipeline could not take it: see the destination, and memory_limiter",
	reasonPermanent:   "the pipeline can never take it: the log says why",
}

// report is what delivery_status is told.
func (t *telemetry) report(targets targetLister) status.Receiver {
	r := status.Receiver{Accepted: uint64(max(0, t.accepted.Load())), Refused: []status.Loss{}}
	for reason, name := range reasonNames {
		if n := t.refused[reason].Load(); n > 0 {
			r.Refused = append(r.Refused, status.Loss{Reason: name, Samples: uint64(n), Remedy: refusedRemedies[reason]})
		}
	}
	active := targets.TargetsActive()
	for _, name := range slices.Sorted(maps.Keys(active)) {
		r.Jobs = append(r.Jobs, jobOf(name, active[name]))
	}
	return r
}

func jobOf(name string, targets []*scrape.Target) status.Job {
	job := status.Job{Name: name, Targets: make([]status.Target, 0, len(targets))}
	for _, target := range targets {
		shown := targetOf(target)
		switch target.Health() {
		case scrape.HealthGood:
			job.Up++
		case scrape.HealthBad:
			job.Down++
		default:
			job.Unknown++
		}
		job.Targets = append(job.Targets, shown)
	}
	slices.SortFunc(job.Targets, func(a, b status.Target) int {
		return cmp.Or(cmp.Compare(urgency[a.Health], urgency[b.Health]), strings.Compare(a.URL, b.URL))
	})
	job.Targets = job.Targets[:min(len(job.Targets), status.MaxTargets)]
	return job
}

// urgency puts what is down first, then what was not scraped yet.
var urgency = map[string]int{string(scrape.HealthBad): 0, string(scrape.HealthUnknown): 1, string(scrape.HealthGood): 2}

// query is found in the texts of errors, and may hold a token.
var query = regexp.MustCompile(`\?[^\s"]*`)

func targetOf(target *scrape.Target) status.Target {
	u := target.URL()
	shown := status.Target{
		URL:    (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(),
		Health: string(target.Health()), LastScrape: target.LastScrape(), Took: status.Seconds(target.LastScrapeDuration().Seconds()),
	}
	if err := target.LastError(); err != nil {
		shown.Error = query.ReplaceAllString(filemode.Explain(err).Error(), "?...")
	}
	return shown
}
