package managedprometheusexporter

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/internal/record"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
	"github.com/msp-collector/msp-collector/components/status"
)

// reporter returns the function that reports this destination to delivery_status.
func (e *metricsExporter) reporter(host component.Host, queue *delivery.Queue) func() status.Destination {
	pair := e.config.pair(host)
	return func() status.Destination {
		d := destination(queue)
		d.Endpoint = withoutQuery(e.config.HTTP.Endpoint)
		if pair != nil {
			d.Pair = pair()
		}
		return d
	}
}

// pair returns the AccessKey pair that the authenticator sends to the endpoint: nil for an authenticator that does not
// report it, and a nil result while it sends other credentials.
func (c *Config) pair(host component.Host) func() *status.Pair {
	auth := c.HTTP.Auth.Get()
	if auth == nil {
		return nil
	}
	if holder, ok := host.GetExtensions()[auth.AuthenticatorID].(status.PairHolder); ok {
		credential := c.credential(host)
		return func() *status.Pair {
			if credential() != diagnosis.AccessKeyPair {
				return nil
			}
			now := holder.Pair(c.HTTP.Endpoint)
			return &now
		}
	}
	return nil
}

// describe returns what describes the destination in the log: the endpoint, and the AccessKey pair in use where there is one.
func (c *Config) describe(host component.Host) func() []zap.Field {
	endpoint, pair := zap.String("endpoint", withoutQuery(c.HTTP.Endpoint)), c.pair(host)
	return func() []zap.Field {
		if pair == nil {
			return []zap.Field{endpoint}
		}
		now := pair()
		if now == nil { // other credentials are sent
			return []zap.Field{endpoint}
		}
		return []zap.Field{endpoint, zap.String("access_key_id", now.ID), zap.String("source", now.Source)}
	}
}

func destination(queue *delivery.Queue) status.Destination {
	books, health, delay := queue.Snapshot(), queue.Health(), queue.Delay()
	d := status.Destination{
		State: stateOf(health, delay), Since: health.Since,
		Accepted: books.Accepted, Recovered: books.Recovered, Delivered: books.Delivered, Queued: books.Queued,
		Dropped:         losses(books.Dropped),
		WAL:             status.WAL{Directory: queue.Directory(), Bytes: queue.Bytes(), MaxBytes: queue.MaxBytes(), WhenFull: refuse},
		NewestDelivered: queue.Newest(), Delay: status.Seconds(delay.Seconds()),
		Shards: queue.Shards(), Protocol: queue.Protocol(),
		Answer: answer(queue.Answered()), Delivery: lastDelivery(queue.LastDelivery()),
	}
	if queue.DropsOldest() {
		d.WAL.WhenFull = dropOldest
	}
	if in, ok := queue.FullIn(); ok {
		seconds := status.Seconds(in.Seconds())
		d.WAL.FullIn = &seconds
	}
	if health.Finding.Reason != "" {
		d.Diagnosis = &health.Finding
	}
	if err := queue.Refusing(); err != nil {
		d.Refusing = err.Error()
	}
	return d
}

func stateOf(health delivery.Health, delay time.Duration) status.State {
	switch {
	case health.Held:
		return status.Held
	case health.Failing:
		return status.Down
	case delay > status.BehindAfter:
		return status.Behind
	default:
		return status.Delivering
	}
}

func losses(dropped map[string]uint64) []status.Loss {
	all := []status.Loss{}
	for _, reason := range slices.Sorted(maps.Keys(dropped)) {
		if samples := dropped[reason]; samples > 0 {
			all = append(all, status.Loss{Reason: reason, Samples: samples, Remedy: delivery.DropRemedies[reason]})
		}
	}
	return all
}

func answer(seen *delivery.Answered) *status.Answer {
	if seen == nil {
		return nil
	}
	a := &status.Answer{At: seen.At, Status: seen.Status, Text: seen.Text, Took: status.Seconds(seen.Took.Seconds())}
	switch {
	case seen.Skew > 0:
		a.Note = fmt.Sprintf("this host's clock is %s ahead of the destination's: synchronize it with NTP, because samples carry its time", seen.Skew)
	case seen.Skew < 0:
		a.Note = fmt.Sprintf("this host's clock is %s behind the destination's: synchronize it with NTP, because samples carry its time", -seen.Skew)
	}
	return a
}

func lastDelivery(last *delivery.Delivery) *status.Delivery {
	if last == nil {
		return nil
	}
	d := &status.Delivery{Time: time.UnixMilli(last.Timestamp), At: last.At}
	for labels := record.LabelsOf(last.Labels); ; {
		name, value, ok := labels.Next()
		if !ok {
			return d
		}
		d.Labels = append(d.Labels, [2]string{string(name), string(value)})
	}
}

// withoutQuery is a URL as it may be shown: tokens are found in queries.
func withoutQuery(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
