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

// Prometheus seldom says what an error is about.
func TestErrorsNameWhatIsWrong(t *testing.T) {
	for content, want := range map[string]string{
		destinationOnly + "scrape_configs:\n- job_name: a\n- job_name: node\n  basic_auth: {username: me}\n  authorization: {credentials: hunter2}\n":                "prometheus.yml:4: scrape_configs[1] (job \"node\"): at most one of",
		jobOnly + "remote_write: [{url: 'http://a', name: main, basic_auth: {username: me}, oauth2: {client_id: a, client_secret: hunter2, token_url: 'http://h'}}]": "prometheus.yml:2: remote_write[0] (destination \"main\"): at most one of",
		destinationOnly + "global: {scrape_interval: 1s, scrape_timeout: 2s}\n" + jobOnly:                                                                            "prometheus.yml:2: global: global scrape timeout greater",
		destinationOnly + "scrape_configs: [{job_name: a}, {job_name: a}]":                                                                                           "prometheus.yml: found multiple scrape configs with job name \"a\"",
		destinationOnly + "scrape_configs: [{job_name: a, honor_labels: perhaps}]":                                                                                   "line 2: cannot unmarshal !!str a value into bool",
	} {
		message := refused(t, content)
		assert.Contains(t, message, want)
		assert.NotContains(t, message, "hunter2")
	}
}
