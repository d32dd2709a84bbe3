// Package harness runs the programs the tests and the quick start are made of: the collector, a real Prometheus that
// takes remote write, a real node_exporter, and an endpoint that answers with scripted faults.
//
// Nothing here knows about package testing: everything returns errors, so that a command can use it as well as a test.
package harness
