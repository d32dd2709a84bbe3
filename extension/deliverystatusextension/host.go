package deliverystatusextension

import (
	"net"
	"net/http"
	"strings"
)

// addressed refuses requests to a listener on the loopback address that name another host: a page of somebody else's whose name
// was made to point here could read this one from a browser of this host. An authenticator keeps it from that by itself.
func (d *deliveryStatus) addressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.loopback && !d.config.Auth.HasValue() && !isHere(r.Host) {
			http.Error(w, "the status page is shown to http://127.0.0.1 and http://localhost alone", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isHere tells that a Host header has an address, or localhost, or nothing.
func isHere(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return host == "" || strings.EqualFold(host, "localhost") || net.ParseIP(host) != nil
}

// isLoopback tells that only this host reaches an address.
func isLoopback(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
