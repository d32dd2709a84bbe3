// Package e2e runs the built collector, on the configuration files users copy, against real programs: Prometheus as the
// remote-write endpoint, node_exporter as the target, a Docker engine for the image.
//
// What a passing test proves:
//
//	identity_test.go     every series a real node_exporter exposes arrives in a real Prometheus with its name, labels and,
//	                     where the value is constant, its exact value; job, instance and the external labels are right
//	differences_test.go  the one way in which a series is known to arrive changed
//	rotation_test.go     the AccessKey pair is replaced while samples flow, in every way a file can be replaced: delivery goes
//	                     on without a restart, and without losing a sample while either pair is valid
//	refusedkey_test.go   a refused pair is explained in the log, with cause and remedy; nothing the collector prints or
//	                     serves contains the secret in any encoding
//	protocol_test.go     an endpoint that offers HTTP/2 is spoken to in HTTP/1.1, with a User-Agent that names the version
//	distribution_test.go what ships is what builder-config.yaml lists; every configuration file validates and starts
//	otlp_test.go         metrics pushed over OTLP to the gateway arrive
//	image_test.go        the container image delivers with a mounted configuration and key
//	quickstart_test.go   what `make run` prints is true, its rotation commands work, and it leaves nothing behind
//	runbook_test.go      the steps of docs/rotation.md, a rollback and the wrong order lose no sample
//	reload_test.go       a configuration reload while the previous pair stands in for a refused one loses no sample
//	sources_test.go      pairs from a credentials URI, an ECS instance's role and RRSA deliver, through their renewals
//	filestyles_test.go   how long each way of changing a file takes to be noticed
//	leaks_test.go        logs, metrics, zpages, print-config and validate never hold the secret
//	brokenconfig_test.go validate says what is wrong with each broken accesskey_auth
//	serverauth_test.go   the receiving side of accesskey_auth, over HTTP and gRPC
//	gateway_test.go      a gateway that is killed again and again loses nothing of what Prometheus servers send
//	gateway_refusal_test.go  full or short of memory, it sends its senders away and has everything in the end
//	gateway_senders_test.go  passwords and certificates of senders and gateway change without a refused request
//	gateway_hosts_test.go    three hosts, one gateway, and every fault of the network between them
//
// `make e2e` in the root of the repository builds what is needed and runs them. Nothing is skipped: a missing binary or
// Docker engine is a failure that says what to do.
package e2e
