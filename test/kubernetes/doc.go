// Package kubernetes renders the Helm chart with the real Helm and checks what comes out, without a cluster:
//
//	golden_test.go  what each value of values.yaml changes; no value is without its case. After a wanted change:
//	                go test ./kubernetes -update, and read the difference
//	types_test.go   every resource decodes strictly into the Go type that the API server, or the operator, has for it
//	config_test.go  the collector itself loads the configuration inside each ConfigMap
//	refuse_test.go  mistakes in values are refused with the value's name
//	keys_test.go    no pair is in what is rendered, and the Secret is readable by its owner only
package kubernetes
