package kubernetes

import (
	"strings"
	"testing"

	operator "github.com/open-telemetry/opentelemetry-operator/apis/v1beta1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// types are the Go types of what the chart makes.
var types = map[string]func() meta.Object{
	"v1/ConfigMap":                                    func() meta.Object { return new(core.ConfigMap) },
	"v1/Service":                                      func() meta.Object { return new(core.Service) },
	"v1/ServiceAccount":                               func() meta.Object { return new(core.ServiceAccount) },
	"apps/v1/DaemonSet":                               func() meta.Object { return new(apps.DaemonSet) },
	"apps/v1/StatefulSet":                             func() meta.Object { return new(apps.StatefulSet) },
	"autoscaling/v2/HorizontalPodAutoscaler":          func() meta.Object { return new(autoscaling.HorizontalPodAutoscaler) },
	"policy/v1/PodDisruptionBudget":                   func() meta.Object { return new(policy.PodDisruptionBudget) },
	"networking.k8s.io/v1/NetworkPolicy":              func() meta.Object { return new(networking.NetworkPolicy) },
	"rbac.authorization.k8s.io/v1/ClusterRole":        func() meta.Object { return new(rbac.ClusterRole) },
	"rbac.authorization.k8s.io/v1/ClusterRoleBinding": func() meta.Object { return new(rbac.ClusterRoleBinding) },
	"monitoring.coreos.com/v1/PodMonitor":             func() meta.Object { return new(monitoring.PodMonitor) },
	"monitoring.coreos.com/v1/PrometheusRule":         func() meta.Object { return new(monitoring.PrometheusRule) },
	"opentelemetry.io/v1beta1/OpenTelemetryCollector": func() meta.Object { return new(operator.OpenTelemetryCollector) },
}

// decoded are the resources of a rendering, each decoded without a field that its type does not have.
func decoded(t *testing.T, rendered string) (resources []meta.Object) {
	t.Helper()
	for _, document := range strings.Split(rendered, "\n---\n") {
		var kind meta.TypeMeta
		require.NoError(t, yaml.Unmarshal([]byte(document), &kind), document)
		make, known := types[kind.APIVersion+"/"+kind.Kind]
		require.True(t, known, "%s %s has no type here", kind.APIVersion, kind.Kind)
		resource := make()
		require.NoError(t, yaml.UnmarshalStrict([]byte(document), resource), document)
		assert.NotEmpty(t, resource.GetName())
		resources = append(resources, resource)
	}
	return resources
}

// find is the resource of a type and name.
func find[T meta.Object](t *testing.T, resources []meta.Object, name string) T {
	t.Helper()
	for _, resource := range resources {
		if found, is := resource.(T); is && found.GetName() == name {
			return found
		}
	}
	require.FailNow(t, "not rendered: "+name)
	panic("unreachable")
}

// Every case decodes, and together they render every type.
func TestTypes(t *testing.T) {
	all := decoded(t, render(t, everything...))
	seen := map[string]bool{}
	for _, resource := range all {
		for name, make := range types {
			seen[name] = seen[name] || assert.ObjectsAreEqual(typeName(make()), typeName(resource))
		}
	}
	for name := range types {
		assert.True(t, seen[name], "%s is not rendered", name)
	}
	for key, change := range changes {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			decoded(t, render(t, change.values(key)...))
		})
	}
}
