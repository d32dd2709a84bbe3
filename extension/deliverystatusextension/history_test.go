package deliverystatusextension

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/components/status"
)

func TestHistoryKeepsAnHour(t *testing.T) {
	h, begin := newHistory(), time.Now()
	for i := range 500 {
		at := begin.Add(time.Duration(i) * sampleEvery)
		h.add(at, []named[status.Destination]{{"x", status.Destination{Delivered: uint64(i) * 100, Accepted: uint64(i) * 50}}})
	}
	end := begin.Add(499 * sampleEvery)
	points := h.of("x", point{at: end, delivered: 49900, accepted: 24950})
	require.InDelta(t, keepFor/sampleEvery, len(points), 2)
	accepted, delivered := rates(points, false, begin)
	require.InDelta(t, 10, delivered, 0.1)
	require.InDelta(t, 5, accepted, 0.1)
	left, ok := drain(300, accepted, delivered)
	require.True(t, ok)
	require.InDelta(t, 60, left.Seconds(), 1)
	_, ok = drain(300, delivered, accepted)
	require.False(t, ok, "more comes in than goes out")

	h.add(end.Add(2*keepFor), nil)
	require.Len(t, h.of("x", point{}), 1, "what has gone is forgotten")
}

// An exporter that was restarted counts from zero: that is no negative rate.
func TestRatesOverARestart(t *testing.T) {
	now := time.Now()
	points := []point{{at: now.Add(-20 * time.Second), delivered: 900}, {at: now.Add(-10 * time.Second), delivered: 0}, {at: now, delivered: 50}}
	_, delivered := rates(points, false, time.Time{})
	require.InDelta(t, 5, delivered, 0.01)
	require.Equal(t, []float64{0, 0, 5}, seriesOf(points).DeliveredPerSecond)

	// It has already counted more than at the beginning of the minute.
	points = []point{{at: now.Add(-30 * time.Second), delivered: 10, accepted: 10}, {at: now.Add(-20 * time.Second), delivered: 900, accepted: 900}, {at: now.Add(-10 * time.Second)}, {at: now, delivered: 500, accepted: 700}}
	accepted, delivered := rates(points, false, time.Time{})
	require.InDelta(t, 50, delivered, 0.01)
	require.InDelta(t, 70, accepted, 0.01)
}

// What goes out is judged from when delivery works, and from the last 20 seconds while it is behind.
func TestRatesAfterAnOutage(t *testing.T) {
	now := time.Now()
	var points []point
	for s := -100; s <= 0; s += 10 {
		p := point{at: now.Add(time.Duration(s) * time.Second), accepted: uint64(1000 + 10*s)}
		switch {
		case s > -20:
			p.delivered = uint64(2000 + 100*s) // after a slow beginning
		case s > -40:
			p.delivered = uint64(40 + s)
		}
		points = append(points, p)
	}
	works := now.Add(-40 * time.Second)
	accepted, delivered := rates(points, true, works)
	require.InDelta(t, 10, accepted, 0.01, "over a minute: scrapes come in bursts")
	require.InDelta(t, 99, delivered, 0.01, "over 20 seconds: %v", points)
	_, delivered = rates(points, false, works)
	require.InDelta(t, 50, delivered, 0.01, "since it works")
	_, delivered = rates(points, true, now.Add(-15*time.Second))
	require.InDelta(t, 100, delivered, 0.01, "not from the outage")
	_, delivered = rates(points, true, now.Add(-time.Second))
	require.Zero(t, delivered, "nothing is known yet")
}

func TestFormats(t *testing.T) {
	for want, got := range map[string]string{
		"0": number(0), "999": number(999), "1,000": number(1000), "12,345,678": number(12345678),
		"0.5": rate(0.5), "1,234": rate(1234.4),
		"512 bytes": byteSize(512), "1.5 KiB": byteSize(1536), "4.0 GiB": byteSize(4 << 30), "5000.0 TiB": byteSize(5000 << 40),
		"0 s": seconds(0), "12 ms": seconds(0.012), "9.5 s": seconds(9.5), "42 s": seconds(42), "1 min 30 s": seconds(90),
		"2 h": seconds(7200), "1 d 1 h": seconds(25 * 3600), "-3.0 s": seconds(-3),
	} {
		require.Equal(t, want, got)
	}
	now := time.Date(2026, 11, 24, 3, 4, 5, 0, time.UTC)
	require.Equal(t, "never", ago(now, time.Time{}))
	require.Equal(t, "5.0 s ago", ago(now, now.Add(-5*time.Second)))
	require.Equal(t, "03:04:00 UTC", short(now, now.Add(-5*time.Second)))
	require.Equal(t, "2026-11-23 03:04:05 UTC", short(now, now.AddDate(0, 0, -1)))
	require.EqualValues(t, 75, percent(3, 4))
	require.EqualValues(t, 0, percent(3, 0))
}
