package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// Prometheus is a real Prometheus server that takes remote write with basic auth: the stand-in for a managed instance.
type Prometheus struct {
	*Process
	*Client

	webConfig   string
	certificate *Certificate
}

// PrometheusSettings say how a Prometheus is started.
type PrometheusSettings struct {
	Directory   string       // holds configuration and data
	Address     string       // host:port; a free one when empty
	Users       []AccessKey  // accepted pairs, at least one
	Certificate *Certificate // serves https, HTTP/2 included, when set
	Config      string       // its prometheus.yml; scrapes nothing when empty
	Features    []string     // feature flags
	Agent       bool         // it is a Prometheus agent, which stores nothing and only sends
}

// StartPrometheus starts the server and waits until it is ready.
func StartPrometheus(ctx context.Context, settings PrometheusSettings) (*Prometheus, error) {
	binary, err := Binary("prometheus")
	if err != nil {
		return nil, err
	}
	if settings.Address == "" {
		if settings.Address, err = FreeAddress(); err != nil {
			return nil, err
		}
	}
	p := &Prometheus{
		Client:      newClient(settings),
		webConfig:   filepath.Join(settings.Directory, "web.yml"),
		certificate: settings.Certificate,
	}
	config := filepath.Join(settings.Directory, "prometheus.yml")
	if settings.Config == "" {
		settings.Config = "# Scrapes nothing: everything arrives by remote write.\n"
	}
	if err := os.WriteFile(config, []byte(settings.Config), 0o600); err != nil {
		return nil, err
	}
	if err := p.Accept(settings.Users...); err != nil {
		return nil, err
	}
	args := []string{
		"--config.file=" + config,
		"--web.config.file=" + p.webConfig,
		"--web.listen-address=" + settings.Address,
		"--web.enable-remote-write-receiver",
	}
	if data := filepath.Join(settings.Directory, "data"); settings.Agent {
		args = append(args, "--agent", "--storage.agent.path="+data)
	} else {
		args = append(args, "--storage.tsdb.path="+data)
	}
	if len(settings.Features) > 0 {
		args = append(args, "--enable-feature="+strings.Join(settings.Features, ","))
	}
	if p.Process, err = StartProcess(binary, args, nil); err != nil {
		return nil, err
	}
	if err := p.Until(ctx, "Prometheus is ready", p.Ready); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

// Accept makes these pairs, and no others, the valid ones from the next request on: Prometheus reads its web
// configuration for every request. Queries use the first pair.
func (p *Prometheus) Accept(users ...AccessKey) error {
	content, err := WebConfig(p.certificate, users...)
	if err != nil {
		return err
	}
	next := p.webConfig + ".next"
	if err := os.WriteFile(next, content, 0o600); err != nil {
		return err
	}
	if err := os.Rename(next, p.webConfig); err != nil { // never a half-written file
		return err
	}
	p.useKey(users[0])
	return nil
}

// RemoteWriteURL is where samples are sent.
func (p *Prometheus) RemoteWriteURL() string { return p.URL + "/api/v1/write" }

// WebConfig is a Prometheus web configuration file that accepts the given pairs.
func WebConfig(certificate *Certificate, users ...AccessKey) ([]byte, error) {
	if len(users) == 0 {
		return nil, errors.New("without users, Prometheus would accept everyone")
	}
	var config strings.Builder
	if certificate != nil {
		fmt.Fprintf(&config, "tls_server_config:\n  cert_file: %s\n  key_file: %s\n", certificate.CertFile, certificate.KeyFile)
	}
	config.WriteString("basic_auth_users:\n")
	for _, user := range users {
		hash, err := bcrypt.GenerateFromPassword([]byte(user.Secret), bcrypt.MinCost)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&config, "  %s: %s\n", user.ID, hash)
	}
	return []byte(config.String()), nil
}
