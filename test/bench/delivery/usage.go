package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is what Linux counts CPU time in, on every architecture Go runs on.
const tick = time.Second / 100

const memoryInterval = 100 * time.Millisecond

// cpuTime is the user and system time of a process so far.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseCPUTime(stat)
}

// parseCPUTime reads the fields 14 and 15 of a stat file. Field 2, the name, may hold anything but ends with the last
// parenthesis.
func parseCPUTime(stat []byte) (time.Duration, error) {
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("a stat file of the form %q is unknown", stat)
	}
	user, userErr := strconv.ParseInt(fields[11], 10, 64)
	system, systemErr := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(userErr, systemErr)
}

// anonymousMemory is the resident memory of a process that no file backs, in bytes.
func anonymousMemory(pid int) (uint64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parseAnonymousMemory(status)
}

func parseAnonymousMemory(status []byte) (uint64, error) {
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kilobytes, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kilobytes * 1024, err
		}
	}
	return 0, errors.New("a status file without RssAnon")
}

// memoryPeak looks at the memory of a process until the context ends, and then sends the most it saw.
func memoryPeak(ctx context.Context, pid int) <-chan uint64 {
	peak := make(chan uint64, 1)
	go func() {
		ticker := time.NewTicker(memoryInterval)
		defer ticker.Stop()
		var most uint64
		for {
			if now, err := anonymousMemory(pid); err == nil {
				most = max(most, now)
			}
			select {
			case <-ctx.Done():
				peak <- most
				return
			case <-ticker.C:
			}
		}
	}()
	return peak
}
