package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

var (
	rotationCommand = regexp.MustCompile(`(?m)^  (cp .*)$`)
	curlCommand     = regexp.MustCompile(`(?m)^  (curl --config .*)$`)
	tableRow        = regexp.MustCompile(`(?m)^  msp-collector +\d+ +\d+ +\d{4}-`)
	lastLine        = "Ctrl-C stops everything"
)

// What the quick start prints is followed to the letter, from the table to Ctrl-C.
func TestQuickstart(t *testing.T) {
	temporary := t.TempDir()
	quickstart := startQuickstart(t, temporary)
	require.NoError(t, quickstart.Until(deadline(t, 2*patience), "everything is printed", func(context.Context) error {
		if !strings.Contains(quickstart.Output.String(), lastLine) {
			return errors.New("not printed yet")
		}
		return nil
	}))
	printed := quickstart.Output.String()
	assert.Regexp(t, tableRow, printed)
	processes := demoProcesses(t, temporary)
	assert.Len(t, processes, 2, "Prometheus and the collector: %v", processes)

	query := curlCommand.FindStringSubmatch(printed)
	require.NotEmpty(t, query, printed)
	require.Contains(t, shell(t, query[1]), `"result":[{`)

	commands := rotationCommand.FindAllStringSubmatch(printed, -1)
	require.Len(t, commands, 2, printed)
	for _, command := range commands {
		shell(t, command[1])
	}
	rotated := time.Now()
	newestUp := strings.Replace(query[1], "query=up", "query=timestamp(up)", 1)
	require.NotEqual(t, query[1], newestUp)
	require.NoError(t, harness.Until(deadline(t, resumeWithin+patience), "delivery goes on", func(context.Context) error {
		return sampleAfter(shell(t, newestUp), rotated)
	}))
	t.Logf("delivery went on %s after the rotation", time.Since(rotated).Round(time.Millisecond))

	require.NoError(t, quickstart.Signal(os.Interrupt))
	require.NoError(t, quickstart.Wait(deadline(t, patience)))
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	assert.Empty(t, left, "the temporary folder is removed")
	assert.Empty(t, demoProcesses(t, temporary), "no process is left")
}

// Interrupting it before it is ready leaves nothing behind either.
func TestQuickstartInterruptedEarly(t *testing.T) {
	temporary := t.TempDir()
	quickstart := startQuickstart(t, temporary)
	require.NoError(t, quickstart.Until(deadline(t, patience), "a program is started", func(context.Context) error {
		if len(demoProcesses(t, temporary)) == 0 {
			return errors.New("none so far")
		}
		return nil
	}))
	require.NoError(t, quickstart.Signal(syscall.SIGTERM))
	require.NoError(t, quickstart.Wait(deadline(t, patience)))
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.Empty(t, demoProcesses(t, temporary))
}

// startQuickstart starts the quick start with a temporary folder of its own.
func startQuickstart(t *testing.T, temporary string) *harness.Process {
	t.Helper()
	binary, err := harness.Binary("quickstart")
	require.NoError(t, err)
	process, err := harness.StartProcess(binary, nil, []string{"TMPDIR=" + temporary})
	require.NoError(t, err)
	stopAtEnd(t, "the quick start", process)
	return process
}

func shell(t *testing.T, command string) string {
	t.Helper()
	output, err := exec.CommandContext(deadline(t, patience), "sh", "-c", command).CombinedOutput()
	require.NoError(t, err, "%s: %s", command, output)
	return string(output)
}

var timestampValue = regexp.MustCompile(`"value":\[[^,]+,"([0-9]+)`)

// sampleAfter looks for a sample later than a moment in the answer to a query for timestamps.
func sampleAfter(answer string, moment time.Time) error {
	for _, match := range timestampValue.FindAllStringSubmatch(answer, -1) {
		var seconds int64
		if _, err := fmt.Sscan(match[1], &seconds); err == nil && seconds > moment.Unix() {
			return nil
		}
	}
	return fmt.Errorf("no sample after %s: %.300s", moment.Format(time.TimeOnly), answer)
}

// demoProcesses lists the programs whose command line or environment names the quick start's folder.
func demoProcesses(t *testing.T, temporary string) []string {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	var found []string
	for _, entry := range entries {
		arguments, _ := os.ReadFile(filepath.Join(entry, "cmdline")) // empty when the process has ended
		environment, _ := os.ReadFile(filepath.Join(entry, "environ"))
		if strings.Contains(string(arguments)+string(environment), filepath.Join(temporary, "msp-quickstart-")) {
			found = append(found, strings.ReplaceAll(string(arguments), "\x00", " "))
		}
	}
	return found
}
