package deliverystatusextension

import "github.com/msp-collector/msp-collector/components/status"

// OrphanedLogs returns the write-ahead logs that belong to no exporter.
func (r *registry) OrphanedLogs() []status.OrphanedLog {
	all := []status.OrphanedLog{}
	for _, one := range snapshots(r, func(report *status.Report) func() []status.OrphanedLog { return report.OrphanedLogs }) {
		all = append(all, one.Of...)
	}
	return all
}
