package managedprometheusexporter

// writable leaves the question to the start: the rights of a Windows directory are not a mode.
func writable(string) bool { return true }
