package kubernetes

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// agentConfig is what these tests ask of the agent's configuration.
type agentConfig struct {
	Extensions map[string]struct{ Endpoint string }
	Receivers  struct {
		HostMetrics struct {
			Scrapers struct {
				Filesystem struct {
					Exclude struct {
						MountPoints []string `json:"mount_points"`
					} `json:"exclude_mount_points"`
				}
			}
		} `json:"host_metrics"`
	}
	Service struct {
		Telemetry struct {
			Metrics struct {
				Readers []struct {
					Pull struct {
						Exporter struct{ Prometheus struct{ Host string } }
					}
				}
			}
		}
	}
}

func agentOf(t *testing.T, values ...string) (agentConfig, *apps.DaemonSet) {
	t.Helper()
	const name = "release-msp-collector-agent"
	resources := decoded(t, render(t, values...))
	var config agentConfig
	require.NoError(t, yaml.Unmarshal([]byte(configurations(t, resources)[name]["collector.yaml"]), &config))
	return config, find[*apps.DaemonSet](t, resources, name)
}

// On the node's network, page and metrics are for the node alone, and probes find them there.
func TestNodeNetwork(t *testing.T) {
	for _, c := range []struct {
		values                 []string
		status, metrics, probe string
	}{
		{nil, "0.0.0.0:8686", "0.0.0.0", ""},
		{[]string{"agent.hostNetwork=true"}, "127.0.0.1:8686", "127.0.0.1", "127.0.0.1"},
		{[]string{"agent.hostNetwork=true", "monitoring.podMonitor.enabled=true"}, "127.0.0.1:8686", "0.0.0.0", "127.0.0.1"},
	} {
		config, agent := agentOf(t, c.values...)
		assert.Equal(t, c.status, config.Extensions["delivery_status"].Endpoint, c.values)
		assert.Equal(t, c.metrics, config.Service.Telemetry.Metrics.Readers[0].Pull.Exporter.Prometheus.Host, c.values)
		container := agent.Spec.Template.Spec.Containers[0]
		assert.Equal(t, c.probe, container.StartupProbe.HTTPGet.Host, c.values)
		assert.Equal(t, c.probe, container.LivenessProbe.HTTPGet.Host, c.values)
		assert.Equal(t, c.probe, container.ReadinessProbe.HTTPGet.Host, c.values)
	}
}

// Pods come and go, and the file systems mounted for them with them; those of the node stay, a disk for the runtime's folder included.
func TestMountsOfPodsAreLeftOut(t *testing.T) {
	config, _ := agentOf(t)
	expressions := config.Receivers.HostMetrics.Scrapers.Filesystem.Exclude.MountPoints
	require.NotEmpty(t, expressions)
	excluded := func(path string) bool {
		for _, expression := range expressions {
			if regexp.MustCompile(expression).MatchString(path) {
				return true
			}
		}
		return false
	}
	for _, path := range []string{
		"/var/lib/kubelet/pods/0b0e/volumes/kubernetes.io~csi/disk/mount", "/var/lib/kubelet/plugins/kubernetes.io/csi/diskplugin/1/globalmount",
		"/var/lib/container/kubelet/pods/0b0e/volume-subpaths/wal/gateway/0", "/var/lib/containerd/tmpmounts/1",
		"/run/containerd/io.containerd.runtime.v2.task/k8s.io/0b0e/rootfs", "/var/lib/docker/overlay2/0b0e/merged", "/run/netns/cni-0b0e",
	} {
		assert.True(t, excluded(path), path)
	}
	for _, path := range []string{"/", "/boot", "/var/lib", "/var/lib/kubelet", "/var/lib/container", "/var/lib/containerd", "/data/var/lib/kubelet/x"} {
		assert.False(t, excluded(path), path)
	}
}

// No agent goes where it cannot run: to Windows, or to a virtual node, which the tolerations would let it onto.
func TestAgentsAreOnNodesOnly(t *testing.T) {
	_, agent := agentOf(t, `agent.nodeSelector={"pool":"a"}`)
	pod := agent.Spec.Template.Spec
	assert.Equal(t, map[string]string{"kubernetes.io/os": "linux", "pool": "a"}, pod.NodeSelector)
	terms := pod.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	require.Len(t, terms, 1)
	require.Len(t, terms[0].MatchExpressions, 1)
	assert.Equal(t, string(meta.LabelSelectorOpNotIn), string(terms[0].MatchExpressions[0].Operator))
	assert.Equal(t, []string{"virtual-kubelet"}, terms[0].MatchExpressions[0].Values)
}
