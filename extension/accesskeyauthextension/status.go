package accesskeyauthextension

import "go.opentelemetry.io/collector/component/componentstatus"

// reportStatus tells the host how this component is, unless that has changed meanwhile: requests are
// answered in parallel, and the last report must be about the last answer.
func (a *accessKeyAuth) reportStatus(event *componentstatus.Event) {
	a.reporting.Lock()
	defer a.reporting.Unlock()
	if a.host != nil && a.healthy() == (event.Status() == componentstatus.StatusOK) {
		componentstatus.ReportStatus(a.host, event)
	}
}

// healthy reports whether there is a pair that has not ended, and no destination is known to refuse it.
func (a *accessKeyAuth) healthy() bool {
	current := a.current.Load()
	n := a.destinations.count(current)
	return current.usable() && n[fallback]+n[refused] == 0
}
