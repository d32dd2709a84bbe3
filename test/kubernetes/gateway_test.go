package kubernetes

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Who may send: nobody that can is shut out unless the values say so.
func TestSenders(t *testing.T) {
	pods := networking.NetworkPolicyPeer{NamespaceSelector: &meta.LabelSelector{}}
	named := networking.NetworkPolicyPeer{IPBlock: &networking.IPBlock{CIDR: "10.0.0.0/8"}}
	agents := networking.NetworkPolicyPeer{PodSelector: &meta.LabelSelector{MatchLabels: map[string]string{
		"app.kubernetes.io/name": "msp-collector", "app.kubernetes.io/instance": "release", "app.kubernetes.io/component": "agent",
	}}}
	from, toGateway := `gateway.networkPolicy.from=[{"ipBlock":{"cidr":"10.0.0.0/8"}}]`, `agent.sendTo="gateway"`
	for name, c := range map[string]struct {
		values []string
		want   []networking.NetworkPolicyPeer
	}{
		"pods":                              {nil, []networking.NetworkPolicyPeer{pods}},
		"agents, which are pods":            {[]string{toGateway}, []networking.NetworkPolicyPeer{pods}},
		"agents on the nodes' network":      {[]string{toGateway, "agent.hostNetwork=true"}, nil},
		"nodes' network, but no gateway":    {[]string{"agent.hostNetwork=true"}, []networking.NetworkPolicyPeer{pods}},
		"a load balancer":                   {[]string{`gateway.service.type="LoadBalancer"`}, nil},
		"a port of the nodes":               {[]string{`gateway.service.type="NodePort"`}, nil},
		"named":                             {[]string{from}, []networking.NetworkPolicyPeer{named}},
		"named, of a load balancer":         {[]string{from, `gateway.service.type="LoadBalancer"`}, []networking.NetworkPolicyPeer{named}},
		"named, and the release's agents":   {[]string{from, toGateway}, []networking.NetworkPolicyPeer{named, agents}},
		"named, and agents that are absent": {[]string{from, toGateway, "agent.enabled=false"}, []networking.NetworkPolicyPeer{named}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy := find[*networking.NetworkPolicy](t, decoded(t, render(t, append(c.values, "gateway.enabled=true")...)), "release-msp-collector-gateway")
			require.Len(t, policy.Spec.Ingress, 2)
			assert.Equal(t, c.want, policy.Spec.Ingress[0].From)
			require.Len(t, policy.Spec.Ingress[0].Ports, 3)
			assert.Empty(t, policy.Spec.Ingress[1].From, "probes and scrapes")
		})
	}
}

// A gateway keeps its senders while its log is full, and its log while it has one: nothing else keeps samples in order.
func TestGatewaysStay(t *testing.T) {
	const name = "release-msp-collector-gateway"
	resources := decoded(t, render(t, "gateway.enabled=true", "gateway.autoscaling.enabled=true"))
	container := find[*apps.StatefulSet](t, resources, name).Spec.Template.Spec.Containers[0]
	assert.Equal(t, "/live", container.ReadinessProbe.HTTPGet.Path)
	down := find[*autoscaling.HorizontalPodAutoscaler](t, resources, name).Spec.Behavior.ScaleDown
	assert.Equal(t, autoscaling.DisabledPolicySelect, *down.SelectPolicy)
}
