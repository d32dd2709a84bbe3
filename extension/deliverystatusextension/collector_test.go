package deliverystatusextension

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestConfigsOfACommandLine(t *testing.T) {
	assert.Equal(t, []string{"/etc/agent.yaml", "prometheus:/etc/prometheus.yml", "yaml:...", "https:...", "env:CONFIG", "last.yaml"}, configsOf([]string{
		"--config", "/etc/agent.yaml", "--config=prometheus:/etc/prometheus.yml", "--config=yaml:exporters::x::secret: s3cret", "-config", "https://u:p@host/?t=1",
		"--config=env:CONFIG", "--feature-gates=config", "--config=file:last.yaml", "--config",
	}))
	assert.Empty(t, configsOf(nil))
}
