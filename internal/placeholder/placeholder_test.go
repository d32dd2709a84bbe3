package placeholder

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestPlaceholdersOfDocuments(t *testing.T) {
	for _, value := range []string{
		"<accesskey-id>", "<accesskey-secret>", "<>", "...", "…", "LTAI...", "LTAI5t...", "LTAI****", "LTAI****abcd", "***", "********",
		"LTAI5tXxx", "xXxXxXx", "xxxxxxxx", "LTAIxxxxxxxxxxxx", "LTAI5txxxxxxxxxxxxab", "STS.xxxx", "XXX", "${SECRET}", "{{ .Values.secret }}",
		"your-access-key-id", "YOUR_ACCESS_KEY_SECRET", "accesskey-id", "AccessKeySecret", "access_key_secret",
		"您的AccessKey ID", " ...\n",
	} {
		assert.True(t, IsCredential(value), "%q", value)
	}
	for address, part := range map[string]string{
		"<remote-write-url>": "<remote-write-url>", "https://...": "...", "https://…": "…", "https://.../api/v3/write": "...",
		"http://ts-xxxxxxxxxxxx.hitsdb.rds.aliyuncs.com:3242/api/prom_write":                      "ts-xxxxxxxxxxxx",
		"https://cn-hangzhou.arms.aliyuncs.com/prometheus/1234****/abc/cn-hangzhou/api/v3/write":  "1234****",
		"https://{project}.cn-hangzhou.log.aliyuncs.com/prometheus/{project}/x/api/v1/write":      "{project}",
		"https://workspace-xxxx.cn-hangzhou.log.aliyuncs.com/prometheus/workspace-x/api/v1/write": "workspace-xxxx",
		"https://cn-xxx.arms.aliyuncs.com/prometheus/a/b/c/api/v3/write":                          "cn-xxx",
		"https://your-instance.example.com/api/v1/write":                                          "your-instance",
		"https://u:p@<host>/api/v1/write":                                                         "<host>",
	} {
		assert.Equal(t, part, InURL(address), address)
	}
}

func TestRealValuesAreNone(t *testing.T) {
	for _, value := range []string{"agent-1", "me", "changeme", "LTAI5tConvert", "x", "xx", "max", "exxon", "s3cr3t", "p$x", "pass...word1", "a*b**c", "accesskey-1", ""} {
		assert.False(t, IsCredential(value), "%q", value)
	}
	for _, address := range []string{
		"http://127.0.0.1:9090/api/v1/write", "https://far.example.com/write", "http://[::1]:9090/api/v1/write", "http://ts-x.hitsdb.rds.aliyuncs.com:3242/api/prom_write",
		"https://proxxy.example.com/xx/api/v1/write?token=xxxxxxxx", "https://cn-hangzhou-intranet.arms.aliyuncs.com/prometheus/1a2b/3c4d/cn-hangzhou/api/v3/write", "", "/x",
	} {
		assert.Empty(t, InURL(address), address)
	}
}

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func random(r *rand.Rand, length int, alphabet string) string {
	text := make([]byte, length)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

// Pairs as RAM and STS make them, passwords of others, and URLs as the service makes them are never taken for placeholders.
func TestRandomRealValuesAreNone(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	const printable = alphanumeric + "!#%&()*+,-./:;=?@[]^_{|}~"
	for range 2_000 {
		for _, value := range []string{
			"LTAI" + random(r, 12, alphanumeric), "LTAI5t" + random(r, 18, alphanumeric), "STS." + random(r, 24, alphanumeric), random(r, 30, alphanumeric),
			base64.StdEncoding.EncodeToString([]byte(random(r, 24, printable))), random(r, 20, printable),
		} {
			if IsCredential(value) {
				t.Fatalf("%q is taken for a placeholder", value)
			}
		}
		project, hex := "workspace-"+random(r, 12, "abcdefghijklmnopqrstuvwxyz0123456789"), random(r, 32, "0123456789abcdef")
		for _, address := range []string{
			fmt.Sprintf("https://%s.cn-hangzhou.log.aliyuncs.com/prometheus/%s/aliyun-prom-%s/api/v1/write", project, project, hex),
			fmt.Sprintf("https://cn-shanghai.arms.aliyuncs.com/prometheus/%s/%d/cn-shanghai/api/v3/write", hex, r.Uint32()),
			fmt.Sprintf("http://ts-%s.hitsdb.rds.aliyuncs.com:3242/api/prom_write", random(r, 15, "abcdefghijklmnopqrstuvwxyz0123456789")),
		} {
			if part := InURL(address); part != "" {
				t.Fatalf("%q of %q is taken for a placeholder", part, address)
			}
		}
	}
}
