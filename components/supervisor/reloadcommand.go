package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	defaultStatus = "127.0.0.1:8686"
	outcomeWithin = time.Minute
	askEvery      = 200 * time.Millisecond
)

// shown is the part of the JSON of the status page that describes reloads.
type shown struct {
	Collector struct {
		PID int `json:"pid"`
	} `json:"collector"`
	Reload struct {
		Attempts int64  `json:"attempts"`
		Applying bool   `json:"applying"`
		Refused  bool   `json:"refused"`
		Error    string `json:"error"`
	} `json:"reload"`
}

// ReloadCommand makes a running collector read its configuration again, waits for the outcome, writes it to out, and returns the
// exit code: 0 when the configuration on disk is in use. args may hold the process id; without one the collector is asked for it.
// The outcome is read from the status page at MSP_STATUS_ENDPOINT; where that does not answer, the outcome stands in the log alone.
func ReloadCommand(args []string, out io.Writer) int {
	ctx, cancel := context.WithTimeout(context.Background(), outcomeWithin)
	defer cancel()
	if err := reloadProcess(ctx, strings.Join(args, " "), out); err != nil {
		_, _ = fmt.Fprintln(out, "reload:", err) // nobody may be listening
		return 1
	}
	return 0
}

func reloadProcess(ctx context.Context, argument string, out io.Writer) error {
	before, seen := askStatus(ctx)
	pid := before.Collector.PID
	if argument != "" {
		given, err := strconv.Atoi(argument)
		if err != nil || given <= 0 {
			return fmt.Errorf("%q is no process id", argument)
		}
		if pid != given {
			seen = errors.New("the status page is that of another process")
		}
		pid = given
	}
	if pid == 0 {
		return fmt.Errorf("the collector cannot be asked for its process id: %w; name it: msp-collector reload PID", seen)
	}
	process, err := os.FindProcess(pid)
	if err == nil {
		err = process.Signal(syscall.SIGHUP)
	}
	if err != nil {
		return fmt.Errorf("signal process %d: %w", pid, err)
	}
	if seen != nil {
		_, err = fmt.Fprintf(out, "Process %d was asked to reload. The outcome stands in its log: %v\n", pid, seen)
		return err
	}
	return outcome(ctx, process, before, out)
}

// outcome waits until the status page shows what became of the reload. While components restart, the page does not answer.
func outcome(ctx context.Context, process *os.Process, before shown, out io.Writer) error {
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("no outcome within %v: see the log of process %d", outcomeWithin, process.Pid)
		case <-ticker.C:
		}
		if err := process.Signal(syscall.Signal(0)); err != nil {
			return fmt.Errorf("process %d has ended: see its log", process.Pid)
		}
		now, err := askStatus(ctx)
		if err != nil || now.Reload.Attempts == before.Reload.Attempts || now.Reload.Applying {
			continue
		}
		if now.Reload.Refused {
			return fmt.Errorf("the configuration is refused, and the collector continues with the last one that ran:\n%s", now.Reload.Error)
		}
		_, err = fmt.Fprintln(out, "The configuration on disk is in use.")
		return err
	}
}

func askStatus(ctx context.Context) (shown, error) {
	var answer shown
	place := os.Getenv("MSP_STATUS_ENDPOINT")
	if place == "" {
		place = defaultStatus
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+place+"/api/v1/status", http.NoBody)
	if err != nil {
		return answer, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("the status page answers %s", response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return answer, fmt.Errorf("the status page: %w", err)
	}
	return answer, nil
}
