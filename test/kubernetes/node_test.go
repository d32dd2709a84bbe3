package kubernetes

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What a pod on a node finds around it, as far as the agent asks for it: there is no Kubernetes to be had here.
const (
	nodeName = "node-1"
	nodeIP   = "127.0.0.71" // an address of loopback of its own, for the kubelet's port
	token    = "service-account-token"
)

// node is an API server that lists pods, a kubelet, and a service account's folder to reach both.
type node struct {
	api            *httptest.Server
	serviceAccount string
	selector       atomic.Value // the field selector that pods were asked for with
}

func startNode(t *testing.T, pods ...core.Pod) *node {
	t.Helper()
	n := &node{serviceAccount: t.TempDir()}
	n.api = httptest.NewTLSServer(authorized(func(w http.ResponseWriter, r *http.Request) { n.listPods(w, r, pods) }))
	t.Cleanup(n.api.CloseClientConnections) // watches never end
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.api.Certificate().Raw})
	for name, content := range map[string][]byte{"token": []byte(token), "ca.crt": ca, "namespace": []byte("monitoring")} {
		require.NoError(t, os.WriteFile(filepath.Join(n.serviceAccount, name), content, 0o600))
	}

	kubelet := httptest.NewUnstartedServer(authorized(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/metrics":
			_, _ = w.Write([]byte("# TYPE kubelet_running_pods gauge\nkubelet_running_pods 3\n"))
		case "/metrics/cadvisor":
			_, _ = w.Write([]byte("# TYPE container_memory_working_set_bytes gauge\ncontainer_memory_working_set_bytes{namespace=\"shop\",pod=\"cart\"} 42\n"))
		default:
			http.NotFound(w, r)
		}
	}))
	listener, err := net.Listen("tcp", net.JoinHostPort(nodeIP, "10250"))
	require.NoError(t, err)
	kubelet.Listener.Close()
	kubelet.Listener = listener
	kubelet.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	kubelet.StartTLS()
	t.Cleanup(kubelet.Close)
	return n
}

// authorized lets the service account in and nobody else.
func authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

// listPods answers what the agent's role allows, list and watch of pods, and nothing else.
func (n *node) listPods(w http.ResponseWriter, r *http.Request, pods []core.Pod) {
	w.Header().Set("Content-Type", "application/json")
	query := r.URL.Query()
	switch {
	case r.Method != http.MethodGet || r.URL.Path != "/api/v1/pods":
		w.WriteHeader(http.StatusForbidden)
	case query.Get("sendInitialEvents") == "true": // an API server before 1.32
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(meta.Status{Status: meta.StatusFailure, Reason: meta.StatusReasonInvalid, Code: http.StatusUnprocessableEntity})
	case query.Get("watch") != "":
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	default:
		n.selector.Store(query.Get("fieldSelector"))
		_ = json.NewEncoder(w).Encode(core.PodList{
			TypeMeta: meta.TypeMeta{APIVersion: "v1", Kind: "PodList"}, ListMeta: meta.ListMeta{ResourceVersion: "1"}, Items: pods,
		})
	}
}

// podAt is a running pod of the node, whose one container listens at a port.
func podAt(name, ip string, port int32, annotations, labels map[string]string) core.Pod {
	return core.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "shop", Annotations: annotations, Labels: labels},
		Spec: core.PodSpec{NodeName: nodeName, Containers: []core.Container{{
			Name: name, Ports: []core.ContainerPort{{ContainerPort: port}, {ContainerPort: port + 1}},
		}}},
		Status: core.PodStatus{Phase: core.PodRunning, PodIP: ip, HostIP: nodeIP},
	}
}
