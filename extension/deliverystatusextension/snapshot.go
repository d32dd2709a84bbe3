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
	Collector      collector        `json:"collector"`
	Ready          bool             `json:"ready"`
	ReadyReason    string           `json:"ready_reason"`
	Destinations   []destination    `json:"destinations"`
	Receivers      []receiver       `json:"receivers"`
	RefusedSenders []refusedSenders `json:"refused_senders"`
	Arrival        *arrival         `json:"arrival"`

	OrphanedLogs []status.OrphanedLog `json:"orphaned_logs"`
}

type collector struct {
	Name    string    `json:"name"`
	Version string    `json:"version"`
	Now     time.Time `json:"now"`
	Started time.Time `json:"started"`
}

type destination struct {
	ID string `json:"id"`
	status.Destination
	AcceptedPerSecond  float64         `json:"accepted_per_second"`
	DeliveredPerSecond float64         `json:"delivered_per_second"`
	Drain              *status.Seconds `json:"time_to_drain_seconds"` // null when nothing waits for long, or more comes in than goes out
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
		Collector:    collector{Name: d.set.BuildInfo.Description, Version: d.set.BuildInfo.Version, Now: now, Started: d.started},
		Destinations: []destination{}, Receivers: []receiver{}, RefusedSenders: []refusedSenders{},
	}
	s.Ready, s.ReadyReason = d.ready()
	for _, one := range d.Destinations() {
		s.Destinations = append(s.Destinations, d.destination(now, one))
	}
	for _, one := range d.Receivers() {
		s.Receivers = append(s.Receivers, receiver{one.ID, one.Of})
	}
	for _, one := range d.RefusedSenders() {
		s.RefusedSenders = append(s.RefusedSenders, refusedSenders{one.ID, one.Of})
	}
	s.OrphanedLogs = d.OrphanedLogs()
	if d.verifier != nil {
		s.Arrival = d.verifier.last()
	}
	return s
}

func (d *deliveryStatus) destination(now time.Time, one named[status.Destination]) destination {
	points := d.history.of(one.ID, pointOf(now, one.Of))
	shown := destination{ID: one.ID, Destination: one.Of, History: seriesOf(points), now: now, points: points}
	shown.AcceptedPerSecond, shown.DeliveredPerSecond = rates(points)
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
