package dropin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/internal/secretfile/replacetest"
)

// Each kind of file of a destination is moved away while the destination is blocked, and written anew seconds later: the
// running binary uses it within two seconds. Every way of replacing is in TestReplacedSecretsAndCertificatesAreUsed of the
// provider.
func TestReplacedSecretsAreUsedByTheBinary(t *testing.T) {
	former := &replacetest.Value{Secret: "former-secret-value", Who: replacetest.NewAuthority(t, "former")}
	next := &replacetest.Value{Secret: "latest-secret-value", Who: replacetest.NewAuthority(t, "next")}
	tokens := replacetest.StartTokens(t, former.Secret, next.Secret)
	authority := func(kind *replacetest.Kind, v *replacetest.Value) *replacetest.Authority {
		return map[bool]*replacetest.Authority{true: v.Who}[kind.TLS]
	}
	var guards []*replacetest.Guard
	var folders []string
	entries := ""
	for i, kind := range replacetest.Kinds() {
		folders = append(folders, t.TempDir())
		for name, content := range kind.Files(former) {
			require.NoError(t, os.WriteFile(filepath.Join(folders[i], name), []byte(content), 0o600))
		}
		guards = append(guards, replacetest.StartGuard(t, kind.Header(former), authority(kind, former)))
		entries += fmt.Sprintf("- url: %s/api/v1/write\n  name: d%d\n  queue_config: {batch_send_deadline: 100ms}\n  %s\n", guards[i].URL, i,
			strings.NewReplacer("FOLDER", folders[i], "TOKENS", tokens).Replace(kind.Entry))
	}
	path := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, path, "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs: [{job_name: nobody, static_configs: [{targets: ['127.0.0.1:1']}]}]\nremote_write:\n"+entries)
	c := startCollector(t, "prometheus:"+path)
	for i, kind := range replacetest.Kinds() {
		g := guards[i]
		require.NoError(t, c.Until(deadline(t), kind.Name+" delivers", func(context.Context) error { return g.Accepted() }))
		g.Want(kind.Header(next), authority(kind, next))
		require.NoError(t, c.Until(deadline(t), kind.Name+" is blocked", func(context.Context) error { return g.Rejected() }))
		for name := range kind.Files(next) {
			file := filepath.Join(folders[i], name)
			require.NoError(t, os.Rename(file, file+".old"))
		}
		time.Sleep(4 * time.Second) // as in the report: the file is missing for seconds
		for name, content := range kind.Files(next) {
			require.NoError(t, os.WriteFile(filepath.Join(folders[i], name), []byte(content), 0o600))
		}
		written := time.Now()
		require.NoError(t, c.Until(deadline(t), kind.Name+" delivers again", func(context.Context) error { return g.Accepted() }))
		assert.Less(t, g.AcceptedAt().Sub(written), 2*time.Second, kind.Name)
		t.Logf("%s: %s after the write", kind.Name, g.AcceptedAt().Sub(written).Round(time.Millisecond))
	}
	output := c.Output.String()
	for _, unwanted := range []string{former.Secret, next.Secret, "AccessKey", "PRIVATE KEY"} {
		assert.NotContains(t, output, unwanted)
	}
}
