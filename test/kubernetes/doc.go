// Package kubernetes renders the Helm chart with the real Helm and checks what comes out, without a cluster:
//
//	golden_test.go  what each value of values.yaml changes; no value is without its case. After a wanted change:
//	                go test ./kubernetes -update, and read the difference
//	operator_test.go the OpenTelemetry Operator admits what is rendered for it
//	types_test.go   every resource decodes strictly into the Go type that the API server, or the operator, has for it
//	config_test.go  the collector itself loads the configuration inside each ConfigMap
//	agent_test.go   where agents run, and what they show and leave out there
//	gateway_test.go who may send to a gateway, and that it stays where its senders find it
//	monitoring_test.go  collectors are found by a PodMonitor, under a name that outlives their pods
//	names_test.go   names fit where Kubernetes puts them
//	refuse_test.go  mistakes in values are refused with the value's name
//	pods_test.go    the pods run in the Docker engine as their manifests say: an agent finds the kubelet and an annotated pod, and
//	                delivers through the gateway; node_test.go is what it finds
//	install_test.go the section of docs/install.md is followed to the letter, up to the cluster
//	keys_test.go    no pair is in what is rendered, and the Secret is for its pod alone
package kubernetes
