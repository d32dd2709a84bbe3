package translate

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A password in a place where Prometheus cannot read it, or with characters that it cannot read, is in no error.
func TestErrorsHoldNoSecrets(t *testing.T) {
	for entry, want := range map[string]string{
		"proxy_url: 'http://user:hunter2%zz@proxy'":                         "a URL cannot be read: see url, proxy_url",
		"basic_auth: 'hun`ter2'":                                            "line 2: cannot unmarshal !!str a value into",
		"static_configs: [{targets: ['http://user:hunter2@x:1/metrics']}]":  `"http://...@x:1/metrics" is not a valid hostname`,
		"static_configs: [{targets: ['http://user:hun/ter2@x:1/metrics']}]": `"http://...@x:1/metrics" is not a valid hostname`,
	} {
		job := "scrape_configs: [{job_name: a, " + entry + "}]\n"
		for _, message := range []string{refused(t, destinationOnly+job), refused(t, "scrape_config_files: [jobs.yml]\n"+destinationOnly, "jobs.yml", "\n"+job)} {
			assert.Contains(t, message, want)
			assert.NotContains(t, message, "hunter2")
			assert.NotContains(t, message, "ter2")
		}
	}
}
