package dropin

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const (
	// fullExample is the whole configuration of the service's guide.
	fullExample = `global:
  scrape_interval: 15s
  evaluation_interval: 15s
scrape_configs:
  - job_name: "prometheus"
    static_configs:
      - targets: ["localhost:9090"]
`
	// writeExample is what the guide says to add to an existing prometheus.yml, with a pair in the place of its placeholders.
	writeExample = `remote_write:
  - url: "ENDPOINT"
    basic_auth:
      username: "LTAI5tGuide"
      password: "gUiDe1"
`
	// queueExample tunes it.
	queueExample = `    queue_config:
      max_samples_per_send: 1000
      max_shards: 200
      capacity: 2500
`
	// existing is somebody's prometheus.yml.
	existing = "scrape_configs:\n  - {job_name: prometheus, scrape_interval: 1s, static_configs: [{targets: [\"localhost:9090\"]}]}\n"
)

// The examples of the guide, with their placeholders filled in, deliver as whom they say.
func TestTheGuidesExamplesDeliver(t *testing.T) {
	for name, content := range map[string]string{
		"quick start": existing + writeExample, "full configuration": fullExample + writeExample, "queue_config": fullExample + writeExample + queueExample,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint := harness.StartEndpoint(nil)
			t.Cleanup(endpoint.Close)
			path := filepath.Join(t.TempDir(), "prometheus.yml")
			write(t, path, fill(content, "ENDPOINT", endpoint.URL))
			c := startCollector(t, "prometheus:"+path)
			var first harness.Received
			require.NoError(t, c.Until(deadline(t), "a scrape is delivered", func(context.Context) error {
				for _, request := range endpoint.Received() {
					for i := range request.Series {
						if s := &request.Series[i]; s.Label("__name__") == "up" && s.Label("job") == "prometheus" {
							first = request
							return nil
						}
					}
				}
				return errors.New("not yet")
			}))
			assert.Equal(t, "Basic TFRBSTV0R3VpZGU6Z1VpRGUx", first.Header.Get("Authorization"))
			assert.NotContains(t, c.Output.String(), "not honoured")
			assert.Equal(t, 1, strings.Count(c.Output.String(), "scrapes only localhost:9090, which was Prometheus itself"), "one warning")
		})
	}
}
