package deliverystatusextension

import (
	"os"
	"strings"
	"time"
)

// collector says which collector it is: pages of several look alike behind a tunnel.
func (d *deliveryStatus) collector(now time.Time) collector {
	host, err := os.Hostname()
	if err != nil {
		host = os.Getenv("HOSTNAME")
	}
	return collector{
		Name: d.set.BuildInfo.Description, Version: d.set.BuildInfo.Version, Host: host, PID: os.Getpid(),
		Config: configsOf(os.Args[1:]), Now: now, Started: d.started,
	}
}

// configsOf returns where a command line says that the configuration is. What is given inline may hold secrets, and so may the
// query of a URL: only its scheme is returned.
func configsOf(args []string) []string {
	all := []string{}
	for i, arg := range args {
		name, location, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if name != "config" || !strings.HasPrefix(arg, "-") {
			continue
		}
		if !given {
			if i+1 == len(args) {
				break
			}
			location = args[i+1]
		}
		all = append(all, shownConfig(location))
	}
	return all
}

func shownConfig(location string) string {
	scheme, path, hasScheme := strings.Cut(location, ":")
	switch {
	case !hasScheme:
		return location
	case scheme == "file":
		return path
	case scheme == "prometheus", scheme == "env", len(scheme) == 1: // the last is a drive of Windows
		return location
	default:
		return scheme + ":..."
	}
}
