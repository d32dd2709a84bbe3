// Package status is what components tell of themselves to whoever shows it to people. An exporter or a receiver registers a
// function that takes a snapshot; the extension `delivery_status` asks it when somebody looks.
//
// The JSON names of these types are those of /api/v1/status; docs/status.md describes them.
package status
