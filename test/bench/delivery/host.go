package main

import "fmt"

// hostLines are the series of a target: names and labels as node_exporter's, and the histograms of a service. With name,
// job and instance, a series has 4 to 7 labels.
func hostLines() []line {
	e := &exposition{}
	e.add("node_cpu_seconds_total", "counter", 0.21, combine(
		numbered(32, `cpu="%d"`), each("mode", "idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user")))
	e.addFilesystems()
	e.addDevices()
	e.add("node_systemd_unit_state", "gauge", 1, combine(
		numbered(160, `name="application-%d.service",type="simple"`), each("state", "activating", "active", "deactivating", "failed", "inactive")))
	e.addHistogram("http_request_duration_seconds", combine(
		each("handler", "/", "/api/v1/orders", "/api/v1/orders/{id}", "/api/v1/users", "/api/v1/users/{id}", "/healthz", "/login", "/logout", "/search", "/static"),
		each("method", "GET", "POST")))
	e.add("node_hwmon_temp_celsius", "gauge", 0.125, numbered(seriesPerTarget-len(e.lines), `chip="platform_coretemp_0",sensor="temp%d"`))
	return e.lines
}

func (e *exposition) addFilesystems() {
	mounts := make([]string, 25)
	for i := range mounts {
		mounts[i] = fmt.Sprintf(`device="/dev/mapper/data-%02d",device_error="",fstype="ext4",mountpoint="/srv/data/%02d"`, i, i)
		if i%2 == 0 {
			mounts[i] = fmt.Sprintf(`device="/dev/nvme%dn1p1",device_error="",fstype="xfs",mountpoint="/var/lib/volumes/%d"`, i, i)
		}
	}
	for _, what := range []string{"avail_bytes", "files", "files_free", "free_bytes", "readonly", "size_bytes"} {
		e.add("node_filesystem_"+what, "gauge", 4096, mounts)
	}
}

func (e *exposition) addDevices() {
	for _, way := range []string{"receive", "transmit"} {
		for _, what := range []string{"bytes", "drop", "errs", "packets"} {
			e.add("node_network_"+way+"_"+what+"_total", "counter", 1289, numbered(24, `device="eth%d"`))
		}
	}
	for _, what := range []string{
		"read_bytes", "read_time_seconds", "reads_completed", "reads_merged",
		"write_time_seconds", "writes_completed", "writes_merged", "written_bytes",
	} {
		e.add("node_disk_"+what+"_total", "counter", 61.5, numbered(12, `device="nvme%dn1"`))
	}
}
