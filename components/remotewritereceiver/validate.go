package remotewritereceiver

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Validate refuses what only an edit can heal, with one message per mistake.
func (c *Config) Validate() error {
	return errors.Join(
		check(c.HTTP.NetAddr.Endpoint != "", "http::endpoint is empty: name an address to listen on, such as %s", defaultEndpoint),
		check(c.HTTP.CompressionAlgorithms == nil, "http::compression_algorithms must not be set: remote write is always compressed with snappy"),
		size("http::max_request_body_size", c.HTTP.MaxRequestBodySize),
		size("max_decompressed_body_size", c.MaxDecompressedBodySize),
		check(c.MaxConcurrentRequests > 0, "max_concurrent_requests is %d: it must be positive, such as %d", c.MaxConcurrentRequests, defaultMaxConcurrentRequests),
		check(c.MaxInFlightBytes == 0 || c.MaxInFlightBytes >= c.largestRequest(),
			"max_in_flight_bytes is %d: the largest request needs %d, http::max_request_body_size and max_decompressed_body_size together; raise it or lower them",
			c.MaxInFlightBytes, c.largestRequest()),
		check(c.HTTP.ReadTimeout > 0, "http::read_timeout is %v: it must be positive, such as %v, since a slow sender holds memory until then", c.HTTP.ReadTimeout, defaultReadTimeout),
		check(c.RetryAfter >= time.Second, "retry_after is %v: it must be at least 1s, Retry-After has whole seconds", c.RetryAfter),
	)
}

// size refuses limits that cannot be: a snappy block has at most 4 GiB, and an int must hold it on every platform.
func size(key string, bytes int64) error {
	return check(bytes > 0 && bytes <= math.MaxInt32, "%s is %d: it must be a number of bytes from 1 to %d, such as %d", key, bytes, math.MaxInt32, defaultMaxBodySize)
}

func check(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}
