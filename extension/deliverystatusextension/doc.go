// Package deliverystatusextension is `delivery_status`: a page for people that says how delivery goes, what is wrong and what to
// do about it, the same as JSON, and the probes /live and /ready.
package deliverystatusextension
