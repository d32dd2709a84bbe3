package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

// NodeExporter is a running node_exporter.
type NodeExporter struct {
	*Process
	Address string
}

// StartNodeExporter starts node_exporter with its default collectors; textfiles, when not empty, is a folder of *.prom files
// it exposes as well.
func StartNodeExporter(ctx context.Context, textfiles string) (*NodeExporter, error) {
	binary, err := Binary("node_exporter")
	if err != nil {
		return nil, err
	}
	n := &NodeExporter{}
	if n.Address, err = FreeAddress(); err != nil {
		return nil, err
	}
	args := []string{"--web.listen-address=" + n.Address, "--collector.textfile.directory=" + textfiles}
	if n.Process, err = StartProcess(binary, args, nil); err != nil {
		return nil, err
	}
	if err := n.Until(ctx, "node_exporter answers", func(ctx context.Context) error {
		_, err := Fetch(ctx, "http://"+n.Address+"/metrics")
		return err
	}); err != nil {
		n.Stop()
		return nil, err
	}
	return n, nil
}

// WriteTargets writes a file_sd file that names the node_exporter.
func (n *NodeExporter) WriteTargets(path string) error {
	content, err := json.Marshal([]map[string][]string{{"targets": {n.Address}}})
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// Fetch gets a page and fails on anything but 200.
func Fetch(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("GET %s: %s: %.200s", url, response.Status, body)
	}
	return string(body), nil
}
