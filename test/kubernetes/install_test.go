package kubernetes

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"

	"github.com/msp-collector/msp-collector/test/harness"
)

// Stand-ins for a cluster: kubectl notes what it is asked for, helm renders what it would install.
const (
	kubectl = "#!/bin/sh\necho \"kubectl $*\"\n"
	install = "#!/bin/sh -e\ntest \"$1\" = install\nshift\nexec \"$HELM\" template --kube-version 1.31.0 \"$@\" > \"$RENDERED\"\n"
)

// The section for Kubernetes is followed to the letter, up to the cluster.
func TestInstallOnKubernetes(t *testing.T) {
	root, err := harness.Root()
	require.NoError(t, err)
	binary, err := harness.Binary("helm")
	require.NoError(t, err)
	made := exec.Command("make", "--directory", root, "chart")
	output, err := made.CombinedOutput()
	require.NoError(t, err, "%s", output)

	tools, rendered := t.TempDir(), filepath.Join(t.TempDir(), "rendered.yaml")
	for name, script := range map[string]string{"kubectl": kubectl, "helm": install} {
		require.NoError(t, os.WriteFile(filepath.Join(tools, name), []byte(script), 0o700))
	}
	blocks, err := harness.InstallSteps("Kubernetes", "https://...", "https://destination.example/api/v1/write")
	require.NoError(t, err)
	require.Len(t, blocks, 2, "what installs it, and what looks at it")
	shell := exec.Command("bash", "-euc", strings.Join(blocks, "\n"))
	shell.Dir = root
	shell.Env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"), "HELM="+binary, "RENDERED="+rendered)
	output, err = shell.CombinedOutput()
	require.NoError(t, err, "%s", output)

	content, err := os.ReadFile(rendered)
	require.NoError(t, err)
	agent := find[*apps.DaemonSet](t, decoded(t, string(content)), "msp-collector-agent")
	volume := keyVolume(agent.Spec.Template.Spec)
	require.NotNil(t, volume)
	for _, says := range []string{
		"create namespace " + agent.Namespace, "create secret generic " + volume.SecretName + " --from-file=accesskey.json",
		"rollout status daemonset/" + agent.Name, "port-forward daemonset/" + agent.Name + " 8686",
	} {
		assert.Contains(t, string(output), says)
	}
	assert.Contains(t, string(content), "path: /var/run/secrets/accesskey/accesskey.json", "the key that --from-file makes")
}
