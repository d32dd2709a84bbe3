package kubernetes

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"

	"github.com/msp-collector/msp-collector/test/harness"
)

const patience = 90 * time.Second

// The pods of the chart, run by the Docker engine as their manifests say: an agent sends to the gateway what it finds on its node, and the gateway,
// which alone has the pair, delivers it.
func TestPodsDeliver(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	key := harness.NewAccessKey()
	prometheus, err := harness.StartPrometheus(ctx, harness.PrometheusSettings{Directory: t.TempDir(), Users: []harness.AccessKey{key}})
	require.NoError(t, err)
	t.Cleanup(prometheus.Stop)
	exporter, err := harness.StartNodeExporter(ctx, "")
	require.NoError(t, err)
	t.Cleanup(exporter.Stop)
	ip, declared, err := net.SplitHostPort(exporter.Address)
	require.NoError(t, err)
	port, err := strconv.Atoi(declared)
	require.NoError(t, err)
	annotated := map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": declared}
	ours := func(part string) map[string]string {
		return map[string]string{"app.kubernetes.io/name": "msp-collector", "app.kubernetes.io/component": part}
	}
	n := startNode(t, podAt("cart", ip, int32(port), annotated, nil), podAt("silent", ip, int32(port), nil, nil),
		podAt("gateway-0", ip, int32(port), annotated, ours("gateway")), podAt("agent-x7f2k", ip, int32(port), annotated, ours("agent")))

	// On the host's network, ports are shared with what else runs there.
	resources := decoded(t, render(t, `image.tag="dev"`, `cluster="chart"`, "gateway.enabled=true", `agent.sendTo="gateway"`, `agent.scrapeInterval="1s"`,
		"remoteWrite.url="+strconv.Quote(prometheus.RemoteWriteURL()), "agent.config="+elsewhere(t), "gateway.config="+elsewhere(t)))
	gateway := find[*apps.StatefulSet](t, resources, "release-msp-collector-gateway").Spec.Template.Spec
	secret := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(secret, "accesskey.json"), key.JSON(), 0o400))
	runPod(t, gateway, find[*core.ConfigMap](t, resources, "release-msp-collector-gateway"), "--volume", secret+":/var/run/secrets/accesskey:ro")
	agent := find[*apps.DaemonSet](t, resources, "release-msp-collector-agent").Spec.Template.Spec
	host, apiPort, err := net.SplitHostPort(n.api.Listener.Addr().String())
	require.NoError(t, err)
	runPod(t, agent, find[*core.ConfigMap](t, resources, "release-msp-collector-agent"),
		"--volume", n.serviceAccount+":/var/run/secrets/kubernetes.io/serviceaccount:ro",
		"--env", "KUBERNETES_SERVICE_HOST="+host, "--env", "KUBERNETES_SERVICE_PORT="+apiPort,
		"--add-host", "release-msp-collector-gateway.monitoring:127.0.0.1")

	for _, expression := range []string{
		`up{cluster="chart", job="kubelet", metrics_path="/metrics", node="node-1", instance="node-1"} == 1`,
		`container_memory_working_set_bytes{job="kubelet", metrics_path="/metrics/cadvisor", node="node-1", namespace="shop", pod="cart"} == 42`,
		`node_cpu_seconds_total{job="kubernetes-pods", namespace="shop", pod="cart", node="node-1", cpu="0", mode="idle"}`,
		`up{job="kubernetes-pods", pod="gateway-0", instance="gateway-0"}`, // collectors that outlive their pods' addresses
		`up{job="kubernetes-pods", pod="agent-x7f2k", instance="node-1"}`,
		`system_memory_usage_bytes{job="host", instance="node-1", state="free"}`,
	} {
		require.NoError(t, harness.Until(ctx, expression, func(ctx context.Context) error {
			found, err := prometheus.Query(ctx, expression)
			if err == nil && len(found) == 0 {
				err = errors.New("not there yet")
			}
			return err
		}))
	}
	targets, err := prometheus.Query(ctx, `up{job="kubernetes-pods"}`)
	require.NoError(t, err)
	assert.Len(t, targets, 3, "%v: each annotated pod, once", targets)
	assert.Equal(t, "spec.nodeName="+nodeName, n.selector.Load(), "an agent asks for the pods of its node only")
}

// elsewhere is configuration that has the status page and the metrics at free ports.
func elsewhere(t *testing.T) string {
	t.Helper()
	var addresses [4]string
	for i := range addresses {
		address, err := harness.FreeAddress()
		require.NoError(t, err)
		addresses[i] = address
	}
	_, port, err := net.SplitHostPort(addresses[1])
	require.NoError(t, err)
	return fmt.Sprintf(`{"extensions":{"delivery_status":{"endpoint":%q}},
		"service":{"telemetry":{"metrics":{"readers":[{"pull":{"exporter":{"prometheus":{"host":"127.0.0.1","port":%s}}}}]}}}}`, addresses[0], port)
}

// runPod runs the one container of a pod as the manifest says. Options of Docker say what the cluster would put in.
func runPod(t *testing.T, pod core.PodSpec, config *core.ConfigMap, options ...string) {
	t.Helper()
	container := pod.Containers[0]
	name := "msp-collector-pod-" + container.Name + "-" + strings.ToLower(rand.Text()[:8])
	user := strconv.FormatInt(*pod.SecurityContext.RunAsUser, 10)
	args := []string{"run", "--detach", "--name", name, "--network", "host", "--user", user + ":" + strconv.FormatInt(*pod.SecurityContext.RunAsGroup, 10),
		"--memory", strconv.FormatInt(container.Resources.Limits.Memory().Value(), 10)}
	if *container.SecurityContext.ReadOnlyRootFilesystem {
		args = append(args, "--read-only")
	}
	for _, capability := range container.SecurityContext.Capabilities.Drop {
		args = append(args, "--cap-drop", string(capability))
	}
	fields := map[string]string{"spec.nodeName": nodeName, "status.hostIP": nodeIP}
	for _, variable := range container.Env {
		args = append(args, "--env", variable.Name+"="+fields[variable.ValueFrom.FieldRef.FieldPath])
	}
	directory := t.TempDir()
	for file, content := range config.Data {
		require.NoError(t, os.MkdirAll(filepath.Join(directory, "config"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(directory, "config", file), []byte(content), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(directory, "wal"), 0o700))
	for _, mount := range container.VolumeMounts {
		switch mount.Name {
		case "config", "wal":
			args = append(args, "--volume", filepath.Join(directory, mount.Name)+":"+mount.MountPath)
		case "root":
			args = append(args, "--volume", "/:"+mount.MountPath+":ro")
		}
	}
	// fsGroup, in a cluster: volumes and the Secret belong to the pod.
	for i, option := range options {
		if option == "--volume" {
			chown(t, user, strings.Split(options[i+1], ":")[0])
		}
	}
	chown(t, user, directory)
	t.Cleanup(func() {
		if t.Failed() {
			output, _ := exec.Command("docker", "logs", "--tail", "20", name).CombinedOutput()
			t.Logf("last output of %s:\n%s", name, output)
		}
		_ = exec.Command("docker", "rm", "--force", name).Run()
	})
	output, err := exec.Command("docker", append(append(append(args, options...), container.Image), container.Args...)...).CombinedOutput()
	require.NoError(t, err, "%s\nA running Docker engine and `make image` are needed for this test.", output)
}

func chown(t *testing.T, user, path string) {
	t.Helper()
	output, err := exec.Command("chown", "--recursive", user+":"+user, path).CombinedOutput()
	require.NoError(t, err, "%s", output)
}
