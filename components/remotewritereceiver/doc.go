// Package remotewritereceiver takes what Prometheus servers, agents and their like send by remote write 1.0 and 2.0, and hands
// it on unchanged, by the convention of components/internal/verbatim. See README.md.
package remotewritereceiver
