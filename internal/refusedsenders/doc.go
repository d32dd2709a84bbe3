// Package refusedsenders keeps which senders a receiver or an authenticator refuses. It logs each of
// them once and lists the latest for the status page. Memory and log lines are bounded, so that a
// flood of requests under changing names fills neither.
package refusedsenders
