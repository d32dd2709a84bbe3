package kubernetes

import (
	"slices"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	set "k8s.io/apimachinery/pkg/labels"
)

// A collector's instance is the same after its pod is replaced: MSPCollectorSilent, by job and instance, would fire at each replacement.
func TestInstancesOutlivePods(t *testing.T) {
	resources := decoded(t, render(t, "monitoring.podMonitor.enabled=true"))
	monitor := find[*monitoring.PodMonitor](t, resources, "release-msp-collector-pods")
	for part, want := range map[string]string{"agent": "node-1", "gateway": "pod-0", "opentelemetry-collector": "pod-0"} {
		builder := labels.NewBuilder(labels.FromMap(map[string]string{
			"__address__": "10.0.0.7:8888", "instance": "10.0.0.7:8888", "__meta_kubernetes_pod_name": "pod-0", "__meta_kubernetes_pod_node_name": "node-1",
			"__meta_kubernetes_pod_label_app_kubernetes_io_component": part,
		}))
		require.True(t, relabel.ProcessBuilder(builder, relabelings(t, monitor.Spec.PodMetricsEndpoints[0].RelabelConfigs)...))
		assert.Equal(t, want, builder.Labels().Get("instance"), part)
	}
}

// relabelings are what the Prometheus Operator makes of those of a monitor.
func relabelings(t *testing.T, of []monitoring.RelabelConfig) (configs []*relabel.Config) {
	t.Helper()
	for _, one := range of {
		config := relabel.DefaultRelabelConfig
		config.TargetLabel = one.TargetLabel
		config.NameValidationScheme = model.UTF8Validation
		for _, source := range one.SourceLabels {
			config.SourceLabels = append(config.SourceLabels, model.LabelName(source))
		}
		if one.Regex != "" {
			config.Regex = relabel.MustNewRegexp(one.Regex)
		}
		require.Nil(t, one.Replacement)
		configs = append(configs, &config)
	}
	return configs
}

// A PodMonitor selects the pods of every part: the operator puts labels of its own in the place of some of the scrapers'.
func TestPodMonitorSelectsEveryPart(t *testing.T) {
	for namespace, instance := range map[string]string{
		"monitoring":            "monitoring.release-msp-collector-scraper",
		strings.Repeat("n", 63): strings.Repeat("n", 33) + ".release-msp-collector-scraper",
	} {
		values := slices.Concat(required, []string{"monitoring.podMonitor.enabled=true", "targetAllocator.enabled=true"})
		rendered, stderr, err := helm(t, []string{"template", "--kube-version", "1.31.0", "--namespace", namespace, "release"}, values...)
		require.NoError(t, err, stderr)
		monitor := find[*monitoring.PodMonitor](t, decoded(t, rendered), "release-msp-collector-pods")
		selector, err := meta.LabelSelectorAsSelector(&monitor.Spec.Selector)
		require.NoError(t, err)
		for _, selected := range []string{"release", instance} {
			assert.True(t, selector.Matches(set.Set{"app.kubernetes.io/name": "msp-collector", "app.kubernetes.io/instance": selected}), selected)
		}
		assert.False(t, selector.Matches(set.Set{"app.kubernetes.io/name": "msp-collector", "app.kubernetes.io/instance": "other"}))
	}
}
