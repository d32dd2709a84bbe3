package e2e

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/msp-collector/msp-collector/test/harness"
)

// pairLife is how long an issued pair lives; the real services issue for 15 minutes or longer.
const pairLife = 10 * time.Second

// issuer makes up temporary pairs for the stand-ins of the vendor's services. Each pair is accepted from when it is issued
// until the next but one is, as temporary pairs overlap. The second call fails, as such services sometimes do.
type issuer struct {
	prometheus *harness.Prometheus
	reader     harness.AccessKey // for the queries of the test

	mu      sync.Mutex
	calls   int
	issued  []temporaryPair
	refused []string // requests that are not as documented, and why
}

type temporaryPair struct {
	AccessKeyID     string `json:"AccessKeyId"`
	AccessKeySecret string
	SecurityToken   string
	Expiration      string
}

// basicAuth is the pair as it goes over the wire: the password is secret$token.
func (p temporaryPair) basicAuth() harness.AccessKey {
	return harness.AccessKey{ID: p.AccessKeyID, Secret: p.AccessKeySecret + "$" + p.SecurityToken}
}

// answer writes what wrap makes of a new pair.
func (i *issuer) answer(w http.ResponseWriter, wrap func(temporaryPair) any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.calls++; i.calls == 2 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	pair := temporaryPair{
		AccessKeyID:     "STS." + rand.Text(),
		AccessKeySecret: rand.Text(),
		SecurityToken:   "CAIS" + rand.Text(),
		Expiration:      time.Now().Add(pairLife).UTC().Format(time.RFC3339),
	}
	users := []harness.AccessKey{i.reader, pair.basicAuth()}
	if n := len(i.issued); n > 0 {
		users = append(users, i.issued[n-1].basicAuth())
	}
	if err := i.prometheus.Accept(users...); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	i.issued = append(i.issued, pair)
	_ = json.NewEncoder(w).Encode(wrap(pair)) // the client may be gone
}

func (i *issuer) refuse(w http.ResponseWriter, status int, why string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.refused = append(i.refused, why)
	http.Error(w, why, status)
}

func (i *issuer) pairs() []temporaryPair {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]temporaryPair(nil), i.issued...)
}

func (i *issuer) refusals() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string(nil), i.refused...)
}

const credentialsPassword = "credentials-server-password"

// credentialsServer answers as the documents of ALIBABA_CLOUD_CREDENTIALS_URI say, to those who know the password.
func (i *issuer) credentialsServer(w http.ResponseWriter, r *http.Request) {
	if _, password, _ := r.BasicAuth(); r.Method != http.MethodGet || password != credentialsPassword {
		i.refuse(w, http.StatusForbidden, r.Method+" without the password")
		return
	}
	i.answer(w, func(p temporaryPair) any { return p })
}

const (
	metadataToken  = "metadata-token"
	roleName       = "metrics-writer"
	roleFolder     = "/latest/meta-data/ram/security-credentials/"
	tokenHeader    = "X-Aliyun-Ecs-Metadata-Token"
	tokenTTLHeader = "X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds"
)

// metadataService answers as that of an ECS instance in security-hardened mode, with one role attached.
// Source: ECS, "Access instance metadata in security-hardened mode only".
func (i *issuer) metadataService(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPut && r.URL.Path == "/latest/api/token" && r.Header.Get(tokenTTLHeader) != "":
		_, _ = w.Write([]byte(metadataToken))
	case r.Method != http.MethodGet || r.Header.Get(tokenHeader) != metadataToken:
		i.refuse(w, http.StatusForbidden, r.Method+" "+r.URL.Path+" without the token")
	case r.URL.Path == roleFolder:
		_, _ = w.Write([]byte(roleName))
	case r.URL.Path == roleFolder+roleName:
		i.answer(w, func(p temporaryPair) any {
			return struct {
				Code string
				temporaryPair
			}{"Success", p}
		})
	default:
		i.refuse(w, http.StatusNotFound, r.URL.Path)
	}
}

const (
	roleARN     = "acs:ram::1234567890123456:role/metrics-writer"
	providerARN = "acs:ram::1234567890123456:oidc-provider/ack-rrsa"
)

// stsService answers AssumeRoleWithOIDC. It takes each OIDC token once and then writes the next one into the file, as the
// kubelet does: who does not read it again is refused.
func (i *issuer) stsService(tokenFile string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, err := os.ReadFile(tokenFile)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		for name, want := range map[string]string{
			"Action": "AssumeRoleWithOIDC", "Version": "2015-04-01", "Format": "JSON", "RoleArn": roleARN,
			"OIDCProviderArn": providerARN, "RoleSessionName": "msp-collector", "DurationSeconds": "3600", "OIDCToken": string(token),
		} {
			if r.PostFormValue(name) != want {
				i.refuse(w, http.StatusBadRequest, "parameter "+name)
				return
			}
		}
		if err := writeFile(tokenFile, newOIDCToken()); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		i.answer(w, func(p temporaryPair) any { return map[string]any{"RequestId": "r", "Credentials": p} })
	}
}

func newOIDCToken() string { return rand.Text() + "." + rand.Text() + "." + rand.Text() }
