// Package supervisor runs an OpenTelemetry Collector in such a way that a change of its configuration never ends the process.
//
// The Collector by itself stops its components, reads the configuration again, and exits when the new one cannot be read or does
// not start. Here a change takes this path instead:
//
//  1. On SIGHUP, when a configuration provider reports a change, and at intervals while a change is refused, the source resolves
//     the configuration and checks it: decoding, validation, references between components, files that components load when they
//     start, addresses they listen on. What runs is not touched. A configuration that fails the check is refused.
//  2. One that passes is offered to the Collector, which restarts the components that it changes.
//  3. When it does not start all the same, Run starts the Collector again with the configuration that ran before.
//
// The outcome is logged, counted in configreload.Process, and from there shown as a metric and on the status page. The Collector
// itself is upstream's, unchanged: it gets its configuration from a provider and a converter of this package (offer.go).
package supervisor
