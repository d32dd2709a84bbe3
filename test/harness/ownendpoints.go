package harness

import "net"

// OwnEndpoints are free addresses for what a collector on a prometheus.yml serves of its own.
type OwnEndpoints struct {
	StatusURL  string // of delivery_status
	MetricsURL string
	Env        []string // moves both there
}

// NewOwnEndpoints picks the addresses.
func NewOwnEndpoints() (OwnEndpoints, error) {
	status, err := FreeAddress()
	if err != nil {
		return OwnEndpoints{}, err
	}
	metrics, err := FreeAddress()
	if err != nil {
		return OwnEndpoints{}, err
	}
	_, port, err := net.SplitHostPort(metrics)
	return OwnEndpoints{
		StatusURL: "http://" + status, MetricsURL: "http://" + metrics + "/metrics",
		Env: []string{"MSP_STATUS_ENDPOINT=" + status, "MSP_TELEMETRY_PORT=" + port},
	}, err
}
