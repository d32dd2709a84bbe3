package harness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// The ports handed out lie below the range the kernel takes ports for outgoing connections from (32768 by default on
// Linux): in that range, a port that was free a moment ago may be the near end of a connection when its listener starts.
const (
	firstPort = 10240
	lastPort  = 32000
)

// FreeAddress returns a loopback address whose port nothing listens on, and that will not be handed out again before all others were.
func FreeAddress() (string, error) {
	var failures error
	for range lastPort - firstPort {
		port, err := nextPort()
		if err != nil {
			return "", fmt.Errorf("find a free port: %w", err)
		}
		if failures = free(port); failures == nil {
			return fmt.Sprintf("127.0.0.1:%d", port), nil
		}
	}
	return "", fmt.Errorf("find a free port: %w", errors.Join(errors.New("all are taken"), failures))
}

// free returns an error when something listens on a port. It binds a socket and does not listen: a child that another goroutine
// forks meanwhile keeps that socket until its exec, and a listener in its hands would hold the port against the one it is for.
func free(port int) error {
	syscall.ForkLock.RLock()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(socket)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return err
	}
	defer func() { _ = syscall.Close(socket) }()
	if err := syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return err
	}
	return syscall.Bind(socket, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
}

// nextPort hands out one port after the other. The test processes that run side by side take turns at one file in bin/, so
// that two programs started at the same time never get the same port, and nothing is left where a user would find it.
func nextPort() (int, error) {
	root, err := Root()
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(filepath.Join(root, "bin"), 0o755); err != nil {
		return 0, err
	}
	file, err := os.OpenFile(filepath.Join(root, "bin", "next-port"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return 0, err
	}
	defer file.Close() // which ends the lock
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return 0, err
	}
	written := make([]byte, len("32000"))
	n, _ := file.ReadAt(written, 0) // nothing at first
	port, err := strconv.Atoi(string(written[:n]))
	if port++; err != nil || port < firstPort || port > lastPort {
		port = firstPort
	}
	_, err = file.WriteAt([]byte(strconv.Itoa(port)), 0)
	return port, err
}
