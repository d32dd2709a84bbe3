package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCPUTime(t *testing.T) {
	spent, err := parseCPUTime([]byte("7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 8 0 100 1 1"))
	require.NoError(t, err)
	assert.Equal(t, 3*time.Second, spent)

	_, err = parseCPUTime([]byte("7 (a) S 1"))
	require.ErrorContains(t, err, "unknown")
}

func TestAnonymousMemory(t *testing.T) {
	bytes, err := parseAnonymousMemory([]byte("VmRSS:\t   90 kB\nRssAnon:\t      64 kB\nRssFile:\t 26 kB\n"))
	require.NoError(t, err)
	assert.EqualValues(t, 65536, bytes)

	_, err = parseAnonymousMemory([]byte("VmRSS:\t 90 kB\n"))
	require.ErrorContains(t, err, "RssAnon")
}

func TestUsageOfThisProcess(t *testing.T) {
	_, err := cpuTime(os.Getpid())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	peak := memoryPeak(ctx, os.Getpid())
	cancel()
	assert.Positive(t, <-peak)
}
