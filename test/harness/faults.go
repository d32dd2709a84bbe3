package harness

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// Gate holds replies back until a test opens it: a slow endpoint, or one that never answers.
type Gate struct {
	mu      sync.Mutex
	opened  chan struct{}
	once    sync.Once
	waiting int
	seen    int
}

// NewGate returns a closed gate.
func NewGate() *Gate { return &Gate{opened: make(chan struct{})} }

// Open lets everything through, now and later. It may be called more than once.
func (g *Gate) Open() { g.once.Do(func() { close(g.opened) }) }

// Waiting is how many requests wait now, and how many have ever waited: those whose clients gave up included.
func (g *Gate) Waiting() (now, ever int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting, g.seen
}

// wait waits until the gate opens; false when the client has gone or the endpoint is closing.
func (g *Gate) wait(gone, closing <-chan struct{}) bool {
	g.add(1)
	defer g.add(-1)
	select {
	case <-g.opened:
		return true
	case <-gone:
	case <-closing:
	}
	return false
}

func (g *Gate) add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting += n
	g.seen += max(n, 0)
}

// A Fault treats a connection badly instead of answering on it. closing is closed when the endpoint is.
type Fault func(connection *net.TCPConn, a Answer, closing <-chan struct{})

// Reset resets the connection without an answer.
func Reset(connection *net.TCPConn, _ Answer, _ <-chan struct{}) {
	_ = connection.SetLinger(0) // closing sends a reset
	_ = connection.Close()
}

// CutOff sends the answer's status and half of a body, and closes the connection. The client has seen the status.
func CutOff(connection *net.TCPConn, a Answer, _ <-chan struct{}) {
	fmt.Fprintf(connection, "HTTP/1.1 %d %s\r\nContent-Length: 100\r\n\r\n%.50s", a.Status, http.StatusText(a.Status), a.Body)
	_ = connection.Close()
}

// Garbage sends what is no HTTP.
func Garbage(connection *net.TCPConn, _ Answer, _ <-chan struct{}) {
	_, _ = io.WriteString(connection, "this is no HTTP\r\n\r\n")
	_ = connection.Close()
}

// HalfClose ends the endpoint's half of the connection without an answer, and reads on until the client ends its own.
func HalfClose(connection *net.TCPConn, _ Answer, closing <-chan struct{}) {
	_ = connection.CloseWrite()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, connection)
	}()
	select {
	case <-done:
	case <-closing:
	}
	_ = connection.Close()
}

// fail takes the connection away from the server. That is possible with HTTP/1.1 only.
func (e *Endpoint) fail(w http.ResponseWriter, fault Fault, a Answer) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(fmt.Sprintf("a fault needs a connection of its own: %v", err))
	}
	if secure, ok := connection.(*tls.Conn); ok {
		connection = secure.NetConn()
	}
	fault(connection.(*net.TCPConn), a, e.closing)
}
