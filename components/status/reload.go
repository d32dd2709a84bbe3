package status

import (
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

// Reload is what became of the last change of the configuration.
type Reload struct {
	Attempts int64     `json:"attempts"`        // reloads that came to a result since the process started, without effect included
	Applying bool      `json:"applying"`        // a changed configuration was accepted, and components are being restarted
	Refused  bool      `json:"refused"`         // the last change was refused, and the last configuration that ran is in use
	Error    string    `json:"error,omitempty"` // why, without secrets
	Since    time.Time `json:"since,omitzero"`  // when it was refused, or when the configuration in use was accepted; zero when not known
}

// LastReload returns what became of the last change of the configuration of this process. It is safe for concurrent use.
func LastReload() Reload {
	state := configreload.Process.State()
	return Reload{Attempts: state.Attempts, Applying: state.Applying, Refused: state.Failed, Error: state.Error, Since: state.Since}
}

// Reloaded reports that all components run: a reload that restarted them is complete.
func Reloaded() { configreload.Process.Applied() }

// ReportReloads exposes the reloads of this process as metrics until the returned function is called.
func ReportReloads(provider metric.MeterProvider) (stop func() error, err error) {
	return configreload.Process.Report(provider)
}
