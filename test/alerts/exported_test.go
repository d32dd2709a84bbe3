package alerts

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"

	"github.com/msp-collector/msp-collector/test/harness"
)

// described is what the binary says of one of its metrics.
type described struct {
	Scope, Name, Kind, Unit, Description string
	Attributes                           []string
}

// exported takes the binary's own metrics by OTLP, where they have units.
type exported struct {
	url string

	mu  sync.Mutex
	all map[string]*described
}

func startExported(t *testing.T) *exported {
	t.Helper()
	e := &exported{all: map[string]*described{}}
	server := httptest.NewServer(http.HandlerFunc(e.take))
	t.Cleanup(server.Close)
	e.url = server.URL
	return e
}

func (e *exported) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	request := pmetricotlp.NewExportRequest()
	if err != nil || request.UnmarshalProto(body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, resource := range request.Metrics().ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, m := range scope.Metrics().All() {
				e.note(scope.Scope().Name(), m)
			}
		}
	}
}

func (e *exported) note(scope string, m pmetric.Metric) {
	d := e.all[m.Name()]
	if d == nil {
		d = &described{Scope: scope, Name: m.Name(), Unit: m.Unit(), Description: m.Description()}
		e.all[m.Name()] = d
	}
	var points pmetric.NumberDataPointSlice
	switch m.Type() {
	case pmetric.MetricTypeSum:
		d.Kind, points = "counter", m.Sum().DataPoints()
	case pmetric.MetricTypeGauge:
		d.Kind, points = "gauge", m.Gauge().DataPoints()
	default:
		return
	}
	for _, p := range points.All() {
		p.Attributes().Range(func(name string, _ pcommon.Value) bool {
			if !slices.Contains(d.Attributes, name) {
				d.Attributes = append(d.Attributes, name)
				slices.Sort(d.Attributes)
			}
			return true
		})
	}
}

// until waits until a metric has come.
func (e *exported) until(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, harness.Until(deadline(t), name+" is exported", func(context.Context) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.all[name] == nil {
			return errors.New("not yet")
		}
		return nil
	}))
}
