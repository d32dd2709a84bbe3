package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	stopGrace = 10 * time.Second // between SIGTERM and SIGKILL
	tailLines = 15
)

// Process is a running program in a process group of its own, so that stopping it stops its children too.
type Process struct {
	Output *Output

	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has been waited for
	err  error         // valid once done is closed
}

// StartProcess starts a binary with env added to the environment of this process. What it prints goes to Output, and to
// the copies.
func StartProcess(binary string, args, env []string, copies ...io.Writer) (*Process, error) {
	p := &Process{Output: &Output{}, name: filepath.Base(binary), done: make(chan struct{})}
	p.cmd = exec.Command(binary, args...)
	p.cmd.Env = append(os.Environ(), env...)
	output := io.MultiWriter(append([]io.Writer{p.Output}, copies...)...)
	p.cmd.Stdout, p.cmd.Stderr = output, output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	go func() {
		defer close(p.done)
		p.err = p.cmd.Wait()
	}()
	return p, nil
}

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Signal signals the process alone, not its group.
func (p *Process) Signal(sig os.Signal) error { return p.cmd.Process.Signal(sig) }

// Stop ends the process and its group: politely first, then by force. It may be called more than once.
func (p *Process) Stop() {
	if p == nil {
		return
	}
	select {
	case <-p.done:
	default:
		_ = p.Signal(syscall.SIGTERM)
	}
	select {
	case <-p.done:
	case <-time.After(stopGrace):
	}
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
}

// Wait waits until the process has ended and returns its exit error.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return fmt.Errorf("%s is still running: %w\n%s", p.name, ctx.Err(), p.Output.Tail(tailLines))
	}
}

// Until waits for a condition, and gives up early, with the output, when the process ends.
func (p *Process) Until(ctx context.Context, what string, condition func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-p.done:
			cancel(errors.Join(fmt.Errorf("%s ended", p.name), p.err))
		case <-ctx.Done():
		}
	}()
	if err := Until(ctx, what, condition); err != nil {
		return fmt.Errorf("%w\nlast output of %s:\n%s", err, p.name, p.Output.Tail(tailLines))
	}
	return nil
}
