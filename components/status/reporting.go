package status

import "context"

type reportingKey struct{}

// Reporting returns a context for the requests of a sender that logs itself that an endpoint rejects its AccessKey pair, and
// which pair that is: an authenticator then does not log it a second time.
func Reporting(ctx context.Context) context.Context {
	return context.WithValue(ctx, reportingKey{}, true)
}

// Reports reports whether the sender of a request logs rejected pairs itself.
func Reports(ctx context.Context) bool {
	reports, _ := ctx.Value(reportingKey{}).(bool)
	return reports
}
