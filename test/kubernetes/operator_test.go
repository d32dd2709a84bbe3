package kubernetes

import (
	"fmt"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// openTelemetryCollector is what the chart uses of the OpenTelemetry Operator's resource of that name, v1beta1. The operator's own module
// cannot be had from every module proxy; field names are those of its API reference (docs/api/opentelemetrycollectors.md).
type openTelemetryCollector struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Mode                          string                       `json:"mode"`
		Replicas                      int32                        `json:"replicas"`
		Image                         string                       `json:"image"`
		ImagePullPolicy               core.PullPolicy              `json:"imagePullPolicy"`
		ServiceAccount                string                       `json:"serviceAccount"`
		TerminationGracePeriodSeconds *int64                       `json:"terminationGracePeriodSeconds"`
		PodSecurityContext            *core.PodSecurityContext     `json:"podSecurityContext"`
		SecurityContext               *core.SecurityContext        `json:"securityContext"`
		Resources                     core.ResourceRequirements    `json:"resources"`
		Ports                         []core.ServicePort           `json:"ports"`
		VolumeMounts                  []core.VolumeMount           `json:"volumeMounts"`
		Volumes                       []core.Volume                `json:"volumes"`
		VolumeClaimTemplates          []core.PersistentVolumeClaim `json:"volumeClaimTemplates"`
		TargetAllocator               struct {
			Enabled            bool   `json:"enabled"`
			AllocationStrategy string `json:"allocationStrategy"`
			ServiceAccount     string `json:"serviceAccount"`
			PrometheusCR       struct {
				Enabled                bool                `json:"enabled"`
				ServiceMonitorSelector *meta.LabelSelector `json:"serviceMonitorSelector"`
				PodMonitorSelector     *meta.LabelSelector `json:"podMonitorSelector"`
				ProbeSelector          *meta.LabelSelector `json:"probeSelector"`
				ScrapeConfigSelector   *meta.LabelSelector `json:"scrapeConfigSelector"`
			} `json:"prometheusCR"`
		} `json:"targetAllocator"`
		Config map[string]any `json:"config"`
	} `json:"spec"`
}

func typeName(resource meta.Object) string { return fmt.Sprintf("%T", resource) }
