package dropin

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

// authentications are entries of remote_write for an endpoint that is not Alibaba Cloud's, and what Prometheus sends for
// them. FILE holds the content of file, and USER stands in front of the host of the URL.
var authentications = map[string]struct{ user, entry, file, wants string }{
	"password-alone":     {entry: "basic_auth: {password: glc_abc}", wants: "basic :glc_abc"},
	"user-alone":         {entry: "basic_auth: {username: apikey-123}", wants: "basic apikey-123:"},
	"empty-password":     {entry: "basic_auth: {username: u, password: ''}", wants: "basic u:"},
	"user-in-a-file":     {entry: "basic_auth: {username_file: FILE, password: p}", file: "tenant-1\n", wants: "basic tenant-1:p"},
	"blank-in-the-user":  {entry: "basic_auth: {username: 'user name', password: p}", wants: "basic user name:p"},
	"blanks-around":      {entry: "basic_auth: {username: u, password: ' p '}", wants: "basic u: p "},
	"user-in-the-url":    {user: "u@", wants: "basic u:"},
	"pair-in-the-url":    {user: "u:p%24@", wants: "basic u:p$"},
	"blank-in-the-file":  {entry: "basic_auth: {username: u, password_file: FILE}", file: "s3 cret", wants: "basic u:s3 cret"},
	"blanks-around-file": {entry: "basic_auth: {username: u, password_file: FILE}", file: "  s3cret \n\n", wants: "basic u:s3cret"},
	"tabs-around-file":   {entry: "basic_auth: {username: u, password_file: FILE}", file: "\ts3cret\t", wants: "basic u:s3cret"},
	"cr-lf":              {entry: "basic_auth: {username: u, password_file: FILE}", file: "s3cret\r\n", wants: "basic u:s3cret"},
	"credentials-file":   {entry: "authorization: {credentials_file: FILE}", file: " t0ken\r\n", wants: "Bearer t0ken"},
	"another-type":       {entry: "authorization: {type: Token, credentials: t0ken}", wants: "Token t0ken"},
	"bearer-token":       {entry: "bearer_token: t0ken", wants: "Bearer t0ken"},
}

// What an endpoint of anybody gets is byte for byte what Prometheus sends it.
func TestAuthenticationIsThatOfPrometheus(t *testing.T) {
	byPrometheus, byCollector := sentBy(t, "prometheus"), sentBy(t, "msp-collector")
	for _, name := range slices.Sorted(maps.Keys(authentications)) {
		wants := authentications[name].wants
		if userinfo, basic := strings.CutPrefix(wants, "basic "); basic {
			wants = "Basic " + base64.StdEncoding.EncodeToString([]byte(userinfo))
		}
		assert.Equal(t, wants, byPrometheus[name], "%s, Prometheus", name)
		assert.Equal(t, wants, byCollector[name], "%s, collector", name)
	}
}

// sentBy returns the Authorization header that each entry sends, under one of the two programs.
func sentBy(t *testing.T, program string) map[string]string {
	directory := t.TempDir()
	endpoints := map[string]*harness.Endpoint{}
	var entries strings.Builder
	for _, name := range slices.Sorted(maps.Keys(authentications)) {
		c := authentications[name]
		endpoints[name] = harness.StartEndpoint(nil)
		t.Cleanup(endpoints[name].Close)
		file := filepath.Join(directory, name)
		require.NoError(t, os.WriteFile(file, []byte(c.file), 0o600))
		address := strings.Replace(endpoints[name].URL, "http://", "http://"+c.user, 1)
		fmt.Fprintf(&entries, "- url: %q\n  name: %s\n  queue_config: {batch_send_deadline: 100ms}\n  %s\n", address, name, strings.ReplaceAll(c.entry, "FILE", file))
	}
	content := "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs: [{job_name: nobody, static_configs: [{targets: ['127.0.0.1:1']}]}]\nremote_write:\n" + entries.String()
	until := func(what string, condition func(context.Context) error) error {
		return harness.Until(deadline(t), what, condition)
	}
	if program == "prometheus" {
		prometheus, err := harness.StartPrometheus(deadline(t), harness.PrometheusSettings{
			Directory: directory, Config: content, Agent: true, Users: []harness.AccessKey{harness.NewAccessKey()},
		})
		require.NoError(t, err)
		t.Cleanup(prometheus.Stop)
	} else {
		path := filepath.Join(directory, "prometheus.yml")
		write(t, path, content)
		startCollector(t, "prometheus:"+path)
	}
	sent := map[string]string{}
	for name, endpoint := range endpoints {
		require.NoError(t, until(name+" sends", func(context.Context) error {
			if endpoint.Count() == 0 {
				return fmt.Errorf("%s sends nothing", name)
			}
			return nil
		}))
		sent[name] = endpoint.Received()[0].Header.Get("Authorization")
	}
	return sent
}
