package kubernetes

import (
	"fmt"
	"testing"

	"github.com/go-logr/logr"
	operator "github.com/open-telemetry/opentelemetry-operator/apis/v1beta1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
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

// Scrapers are started again when they hang: the operator finds out of the configuration how to ask them.
func TestScrapersHaveProbes(t *testing.T) {
	scraper := find[*operator.OpenTelemetryCollector](t, decoded(t, render(t, "targetAllocator.enabled=true")), "release-msp-collector-scraper")
	for _, of := range []func(logr.Logger) (*core.Probe, error){scraper.Spec.Config.GetLivenessProbe, scraper.Spec.Config.GetReadinessProbe} {
		probe, err := of(logr.Discard())
		require.NoError(t, err)
		require.NotNil(t, probe)
		assert.Equal(t, 13133, probe.HTTPGet.Port.IntValue())
	}
}
