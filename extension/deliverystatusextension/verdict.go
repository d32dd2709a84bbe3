package deliverystatusextension

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// level is how the collector as a whole is doing. Larger is worse.
type level int

const (
	levelOK       level = iota
	levelUnknown        // nothing is known yet
	levelWarning        // it works, and somebody should look at it
	levelCritical       // samples are lost, or will be unless somebody acts
)

var levelNames = [...]string{"ok", "unknown", "warning", "critical"}

// String returns the name of the level: ok, unknown, warning or critical.
func (l level) String() string { return levelNames[l] }

// MarshalText implements encoding.TextMarshaler.
func (l level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// verdict is the one answer to whether the collector works: as bad as the worst concern.
type verdict struct {
	Level    level     `json:"level"`
	Text     string    `json:"text"`
	Concerns []concern `json:"concerns"` // worst first
}

// concern is something that keeps the verdict from being ok.
type concern struct {
	Level  level  `json:"level"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	Below  bool   `json:"-"` // the page shows the remedy below, where it is about one component
}

// judge returns the verdict on everything that is shown.
func judge(s *snapshot) verdict {
	concerns := append(collectorConcerns(s), arrivalConcerns(s.Arrival)...)
	for _, d := range s.Destinations {
		concerns = append(concerns, destinationConcerns(d)...)
	}
	for _, r := range s.Receivers {
		concerns = append(concerns, receiverConcerns(r)...)
	}
	for _, r := range s.RefusedSenders {
		concerns = append(concerns, senderConcerns(s.Collector.Now, r)...)
	}
	slices.SortStableFunc(concerns, func(a, b concern) int { return cmp.Compare(b.Level, a.Level) })
	v := verdict{Level: levelOK, Text: "Samples are delivered as they come in.", Concerns: concerns}
	if len(concerns) > 0 {
		v.Level, v.Text = concerns[0].Level, sentence(concerns[0].Text)+"."
	} else {
		v.Concerns = []concern{}
	}
	return v
}

func collectorConcerns(s *snapshot) (all []concern) {
	if reload := s.Reload; reload.Refused {
		text := "the changed configuration was refused " + ago(s.Collector.Now, reload.Since) + ", and the one before it is in use"
		if reload.Error != "" {
			text += ": " + strings.TrimRight(reload.Error, ".")
		}
		all = append(all, concern{Level: levelCritical, Text: text, Remedy: "correct the file: a restart of the collector would fail"})
	}
	switch {
	case !s.Ready && s.phase != running:
		all = append(all, concern{Level: levelUnknown, Text: s.ReadyReason})
	case !s.Ready:
		all = append(all, concern{Level: levelCritical, Text: s.ReadyReason, Remedy: "check wal::directory and its disk, and why the destination accepts less than comes in", Below: true})
	}
	for _, log := range s.OrphanedLogs {
		all = append(all, concern{levelWarning, number(log.Samples) + " samples of " + log.Exporter + " are in a write-ahead log that no exporter delivers", log.Remedy, true})
	}
	if len(s.Destinations) == 0 {
		all = append(all, concern{Level: levelUnknown, Text: "no managed_prometheus exporter is in a pipeline, and other exporters do not report their delivery"})
	}
	return all
}

func destinationConcerns(d destination) (all []concern) {
	about := func(l level, text, remedy string) { all = append(all, concern{l, d.ID + ": " + text, remedy, true}) }
	if d.State == status.Held || d.State == status.Down {
		text, remedy := trouble(d), ""
		if d.Diagnosis != nil {
			text, remedy = text+", because "+d.Diagnosis.Cause, d.Diagnosis.Remedy
		}
		about(levelCritical, text, remedy)
	}
	if d.DroppedRecently > 0 {
		about(levelCritical, droppedRecently(d), "see the table of dropped samples")
	}
	switch {
	case unanswered(d):
		about(levelUnknown, "no request has been answered yet", "")
	case d.State == status.Behind:
		about(levelWarning, strings.TrimRight(lower(headline(d)), "."), "")
	case d.State == status.Delivering && d.Accepted+d.Recovered == 0:
		about(levelUnknown, "no sample has come in yet", "")
	case d.State == status.Delivering && d.Delivered == 0 && d.DroppedRecently == 0:
		about(levelUnknown, "the first samples have not been delivered yet", "")
	}
	for _, p := range problems(d) {
		if !p.Grave {
			about(levelWarning, lower(p.What), p.Remedy)
		}
	}
	return all
}

func receiverConcerns(r receiver) (all []concern) {
	for _, job := range r.Jobs {
		switch total := job.Up + job.Down + job.Unknown; {
		case job.Down > 0 && job.Up == 0:
			all = append(all, concern{levelCritical, fmt.Sprintf("job %s: all targets are down, %d of %d", job.Name, job.Down, total), "read the errors of its targets", true})
		case job.Down > 0:
			all = append(all, concern{levelWarning, fmt.Sprintf("job %s: %d of %d targets are down", job.Name, job.Down, total), "read the errors of its targets", true})
		}
	}
	if r.RefusedRecently > 0 {
		all = append(all, concern{levelWarning, fmt.Sprintf("%s refused %s samples in the last %s", r.ID, number(r.RefusedRecently), minutes(recently)), "see the table of receivers", true})
	}
	return all
}

// countsAsSamples reports whether a reason for which a receiver refuses something is about samples. Refused requests are those of
// senders, see RefusedSenders, or come again, and exemplars are no samples.
func countsAsSamples(reason string) bool {
	return !strings.HasPrefix(reason, "requests_") && !strings.HasPrefix(reason, "exemplars_")
}

func senderConcerns(now time.Time, r refusedSenders) []concern {
	if r.Requests == 0 || now.Sub(r.Last) > recently {
		return nil
	}
	text := fmt.Sprintf("%s refuses senders, the last %s", r.ID, ago(now, r.Last))
	remedy := "see the table of refused senders"
	if len(r.Senders) > 0 {
		last := r.Senders[0]
		text += fmt.Sprintf(": %s from %s, %s", cmp.Or(last.ID, "a sender without credentials"), last.Address, last.Reason)
		remedy = cmp.Or(last.Remedy, remedy)
	}
	return []concern{{levelWarning, text, remedy, true}}
}

func arrivalConcerns(a *arrival) []concern {
	if a == nil || a.State != arrivalFailed {
		return nil
	}
	remedy := ""
	if a.Diagnosis != nil {
		remedy = a.Diagnosis.Remedy
	}
	return []concern{{levelWarning, strings.TrimRight(lower(a.Text), "."), remedy, true}}
}
