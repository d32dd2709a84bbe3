package refusedsenders

import "net"

// Host returns the host of a network address, without the port. It is "unknown" for an address that
// is missing, as of a receiver that does not put it into client.Info.
func Host(address net.Addr) string {
	if address == nil || address.String() == "" {
		return "unknown"
	}
	if host, _, err := net.SplitHostPort(address.String()); err == nil {
		return host
	}
	return address.String()
}
