package source

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// clean hides what the machine of the test itself sets up.
func clean(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
	for _, name := range []string{
		envID, envSecret, envToken, "ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
		"ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE", "ALIBABA_CLOUD_PROFILE", "ALIBABA_CLOUD_CREDENTIALS_URI",
	} {
		t.Setenv(name, "")
	}
	return home
}

func newDefault(t *testing.T) Source {
	t.Helper()
	src, err := NewDefault(false)
	require.NoError(t, err)
	return src
}

func TestDefaultOrder(t *testing.T) {
	home := clean(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"AccessKeyId":"id-uri","AccessKeySecret":"s"}`))
	}))
	defer server.Close()

	_, err := newDefault(t).Load(context.Background())
	require.ErrorIs(t, err, errChainEmpty)

	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", server.URL)
	requireID(t, newDefault(t), "id-uri")

	require.NoError(t, os.MkdirAll(filepath.Join(home, ".alibabacloud"), 0o700))
	write(t, filepath.Join(home, ".alibabacloud", "credentials"), "[default]\naccess_key_id=id-ini\naccess_key_secret=s\n")
	requireID(t, newDefault(t), "id-ini")

	require.NoError(t, os.MkdirAll(filepath.Join(home, ".aliyun"), 0o700))
	write(t, filepath.Join(home, ".aliyun", "config.json"), `{"current":"d","profiles":[{"name":"d","mode":"AK","access_key_id":"id-cli","access_key_secret":"s"}]}`)
	requireID(t, newDefault(t), "id-cli")

	t.Setenv(envID, "id-env")
	t.Setenv(envSecret, "s")
	requireID(t, newDefault(t), "id-env")
}

func TestDefaultStaysWithItsChoice(t *testing.T) {
	home := clean(t)
	config := filepath.Join(home, "config.json")
	t.Setenv("ALIBABA_CLOUD_CONFIG_FILE", config)
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", filepath.Join(home, "credentials"))
	write(t, config, pairA)
	write(t, filepath.Join(home, "credentials"), pairB)
	src := newDefault(t)
	requireID(t, src, "id-a")
	require.NoError(t, os.Remove(config))
	_, err := src.Load(context.Background())
	require.ErrorContains(t, err, config, "not the identity of another file")
}

func TestHalfConfiguredRRSAIsAnError(t *testing.T) {
	clean(t)
	t.Setenv("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/r")
	_, err := NewDefault(false)
	require.ErrorContains(t, err, "rrsa")
}

// A half-written config.json must not make the chain settle on the identity of another source.
func TestDefaultWaitsForABrokenSource(t *testing.T) {
	home := clean(t)
	config := filepath.Join(home, "config.json")
	t.Setenv("ALIBABA_CLOUD_CONFIG_FILE", config)
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", filepath.Join(home, "credentials"))
	write(t, config, pairA[:20])
	write(t, filepath.Join(home, "credentials"), pairB)
	src := newDefault(t)
	_, err := src.Load(context.Background())
	require.ErrorContains(t, err, config)
	write(t, config, pairA)
	requireID(t, src, "id-a")
}

// A pod whose RRSA token is not mounted yet must not settle on the identity of its node.
func TestDefaultWaitsForTheTokenOfRRSA(t *testing.T) {
	home := clean(t)
	t.Setenv("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/metrics")
	t.Setenv("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/x")
	t.Setenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", filepath.Join(home, "token"))
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", filepath.Join(home, "credentials"))
	write(t, filepath.Join(home, "credentials"), pairA)
	src := newDefault(t)
	_, err := src.Load(context.Background())
	require.ErrorContains(t, err, "default: rrsa")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Nil(t, src.(*chain).chosen)
}
