package prometheusscrapereceiver

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// targets are said by discovery: all of them, by job, each time.
type targets = <-chan map[string][]*targetgroup.Group

// settleTime is how long discovery has to find the first targets.
const settleTime = 500 * time.Millisecond

// settle passes on what discovery says, but at the start waits a little and passes only the newest. Scraping begins with what
// is passed first, and looks again 5 s later: targets in files, which are read within milliseconds, must not come second.
func settle(ctx context.Context, discovered targets) targets {
	out := make(chan map[string][]*targetgroup.Group)
	go func() {
		defer close(out)
		settled := time.NewTimer(settleTime)
		defer settled.Stop()
		var newest map[string][]*targetgroup.Group
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				return
			case newest = <-discovered:
			case <-settled.C:
				waiting = false
			}
		}
		for {
			if newest != nil {
				select {
				case <-ctx.Done():
					return
				case out <- newest:
				}
			}
			select {
			case <-ctx.Done():
				return
			case newest = <-discovered:
			}
		}
	}()
	return out
}
