package kubernetes

import (
	"fmt"
	"testing"

	operator "github.com/open-telemetry/opentelemetry-operator/apis/v1beta1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func typeName(resource meta.Object) string { return fmt.Sprintf("%T", resource) }

// The OpenTelemetry Operator admits what the chart makes, whatever the values, and does not admit what the chart refuses.
func TestOperatorAdmitsScrapers(t *testing.T) {
	admit := func(values ...string) error {
		scraper := find[*operator.OpenTelemetryCollector](t, decoded(t, render(t, values...)), "release-msp-collector-scraper")
		require.NoError(t, operator.CollectorWebhook{}.Default(t.Context(), scraper))
		scraper.Spec.TargetAllocator.PrometheusCR.Enabled = false // with it, a cluster would be asked for permissions
		_, err := operator.CollectorWebhook{}.Validate(t.Context(), scraper)
		return err
	}
	assert.NoError(t, admit("targetAllocator.enabled=true", "targetAllocator.scrapeConfigs="+scrape))
	assert.ErrorContains(t, admit("targetAllocator.enabled=true"), "at least one scrape config needs to be defined")
}
