package encode

import (
	"strings"

	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Attributes of a resource that identify what produced the metrics.
const (
	serviceName      = "service.name"
	serviceNamespace = "service.namespace"
	serviceInstance  = "service.instance.id"
)

// Labels of series that come from an instrumentation scope.
const (
	scopeName    = "otel_scope_name"
	scopeVersion = "otel_scope_version"
	scopeSchema  = "otel_scope_schema_url"
	scopePrefix  = "otel_scope_"
)

// ownScope ends the scope that contrib's receiver gives to metrics whose target exposed no scope itself.
const ownScope = "/receiver/prometheusreceiver"

// origin is where the metrics at hand come from.
type origin struct {
	resource pcommon.Map
	scope    pmetric.ScopeMetrics

	scraped, otlp bool              // there were such metrics
	newest        pcommon.Timestamp // time of their points
	up            float64           // the target's series up, when it was there at upAt
	upAt          pcommon.Timestamp
	front, back   []label
}

func (o *origin) begin(resource pcommon.Map) {
	*o = origin{resource: resource, front: o.front[:0], back: o.back[:0]}
}

func (o *origin) attribute(name string) string {
	if value, ok := o.resource.Get(name); ok {
		return value.AsString()
	}
	return ""
}

// identity returns job and instance as the specification makes them of a resource.
func (o *origin) identity(n *names) (job, instance string) {
	if name, ok := o.resource.Get(serviceName); ok {
		job = name.AsString()
		if namespace := o.attribute(serviceNamespace); namespace != "" {
			job = n.job(namespace, job)
		}
	}
	return job, o.attribute(serviceInstance)
}

// fixed returns the labels that all series of a kind get.
func (o *origin) fixed(k kind, s *state) fixed {
	o.front, o.back = o.front[:0], o.back[:0]
	if k == kindVerbatim || k == kindNone {
		return fixed{}
	}
	job, instance := o.attribute(serviceName), o.attribute(serviceInstance) // as scraped
	if k != kindScraped {
		job, instance = o.identity(s.names)
	}
	o.front = append(o.front, label{model.JobLabel, valid(job)}, label{model.InstanceLabel, valid(instance)})
	switch k {
	case kindScraped:
		o.scopeLabels()
	case kindOTLP:
		for _, name := range s.e.set.PromoteResourceAttributes {
			if translated := s.names.label(name); translated != "" {
				o.back = append(o.back, label{translated, valid(o.attribute(name))})
			}
		}
	}
	return fixed{o.front, o.back}
}

// scopeLabels gives back what contrib's receiver took for a scope: labels otel_scope_* of the series.
func (o *origin) scopeLabels() {
	scope := o.scope.Scope()
	if strings.HasSuffix(scope.Name(), ownScope) {
		return
	}
	o.back = append(o.back, label{scopeName, valid(scope.Name())}, label{scopeVersion, valid(scope.Version())}, label{scopeSchema, valid(o.scope.SchemaUrl())})
	for name, value := range scope.Attributes().All() {
		o.back = append(o.back, label{valid(scopePrefix + name), valid(value.AsString())})
	}
}
