package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// startFault is a configuration merged over plainConfig. It names TAKEN, an address that something listens on, FREE, one that
// nothing does, and the files ABSENT and TEXT, which is no PEM.
type startFault struct {
	name   string
	config string
	starts bool
}

const plainConfig = `
receivers: {otlp: {protocols: {http: {endpoint: FREE}}}}
exporters: {managed_prometheus: {http: {endpoint: "http://127.0.0.1:1/api/v1/write"}, wal: {directory: DIR/wal}}}
extensions: {delivery_status: {endpoint: FREE}}
service:
  extensions: [delivery_status]
  telemetry: {metrics: {level: none}}
  pipelines: {metrics: {receivers: [otlp], exporters: [managed_prometheus]}}
`

// clientFaults are those of every component that has a client: what stands for it is its configuration with %s for the faulty part.
func clientFaults(component, section string) []startFault {
	faults := map[string]string{
		"CA is missing":                     "tls: {ca_file: ABSENT}",
		"CA is no PEM":                      "tls: {ca_file: TEXT}",
		"inline CA is no PEM":               "tls: {ca_pem: text}",
		"client certificate is missing":     "tls: {cert_file: ABSENT, key_file: ABSENT}",
		"client certificate is no PEM":      "tls: {cert_file: TEXT, key_file: TEXT}",
		"inline certificate is no PEM":      "tls: {cert_pem: text, key_pem: text}",
		"authenticator does not exist":      "auth: {authenticator: accesskey_atuh}",
		"authenticator is no authenticator": "auth: {authenticator: delivery_status}",
	}
	return expand(component, section, faults)
}

// serverFaults are those of every component that listens.
func serverFaults(component, section string) []startFault {
	return expand(component, section, map[string]string{
		"address is taken":               "endpoint: TAKEN",
		"certificate is missing":         "endpoint: FREE, tls: {cert_file: ABSENT, key_file: ABSENT}",
		"certificate is no PEM":          "endpoint: FREE, tls: {cert_file: TEXT, key_file: TEXT}",
		"authenticator does not exist":   "endpoint: FREE, auth: {authenticator: accesskey_atuh}",
		"authenticator serves no server": "endpoint: FREE, auth: {authenticator: delivery_status}",
	})
}

func expand(component, section string, faults map[string]string) []startFault {
	var all []startFault
	for name, fault := range faults {
		all = append(all, startFault{name: component + ": " + name, config: fmt.Sprintf(section, fault)})
	}
	return all
}

// pipelineOf has an exporter or a receiver in use beside, or in place of, the plain one.
func withExporter(id string) string {
	return "\nservice: {pipelines: {metrics: {exporters: [managed_prometheus, " + id + "]}}}"
}

func withReceiver(id string) string {
	return "\nservice: {pipelines: {metrics: {receivers: [" + id + "]}}}"
}

func withExtension(id string) string {
	return "\nservice: {extensions: [delivery_status, " + id + "]}"
}

