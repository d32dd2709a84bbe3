package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReport(t *testing.T) {
	row := func(subject subject, cpu time.Duration) measurement {
		return measurement{
			name: subject.name, cpu: cpu, samples: 2e6, due: 2e6, requests: 1000, bytes: 2e7, elapsed: 20 * time.Second, memory: 100 * mebibyte,
		}
	}
	nothing := row(nothingSubject, 6*time.Second)
	nothing.requests, nothing.bytes = 0, 0
	var out strings.Builder
	reportScraping(&out, settings{targets: 50, interval: 2 * time.Second, period: 24 * time.Second}, []measurement{
		row(agentSubject, 6*time.Second), row(contribSubject, 12*time.Second), row(managedSubject, 8*time.Second), nothing, row(ownSubject, 5*time.Second),
	})
	text := out.String()
	assert.Contains(t, text, "50 targets x 2000 series every 2s, measured for 24s after 2 scrapes of each")
	assert.Regexp(t, `\| collector, managed_prometheus +\| +4\.00 \| +100 \| +10\.0 \| +1000 \| +2000 \| +100000 \| +100\.0 % \|`, text)
	assert.Regexp(t, `\| collector, receiver alone +\| +3\.00 \| +100 \| +- \|`, text)
	assert.Contains(t, text, "managed_prometheus / prometheus_remote_write, CPU: 0.67 (bar 0.65: missed)")
	assert.Contains(t, text, "managed_prometheus without the receiver, CPU s per million: 1.00 (bar 0.90: missed)")
	assert.Contains(t, text, "the same / the receiver alone: 0.33 (bar 0.29: missed)")
	assert.Contains(t, text, "prometheus_scrape / Prometheus agent, CPU: 0.83 (bar 0.95: met)")
	assert.Contains(t, text, "prometheus_scrape / Prometheus agent, RssAnon: 1.00 (bar 0.90: missed)")
}

func TestTheMedianRoundIsKept(t *testing.T) {
	spent := []time.Duration{9 * time.Second, 2 * time.Second, 4 * time.Second}
	rows, err := inRounds(len(spent), func() ([]measurement, error) {
		cpu := spent[0]
		spent = spent[1:]
		return []measurement{{cpu: cpu, samples: 1e6}}, nil
	})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, "4.00 (2.00 to 9.00)", rows[0].cost())
}
