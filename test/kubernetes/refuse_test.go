package kubernetes

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/msp-collector/msp-collector/test/harness"
)

// What cannot work is refused before anything is installed, with the value to look at.
func TestMistakesAreRefused(t *testing.T) {
	for name, mistake := range map[string]struct {
		values []string
		says   []string
	}{
		"no URL":        {nil, []string{"remoteWrite.url is missing"}},
		"no pair":       {required[:1], []string{"set accessKey.secretName", "rrsa.roleName"}},
		"pair and role": {append(required, `rrsa.roleName="r"`), []string{"accessKey.secretName and rrsa.roleName are both set"}},
		"no image":      {required[:2], []string{"image.repository is missing", "make image"}},
		"no part":       {append(required, "agent.enabled=false"), []string{"nothing to install"}},
		"no gateway":    {append(required, `agent.sendTo="gateway"`), []string{"set gateway.enabled"}},
		"min above max": {
			append(required, "gateway.enabled=true", "gateway.autoscaling.enabled=true", "gateway.autoscaling.minReplicas=11"),
			[]string{"gateway.autoscaling.minReplicas is 11", "raise maxReplicas"},
		},
		"a log above its volume": {
			append(required, "gateway.enabled=true", `gateway.wal.size="9.5Gi"`, `gateway.wal.maxSize="9729MiB"`),
			[]string{"gateway.wal.maxSize is 9729MiB", "raise gateway.wal.size"},
		},
		"a scraper's log above its volume": {
			append(required, "targetAllocator.enabled=true", `targetAllocator.wal.maxSize="1TiB"`), []string{"targetAllocator.wal.maxSize"},
		},
		"nothing to divide": {
			append(required, "targetAllocator.enabled=true", "targetAllocator.prometheusCR.enabled=false"),
			[]string{"set targetAllocator.prometheusCR.enabled", "targetAllocator.scrapeConfigs"},
		},
		"a pair in values":   {append(required, `accessKey.secret="s"`), []string{"accessKey", "secret"}},
		"unknown value":      {append(required, `agent.hostnetwork=true`), []string{"agent", "hostnetwork"}},
		"unknown place":      {append(required, `agent.sendTo="cloud"`), []string{"agent", "sendTo"}},
		"no duration":        {append(required, `agent.scrapeInterval="often"`), []string{"agent", "scrapeInterval"}},
		"no size":            {append(required, `gateway.wal.maxSize="9 GB"`), []string{"gateway", "maxSize"}},
		"no replicas":        {append(required, `gateway.replicas=0`), []string{"gateway", "replicas"}},
		"a URL of something": {[]string{`remoteWrite.url="ftp://x"`, required[1], required[2]}, []string{"remoteWrite", "url"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, err := helm(t, template, mistake.values...)
			require.Error(t, err)
			assert.Empty(t, stdout)
			for _, says := range mistake.says {
				assert.Contains(t, stderr, says)
			}
		})
	}
}

// The chart installs the collector that it was made with.
func TestVersions(t *testing.T) {
	var made struct{ Version, AppVersion string }
	content, err := os.ReadFile(filepath.Join(chart(t), "Chart.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(content, &made))
	root, err := harness.Root()
	require.NoError(t, err)
	content, err = os.ReadFile(filepath.Join(root, "builder-config.yaml"))
	require.NoError(t, err)
	var builder struct{ Dist struct{ Version string } }
	require.NoError(t, yaml.Unmarshal(content, &builder))
	assert.Equal(t, builder.Dist.Version, made.Version)
	assert.Equal(t, builder.Dist.Version, made.AppVersion)
}
