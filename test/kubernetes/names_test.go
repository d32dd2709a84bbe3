package kubernetes

import (
	"slices"
	"strings"
	"testing"

	operator "github.com/open-telemetry/opentelemetry-operator/apis/v1beta1"
	"github.com/stretchr/testify/assert"
	apps "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// The longest release name that Helm takes makes names that Kubernetes takes, for the pods of StatefulSets too: the label
// controller-revision-hash holds the set's name and a hash.
func TestLongNames(t *testing.T) {
	const hash = "-1234567890"
	long := strings.Repeat("r", 53)
	rendered, stderr, err := helm(t, append(slices.Clone(template[:len(template)-1]), long), slices.Concat(required, everything)...)
	assert.NoError(t, err, stderr)
	for _, resource := range decoded(t, rendered) {
		assert.Empty(t, validation.IsDNS1123Subdomain(resource.GetName()))
		for _, value := range resource.GetLabels() {
			assert.Empty(t, validation.IsValidLabelValue(value))
		}
		switch resource := resource.(type) {
		case *apps.StatefulSet:
			assert.Empty(t, validation.IsValidLabelValue(resource.Name+hash))
		case *operator.OpenTelemetryCollector:
			assert.Empty(t, validation.IsValidLabelValue(resource.Name+"-collector"+hash), "the name that the operator gives the StatefulSet")
		}
	}
}
