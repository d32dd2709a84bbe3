package managedprometheusexporter

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/delivery"
	"github.com/msp-collector/msp-collector/components/status"
)

// shower is an extension that shows, and an authenticator that tells of its pair.
type shower struct {
	component.StartFunc
	component.ShutdownFunc

	mu      sync.Mutex
	reports map[component.ID]status.Report
}

func (s *shower) Register(id component.ID, report status.Report) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports[id] = report
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.reports, id)
	}
}

// report is what a component reports; nothing when it is not there.
func (s *shower) report(id component.ID) status.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reports[id]
}

func (*shower) RoundTripper(base http.RoundTripper) (http.RoundTripper, error) { return base, nil }

func (*shower) Pair(url string) status.Pair { return status.Pair{ID: "LTAI****abcd", Source: url} }

func (*shower) Credential() diagnosis.Credential { return diagnosis.AccessKeyPair }

type hostOf map[component.ID]component.Component

func (h hostOf) GetExtensions() map[component.ID]component.Component { return h }

func TestDestinationIsShown(t *testing.T) {
	shows := &shower{reports: map[component.ID]status.Report{}}
	endpoint := newReceiver(t)
	config := endpoint.config(t)
	auth := component.MustNewID("shower")
	config.HTTP.Auth = configoptional.Some(configauth.Config{AuthenticatorID: auth})
	config.HTTP.Endpoint += "?token=secret"
	set := exportertest.NewNopSettings(componentType)
	e, err := newExporter(set, config)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), hostOf{auth: shows}))
	shown := func() status.Destination { return shows.reports[set.ID].Destination() }
	require.Equal(t, status.Delivering, shown().State)
	require.Nil(t, shown().Answer)

	at := time.Now()
	require.NoError(t, e.ConsumeMetrics(t.Context(), gauge(1, at)))
	require.Eventually(t, func() bool { return shown().Delivered == 1 }, time.Minute, time.Millisecond)
	d := shown()
	require.Equal(t, endpoint.URL+"/api/v1/write", d.Endpoint, "without the query, which may be a token")
	require.Equal(t, http.StatusNoContent, d.Answer.Status)
	require.Equal(t, at.UnixMilli(), d.NewestDelivered.UnixMilli())
	require.Contains(t, d.Delivery.Labels, [2]string{"__name__", "queue_length"})
	require.Equal(t, "LTAI****abcd", d.Pair.ID)
	require.Equal(t, "1.0", d.Protocol)
	require.Equal(t, dropOldest, d.WAL.WhenFull)
	require.Positive(t, d.WAL.MaxBytes)
	require.Empty(t, d.Dropped)

	endpoint.answer(http.StatusForbidden)
	require.NoError(t, e.ConsumeMetrics(t.Context(), gauge(2, at.Add(time.Second))))
	require.Eventually(t, func() bool { return shown().State == status.Held }, time.Minute, time.Millisecond)
	require.Equal(t, "permission_denied", shown().Diagnosis.Reason)
	require.NoError(t, e.Shutdown(context.Background()))
	require.Empty(t, shows.reports, "what has gone is not shown")
}

func TestClocksThatDifferAreToldOf(t *testing.T) {
	require.Nil(t, answer(nil))
	require.Empty(t, answer(&delivery.Answered{}).Note)
	require.Contains(t, answer(&delivery.Answered{Skew: 20 * time.Minute}).Note, "20m0s ahead")
	require.Contains(t, answer(&delivery.Answered{Skew: -20 * time.Minute}).Note, "20m0s behind")
}

// bearer is an authenticator that knows of a pair and sends other credentials.
type bearer struct{ shower }

func (*bearer) Credential() diagnosis.Credential { return diagnosis.BearerToken }

// The log names the pair that is sent, and none where other credentials are.
func TestWhatTheLogSaysOfADestination(t *testing.T) {
	auth := component.MustNewID("shower")
	config := newReceiver(t).config(t)
	names := func(host component.Host) (all []string) {
		for _, field := range config.describe(host)() {
			all = append(all, field.Key)
		}
		return all
	}
	require.Equal(t, []string{"endpoint"}, names(hostOf{}))
	config.HTTP.Auth = configoptional.Some(configauth.Config{AuthenticatorID: auth})
	require.Equal(t, []string{"endpoint", "access_key_id", "source"}, names(hostOf{auth: &shower{}}))
	require.Equal(t, []string{"endpoint"}, names(hostOf{auth: &bearer{}}))
}
