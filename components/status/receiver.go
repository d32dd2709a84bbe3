package status

import "time"

// Receiver is what one of our receivers knows of what came in. Counts are of samples, since its start.
type Receiver struct {
	Accepted uint64 `json:"accepted"`
	Refused  []Loss `json:"refused"`
	Endpoint string `json:"endpoint,omitempty"` // where it listens
	Jobs     []Job  `json:"jobs,omitempty"`     // what it scrapes, by name
}

// Job is the targets of one scrape job.
type Job struct {
	Name    string   `json:"name"`
	Up      int      `json:"up"`
	Down    int      `json:"down"`
	Unknown int      `json:"unknown"` // not scraped yet
	Targets []Target `json:"targets"` // those that are down first; MaxTargets at most
}

// MaxTargets bounds the targets that are listed of a job.
const MaxTargets = 100

// Target is one of them.
type Target struct {
	URL        string    `json:"url"`    // without user and query
	Health     string    `json:"health"` // up, down, unknown
	LastScrape time.Time `json:"last_scrape,omitzero"`
	Took       Seconds   `json:"took_seconds"`
	Error      string    `json:"error,omitempty"` // of the last scrape; without the query of a URL
}
