package deliverystatusextension

import (
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// schemaVersion is that of /api/v1/status: it changes when a field changes its meaning or goes.
const schemaVersion = 1

// snapshot is everything that is shown, as of one moment; docs/status.md describes the JSON.
type snapshot struct {
	Version        int              `json:"version"`
	Verdict        verdict          `json:"verdict"`
	Collector      collector        `json:"collector"`
	Reload         status.Reload    `json:"reload"`
	Ready          bool             `json:"ready"`
	ReadyReason    string           `json:"ready_reason"`
	Destinations   []destination    `json:"destinations"`
	Receivers      []receiver       `json:"receivers"`
	RefusedSenders []refusedSenders `json:"refused_senders"`
	Arrival        *arrival         `json:"arrival"`

	OrphanedLogs []status.OrphanedLog `json:"orphaned_logs"`

	phase int32
}

type collector struct {
	Name    string    `json:"name"`
	Version string    `json:"version"`
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	Config  []string  `json:"config"` // as on the command line, without what is given inline
	Now     time.Time `json:"now"`
	Started time.Time `json:"started"`
}

type destination struct {
	ID string `json:"id"`
	status.Destination
	AcceptedPerSecond  float64         `json:"accepted_per_second"`
	DeliveredPerSecond float64         `json:"delivered_per_second"`
	Drain              *status.Seconds `json:"time_to_drain_seconds"` // null when nothing waits for long, or more comes in than goes out
	DroppedRecently    uint64          `json:"dropped_recently"`      // in the last ten minutes
	LastDropped        time.Time       `json:"last_dropped,omitzero"` // of these; to ten seconds
	History            series          `json:"history"`

	now    time.Time
	points []point
}

// series is the last hour, oldest first.
type series struct {
	Time               []int64   `json:"time"` // Unix seconds
	DeliveredPerSecond []float64 `json:"delivered_per_second"`
	Queued             []uint64  `json:"queued"`
	Delay              []float64 `json:"delay_seconds"`
}

type receiver struct {
	ID string `json:"id"`
	status.Receiver
	RefusedRecently uint64 `json:"refused_recently"` // samples, in the last ten minutes
}

// refusedSenders are those of one component.
type refusedSenders struct {
	ID string `json:"id"`
	status.RefusedSenders
}

func (d *deliveryStatus) snapshot() snapshot {
	now := time.Now()
	s := snapshot{
		Version:      schemaVersion,
		Collector:    d.collector(now),
		Reload:       status.LastReload(),
		Destinations: []destination{}, Receivers: []receiver{}, RefusedSenders: []refusedSenders{},
	}
	s.Ready, s.ReadyReason = d.ready()
	s.phase = d.phase.Load()
	destinations, receivers := d.Destinations(), d.Receivers()
	d.noteLosses(now, destinations, receivers)
	for _, one := range destinations {
		s.Destinations = append(s.Destinations, d.destination(now, one))
	}
	for _, one := range receivers {
		refused, _ := d.recent.of(now, one.ID, countsAsSamples)
		s.Receivers = append(s.Receivers, receiver{one.ID, one.Of, refused})
	}
	for _, one := range d.RefusedSenders() {
		s.RefusedSenders = append(s.RefusedSenders, refusedSenders{one.ID, one.Of})
	}
	s.OrphanedLogs = d.OrphanedLogs()
	if d.verifier != nil {
		s.Arrival = d.verifier.last()
	}
	s.Verdict = judge(&s)
	return s
}

func (d *deliveryStatus) destination(now time.Time, one named[status.Destination]) destination {
	points := d.history.of(one.ID, pointOf(now, one.Of))
	shown := destination{ID: one.ID, Destination: one.Of, History: seriesOf(points), now: now, points: points}
	shown.AcceptedPerSecond, shown.DeliveredPerSecond = rates(points, one.Of.State == status.Behind, one.Of.Since)
	shown.DroppedRecently, shown.LastDropped = d.recent.of(now, one.ID, func(string) bool { return true })
	if one.Of.State != status.Delivering && one.Of.Queued > 0 {
		if left, ok := drain(one.Of.Queued, shown.AcceptedPerSecond, shown.DeliveredPerSecond); ok {
			seconds := status.Seconds(left.Seconds())
			shown.Drain = &seconds
		}
	}
	return shown
}

func seriesOf(points []point) (s series) {
	for i, p := range points {
		before := points[max(0, i-1)]
		s.Time = append(s.Time, p.at.Unix())
		s.DeliveredPerSecond = append(s.DeliveredPerSecond, perSecond(before, p, func(p point) uint64 { return p.delivered }))
		s.Queued = append(s.Queued, p.queued)
		s.Delay = append(s.Delay, p.delay)
	}
	return s
}
