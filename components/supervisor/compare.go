package supervisor

import (
	"reflect"

	"go.opentelemetry.io/collector/confmap"
)

func equal(a, b *confmap.Conf) bool { return reflect.DeepEqual(a.ToStringMap(), b.ToStringMap()) }

// receiversOnly reports whether two configurations differ in nothing but receivers, and in which pipelines have them: then the
// Collector restarts the receivers alone.
func receiversOnly(a, b *confmap.Conf) bool {
	return reflect.DeepEqual(withoutReceivers(a), withoutReceivers(b))
}

func withoutReceivers(conf *confmap.Conf) map[string]any {
	values := conf.ToStringMap()
	delete(values, "receivers")
	service, _ := values["service"].(map[string]any)
	pipelines, _ := service["pipelines"].(map[string]any)
	for _, pipeline := range pipelines {
		if pipeline, ok := pipeline.(map[string]any); ok {
			delete(pipeline, "receivers")
		}
	}
	return values
}
