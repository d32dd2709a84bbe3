package harness

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
)

// The ports handed out lie below the range the kernel takes ports for outgoing connections from (32768 by default on
// Linux): in that range, a port that was free a moment ago may be the near end of a connection when its listener starts.
const (
	firstPort = 10240
	lastPort  = 32000
)

// ports hands out each port once, so that two programs started at the same time never get the same one. Test processes
// that run side by side begin at different places.
var ports = struct {
	sync.Mutex
	next int
}{next: firstPort + os.Getpid()*37%(lastPort-firstPort)}

// FreeAddress returns a loopback address whose port nothing listens on, and that was not handed out before.
func FreeAddress() (string, error) {
	ports.Lock()
	defer ports.Unlock()
	var failures error
	for range lastPort - firstPort {
		address := fmt.Sprintf("127.0.0.1:%d", ports.next)
		if ports.next++; ports.next > lastPort {
			ports.next = firstPort
		}
		listener, err := net.Listen("tcp", address)
		if err == nil {
			return address, listener.Close()
		}
		failures = err
	}
	return "", fmt.Errorf("find a free port: %w", errors.Join(errors.New("all are taken"), failures))
}
