// Package alerts makes every alert fire from the metrics of the built binary in a real Prometheus, and compares the documentation of
// the metrics and the dashboard with what the binary really has.
package alerts
