package supervisor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/contrib/otelconf/v0.3.0"

	"github.com/msp-collector/msp-collector/internal/listenhint"
)

// address is one that a component listens on.
type address struct {
	path     string // the YAML key
	network  string // as net.Listen takes it
	endpoint string
}

// port returns the port; none for addresses without one, and for port 0, which is any that is free.
func (a address) port() (port string, ok bool) {
	_, port, err := net.SplitHostPort(a.endpoint)
	return port, err == nil && port != "" && port != "0"
}

// Listener is implemented by configurations that name the address they listen on in a type of their own.
type Listener interface {
	// ListenAddress returns the key and the TCP address.
	ListenAddress() (key, endpoint string)
}

// addresses returns those that the components of a configuration listen on.
func addresses(config *otelcol.Config) []address {
	var found []address
	eachComponent(config, func(path string, configured component.Config) {
		if l, ok := configured.(Listener); ok {
			key, endpoint := l.ListenAddress()
			found = append(found, address{path: join(path, key), network: "tcp", endpoint: endpoint})
		}
		walk(path, configured, func(path string, value any) {
			switch c := value.(type) {
			case *confignet.AddrConfig:
				found = append(found, address{join(path, "endpoint"), string(c.Transport), c.Endpoint})
			case *confignet.TCPAddrConfig:
				found = append(found, address{join(path, "endpoint"), "tcp", c.Endpoint})
			case *otelconf.Prometheus:
				if c.Host != nil && c.Port != nil {
					found = append(found, address{path, "tcp", net.JoinHostPort(*c.Host, strconv.Itoa(*c.Port))})
				}
			}
		})
	})
	return found
}

// listenable checks that each address can be listened on. One whose port is among before is free as soon as what runs has stopped.
func listenable(ctx context.Context, wanted, before []address) error {
	held := map[string]bool{}
	for _, a := range before {
		if port, ok := a.port(); ok {
			held[port] = true
		}
	}
	var errs []error
	taken := map[string]string{} // path by endpoint
	for _, a := range wanted {
		port, ok := a.port()
		if !ok {
			continue
		}
		if other := taken[a.endpoint]; other != "" {
			errs = append(errs, fmt.Errorf("%s: %s is the address of %s, too: give each a port of its own", a.path, a.endpoint, other))
		}
		taken[a.endpoint] = a.path
		if !held[port] {
			errs = append(errs, a.listen(ctx))
		}
	}
	return errors.Join(errs...)
}

func (a address) listen(ctx context.Context) error {
	var l net.ListenConfig
	switch a.network {
	case "", "tcp", "tcp4", "tcp6":
		listener, err := l.Listen(ctx, cmp.Or(a.network, "tcp"), a.endpoint)
		if err != nil {
			return fmt.Errorf("%s: %w: %s", a.path, err, listenhint.For(a.endpoint))
		}
		return listener.Close()
	case "udp", "udp4", "udp6":
		conn, err := l.ListenPacket(ctx, a.network, a.endpoint)
		if err != nil {
			return fmt.Errorf("%s: %w: %s", a.path, err, listenhint.For(a.endpoint))
		}
		return conn.Close()
	}
	return nil
}
