package status

import (
	"time"

	"github.com/msp-collector/msp-collector/components/internal/configreload"
)

// Reload is what became of the last change of the configuration.
type Reload struct {
	Refused bool      `json:"refused"`         // it was refused, and the configuration before it is in use
	Error   string    `json:"error,omitempty"` // why, without secrets
	Since   time.Time `json:"since,omitzero"`  // when it was refused, or when the configuration in use was accepted; zero when not known
}

// LastReload returns what became of the last change of the configuration of this process. It is safe for concurrent use.
func LastReload() Reload {
	state := configreload.Process.State()
	return Reload{Refused: state.Failed, Error: state.Error, Since: state.Since}
}
