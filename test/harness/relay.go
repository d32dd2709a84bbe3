package harness

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Relay is the network between two programs: TCP to Address goes to a target, until it is cut.
type Relay struct {
	Address string

	target   string
	listener net.Listener
	done     sync.WaitGroup
	ctx      context.Context
	cancel   context.CancelFunc

	mu          sync.Mutex
	open        chan struct{} // closed while the network is whole
	connections map[net.Conn]struct{}
}

// StartRelay starts a relay to host:port.
func StartRelay(target string) (*Relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{Address: listener.Addr().String(), target: target, listener: listener, open: make(chan struct{}), connections: map[net.Conn]struct{}{}}
	close(r.open)
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.done.Go(r.accept)
	return r, nil
}

// Cut stops everything on its way: no byte passes, in either direction, and nobody is told, as when a cable is pulled.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isOpen() {
		r.open = make(chan struct{})
	}
}

// Mend lets everything pass that was stopped, and what comes after it.
func (r *Relay) Mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isOpen() {
		close(r.open)
	}
}

// Reset resets all connections, as a router does that has been restarted.
func (r *Relay) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for connection := range r.connections {
		_ = connection.(*net.TCPConn).SetLinger(0)
		_ = connection.Close()
	}
}

// Close ends the relay and its connections.
func (r *Relay) Close() {
	r.cancel()
	_ = r.listener.Close()
	r.Reset()
	r.done.Wait()
}

func (r *Relay) isOpen() bool {
	select {
	case <-r.open:
		return true
	default:
		return false
	}
}

func (r *Relay) accept() {
	for {
		from, err := r.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			r.done.Go(func() { r.connect(from) })
		}
	}
}

// connect joins a connection to one to the target.
func (r *Relay) connect(from net.Conn) {
	defer r.forget(from)
	if !r.remember(from) || !r.wait() {
		return
	}
	to, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(r.ctx, "tcp", r.target)
	if err != nil {
		return // who connects sees its connection closed
	}
	defer r.forget(to)
	if !r.remember(to) {
		return
	}
	back := make(chan struct{})
	go func() {
		defer close(back)
		r.copy(from, to)
	}()
	r.copy(to, from)
	<-back
}

// copy passes bytes on until their source ends, and then ends the destination's side.
func (r *Relay) copy(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if !r.wait() {
			return
		}
		if n > 0 {
			if _, failed := to.Write(buffer[:n]); failed != nil {
				_ = from.Close()
				return
			}
		}
		if errors.Is(err, io.EOF) {
			_ = to.(*net.TCPConn).CloseWrite()
			return
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}

// wait waits while the network is cut; false when the relay ends.
func (r *Relay) wait() bool {
	r.mu.Lock()
	open := r.open
	r.mu.Unlock()
	select {
	case <-open:
		return r.ctx.Err() == nil
	case <-r.ctx.Done():
		return false
	}
}

// remember is false when the relay has ended meanwhile.
func (r *Relay) remember(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.connections[c] = struct{}{}
	return r.ctx.Err() == nil
}

func (r *Relay) forget(c net.Conn) {
	r.mu.Lock()
	delete(r.connections, c)
	r.mu.Unlock()
	_ = c.Close()
}