func startFaults() []startFault {
	all := []startFault{
		{name: "nothing is wrong", starts: true},
		{name: "authenticator is not listed", config: `
extensions: {accesskey_auth: {static: {access_key_id: LTAI5tAbCdEfGh12345678, access_key_secret: abcdefghijklmnopqrstuvwxyz1234}}}
exporters: {managed_prometheus: {http: {auth: {authenticator: accesskey_auth}}}}`},
		{name: "log folder is a file", config: "exporters: {managed_prometheus: {wal: {directory: TEXT}}}"},
		{name: "telemetry address is taken", config: "service: {telemetry: {metrics: {level: normal, readers: [{pull: {exporter: {prometheus: {host: TAKENHOST, port: TAKENPORT}}}}]}}}"},
		{name: "two components, one address", config: "extensions: {zpages: {endpoint: '127.0.0.1:1'}, delivery_status: {endpoint: '127.0.0.1:1'}}" + withExtension("zpages")},
		{name: "storage does not exist", config: "exporters: {otlp_http: {endpoint: 'http://127.0.0.1:1', sending_queue: {storage: file_storage}}}" + withExporter("otlp_http")},
		{name: "storage folder does not exist", config: "extensions: {file_storage: {directory: ABSENT}}" + withExtension("file_storage")},
		{name: "storage folder is a file", config: "extensions: {file_storage: {directory: TEXT}}" + withExtension("file_storage")},
		{name: "bearer token file is missing", starts: true, config: "extensions: {bearertokenauth: {filename: ABSENT}}" + withExtension("bearertokenauth")},
		{name: "health_check: address is taken", config: "extensions: {health_check: {endpoint: TAKEN}}" + withExtension("health_check")},
		{name: "pprof: address is taken", config: "extensions: {pprof: {endpoint: TAKEN}}" + withExtension("pprof")},
		{name: "target certificate is missing", starts: true,
			config: "receivers: {prometheus_scrape: {config: {scrape_configs: [{job_name: a, tls_config: {ca_file: ABSENT}, static_configs: [{targets: ['127.0.0.1:1']}]}]}}}" + withReceiver("prometheus_scrape")},
		{name: "a component that is not used is faulty", starts: true, config: "exporters: {otlp_http: {endpoint: 'http://127.0.0.1:1', tls: {ca_file: ABSENT}}}"},
	}
	// k8s_attributes needs a cluster, and waits for it in its start.
	for processor, starts := range map[string]bool{
		"attributes: {actions: [{key: a, action: delete}]}": true, "batch: {}": true, "delta_to_cumulative: {}": true, "filter: {}": true,
		"memory_limiter: {check_interval: 1s, limit_mib: 100}": true, "metric_start_time: {}": true,
		"resource: {attributes: [{key: a, action: delete}]}": true, "resource_detection: {detectors: [env, system]}": true, "transform: {}": true,
		"memory_limiter: {}": false, "resource: {}": false,
	} {
		id, _, _ := strings.Cut(processor, ":")
		all = append(all, startFault{name: processor, starts: starts, config: "processors: {" + processor + "}\nservice: {pipelines: {metrics: {processors: [" + id + "]}}}"})
	}
	for receiver, starts := range map[string]bool{
		"host_metrics: {scrapers: {cpu: {}}}": true, "host_metrics: {scrapers: {cpu: {}}, root_path: ABSENT}": false,
		"prometheus: {config: {scrape_configs: [{job_name: a, static_configs: [{targets: ['127.0.0.1:1']}]}]}}":                                                   true,
		"prometheus: {config: {scrape_configs: [{job_name: a, authorization: {credentials_file: ABSENT}, static_configs: [{targets: ['127.0.0.1:1']}]}]}}":        false,
		"prometheus_scrape: {config: {scrape_configs: [{job_name: a, authorization: {credentials_file: ABSENT}, static_configs: [{targets: ['127.0.0.1:1']}]}]}}": true,
		"prometheus_scrape: {config: {scrape_config_files: [ABSENT]}}":                                                                                            false,
	} {
		id, _, _ := strings.Cut(receiver, ":")
		all = append(all, startFault{name: receiver, starts: starts, config: "receivers: {" + receiver + "}" + withReceiver(id)})
	}
	all = append(all, startFault{name: "debug", starts: true, config: "exporters: {debug: {}}" + withExporter("debug")})
	all = append(all, clientFaults("managed_prometheus", "exporters: {managed_prometheus: {http: {endpoint: 'https://127.0.0.1:1/api/v1/write', %s}}}")...)
	all = append(all, clientFaults("otlp_http", "exporters: {otlp_http: {endpoint: 'https://127.0.0.1:1', %s}}"+withExporter("otlp_http"))...)
	all = append(all, clientFaults("otlp_grpc", "exporters: {otlp_grpc: {endpoint: '127.0.0.1:1', %s}}"+withExporter("otlp_grpc"))...)
	all = append(all, clientFaults("prometheusremotewrite", "exporters: {prometheusremotewrite: {endpoint: 'https://127.0.0.1:1', %s}}"+withExporter("prometheusremotewrite"))...)
	all = append(all, clientFaults("load_balancing", "exporters: {load_balancing: {protocol: {otlp: {%s}}, resolver: {static: {hostnames: ['127.0.0.1:1']}}}}"+withExporter("load_balancing"))...)
	all = append(all, serverFaults("otlp http", "receivers: {otlp: {protocols: {http: {%s}}}}")...)
	all = append(all, serverFaults("otlp grpc", "receivers: {otlp: {protocols: {grpc: {%s}}}}")...)
	all = append(all, serverFaults("remote_write", "receivers: {remote_write: {http: {%s}}}"+withReceiver("remote_write"))...)
	all = append(all, serverFaults("delivery_status", "extensions: {delivery_status: {%s}}")...)
	all = append(all, serverFaults("zpages", "extensions: {zpages: {%s}}"+withExtension("zpages"))...)
	return all
}

// What `validate` finds and what keeps the collector from starting are the same, for every component that ships.
func TestValidateAndStartAgree(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	for _, fault := range startFaults() {
		// Temporary folders are named after the test, and stand in YAML.
		t.Run(strings.Map(func(r rune) rune {
			if strings.ContainsRune("{}[],'", r) {
				return -1
			}
			return r
		}, fault.name), func(t *testing.T) {
			t.Parallel()
			configs := fault.files(t, taken.Addr().String())
			output, valid := ends(t, append([]string{"validate"}, configs...)...)
			assert.Equal(t, fault.starts, valid, "validate: %s", output)

			binary, err := harness.Binary("msp-collector")
			require.NoError(t, err)
			process, err := harness.StartProcess(binary, configs, nil)
			require.NoError(t, err)
			t.Cleanup(process.Stop)
			err = process.Until(deadline(t, patience), "it runs", func(context.Context) error {
				if !strings.Contains(process.Output.String(), "Everything is ready") {
					return errors.New("not yet")
				}
				return nil
			})
			assert.Equal(t, fault.starts, err == nil, "start: %v", err)
		})
	}
}

// files writes the configuration and returns the arguments for it.
func (f startFault) files(t *testing.T, taken string) []string {
	t.Helper()
	directory := t.TempDir()
	text := filepath.Join(directory, "text")
	require.NoError(t, os.WriteFile(text, []byte("text"), 0o600))
	host, port, err := net.SplitHostPort(taken)
	require.NoError(t, err)
	var args []string
	for i, content := range []string{plainConfig, f.config} {
		for strings.Contains(content, "FREE") {
			content = strings.Replace(content, "FREE", freeAddress(t), 1)
		}
		content = strings.NewReplacer("TAKENHOST", host, "TAKENPORT", port, "TAKEN", taken,
			"ABSENT", filepath.Join(directory, "absent"), "TEXT", text, "DIR", directory).Replace(content)
		// Two documents merged by hand: a part in use needs a service section of its own.
		file := filepath.Join(directory, fmt.Sprintf("%d.yaml", i))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		args = append(args, "--config", file)
	}
	return args
}
