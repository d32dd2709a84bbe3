// Package sts fetches temporary AccessKey pairs: from the RAM role of an ECS instance (ECSRole), for a
// pod by exchange of its OIDC token (RRSA), and from a local credentials server (URI).
//
// All three share one contract. Load makes the requests and returns a fresh pair that passed
// accesskey.Pair.Validate and has not expired; it is safe for concurrent use, ends with its context or
// its timeout, caches nothing and leaves no goroutine or connection behind. Refreshing ahead of
// expiry, single flight and living on a stale pair are the work of the caller.
//
// Errors name the source, what was attempted, the endpoint, the HTTP status, the code and message of
// the service and a way out. They never hold a secret, a token, an answer's body, or the query or
// user part of a URL. Redirects are not followed.
package sts

import "errors"

// ErrNotConfigured is wrapped by the error of a constructor that found neither a setting nor an
// environment variable to work with: a chain of sources goes on to the next one.
var ErrNotConfigured = errors.New("not configured")
