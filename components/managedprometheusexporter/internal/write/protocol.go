package write

import "net/http"

// Protocol is the message that requests are made of. The zero value is the default.
type Protocol int

// The protocols.
const (
	V1 Protocol = iota // prometheus.WriteRequest, remote write 1.0
	V2                 // io.prometheus.write.v2.Request, remote write 2.0
)

var (
	headersV1 = headers("application/x-protobuf", "0.1.0")
	headersV2 = headers("application/x-protobuf;proto=io.prometheus.write.v2.Request", "2.0.0")
)

// Headers are those a request of this protocol must have. They are shared: the caller copies them and changes nothing.
func (p Protocol) Headers() http.Header {
	if p == V2 {
		return headersV2
	}
	return headersV1
}

func headers(contentType, version string) http.Header {
	return http.Header{
		"Content-Type":                      {contentType},
		"Content-Encoding":                  {"snappy"},
		"X-Prometheus-Remote-Write-Version": {version},
	}
}
