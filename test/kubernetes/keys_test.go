package kubernetes

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
)

// The Secret is mounted as a whole folder, so that a changed one arrives, for nobody but the pod: mode 0400, to which the kubelet adds the
// group where there is an fsGroup, the gateway's own.
func TestSecret(t *testing.T) {
	resources := decoded(t, render(t, everything...))
	for name, pod := range map[string]core.PodSpec{
		"agent":   find[*apps.DaemonSet](t, resources, "release-msp-collector-agent").Spec.Template.Spec,
		"gateway": find[*apps.StatefulSet](t, resources, "release-msp-collector-gateway").Spec.Template.Spec,
	} {
		volume := keyVolume(pod)
		require.NotNil(t, volume, name)
		assert.Equal(t, int32(0o400), *volume.DefaultMode, name)
		for _, mount := range pod.Containers[0].VolumeMounts {
			assert.Empty(t, mount.SubPath, "%s: a file mounted by subPath never changes", name)
		}
		for _, variable := range pod.Containers[0].Env {
			assert.Nil(t, variable.ValueFrom.SecretKeyRef, name)
		}
	}
	behind := decoded(t, render(t, "gateway.enabled=true", `agent.sendTo="gateway"`))
	assert.Nil(t, keyVolume(find[*apps.DaemonSet](t, behind, "release-msp-collector-agent").Spec.Template.Spec))
}

func keyVolume(pod core.PodSpec) *core.SecretVolumeSource {
	for _, volume := range pod.Volumes {
		if volume.Secret != nil {
			return volume.Secret
		}
	}
	return nil
}

// The agent may list pods and read the kubelet's metrics; nothing is granted that its values do not need.
func TestLeastPrivilege(t *testing.T) {
	granted := func(values ...string) (rules []rbac.PolicyRule) {
		for _, resource := range decoded(t, render(t, values...)) {
			if role, is := resource.(*rbac.ClusterRole); is {
				rules = append(rules, role.Rules...)
			}
		}
		return rules
	}
	kubelet := rbac.PolicyRule{APIGroups: []string{""}, Resources: []string{"nodes/metrics"}, Verbs: []string{"get"}}
	pods := rbac.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list", "watch"}}
	assert.Equal(t, []rbac.PolicyRule{kubelet, pods}, granted())
	assert.Equal(t, []rbac.PolicyRule{pods}, granted("agent.kubelet.enabled=false"))
	assert.Empty(t, granted("agent.kubelet.enabled=false", "agent.annotatedPods.enabled=false", "gateway.enabled=true"))
	metrics := rbac.PolicyRule{NonResourceURLs: []string{"/metrics", "/metrics/*"}, Verbs: []string{"get"}}
	scrapers := granted("agent.enabled=false", "targetAllocator.enabled=true")
	assert.Equal(t, []rbac.PolicyRule{kubelet, metrics}, scrapers[:2])
	for _, rule := range scrapers {
		assert.NotContains(t, rule.Resources, "secrets")
	}
	nodes := rbac.PolicyRule{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"list", "watch"}}
	assert.Equal(t, []rbac.PolicyRule{nodes}, granted("agent.kubelet.enabled=false", "agent.annotatedPods.enabled=false",
		`agent.extraRules=[{"apiGroups":[""],"resources":["nodes"],"verbs":["list","watch"]}]`))
}
