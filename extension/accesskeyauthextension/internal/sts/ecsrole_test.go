package sts

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestECSRoleDiscoversTheRole(t *testing.T) {
	m := &metadataServer{roles: testRole + "\n", credentials: answering(http.StatusOK, goodFields().encode(false))}
	p, err := newTestECS(t, m, "").Load(t.Context())
	require.NoError(t, err)
	assert.Equal(t, `ECS RAM role "collector-role"`, p.Source)
}

func TestECSRoleFailures(t *testing.T) {
	good := answering(http.StatusOK, goodFields().encode(false))
	for _, tc := range []struct {
		name   string
		server metadataServer
		role   string
		want   []string
	}{
		{"no role attached", metadataServer{}, "", []string{"find the attached RAM role", "404", "attach a RAM role"}},
		{"empty role list", metadataServer{roles: "\n"}, "", []string{errNoRole.Error(), "attach a RAM role"}},
		{"several roles", metadataServer{roles: "one\ntwo"}, "", []string{"set role_name"}},
		{"a page for a role", metadataServer{roles: "<html>" + testSecret}, "", []string{"not the name"}},
		{"a path for a role", metadataServer{roles: ".."}, "", []string{"not the name"}},
		{"other role attached", metadataServer{credentials: good}, "other-role", []string{`"other-role"`, "404", "role_name"}},
		{"token refused", metadataServer{token: "stale", credentials: good}, testRole, []string{"403", "metadata service refused"}},
		{"token of a page", metadataServer{token: "<p> " + testSecret, credentials: good}, testRole, []string{errNoToken.Error()}},
		{"token empty", metadataServer{token: "\n", credentials: good}, testRole, []string{errNoToken.Error()}},
		{"token echoed", metadataServer{credentials: answering(http.StatusForbidden, fields{"Message": "bad " + testMetadata}.encode(false))}, testRole,
			[]string{"bad [REDACTED]", "metadata service refused"}},
		{"no hardened mode", metadataServer{tokenStatus: http.StatusNotFound, credentials: good}, testRole,
			[]string{"get a metadata token", "404", "outside an ECS instance"}},
		{"metadata disabled", metadataServer{tokenStatus: http.StatusForbidden, credentials: good}, testRole, []string{"403", "enabled"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := newTestECS(t, &tc.server, tc.role).Load(t.Context())
			requireSafe(t, err)
			for _, want := range tc.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}

func TestECSRoleNeverFallsBackToTokenless(t *testing.T) {
	gets := 0
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			gets++
		}
		http.Error(w, "no", http.StatusMethodNotAllowed)
	}))
	s, err := NewECSRole(ECSRoleSettings{Endpoint: server.URL})
	require.NoError(t, err)
	_, err = s.Load(t.Context())
	requireSafe(t, err)
	assert.Zero(t, gets)
}

func TestECSRoleOutsideECS(t *testing.T) {
	server := serve(t, http.NotFoundHandler())
	server.Close()
	s, err := NewECSRole(ECSRoleSettings{Endpoint: server.URL})
	require.NoError(t, err)
	_, err = s.Load(t.Context())
	requireSafe(t, err)
	assert.ErrorContains(t, err, "connection refused")
	assert.ErrorContains(t, err, "outside an ECS instance use another source")
}

// The environment's proxy is bypassed for loopback anyway, so a request cannot show this.
func TestProxies(t *testing.T) {
	ecs, err := NewECSRole(ECSRoleSettings{})
	require.NoError(t, err)
	assert.Equal(t, "http://100.100.100.200", ecs.base.String())
	assert.Nil(t, ecs.transport.(*http.Transport).Proxy)
	assert.Nil(t, newTestURI(t, "http://sidecar.example/").transport.(*http.Transport).Proxy)
	assert.NotNil(t, newTestURI(t, "https://broker.example/").transport.(*http.Transport).Proxy)
	assert.NotNil(t, newTestRRSA(t, "", "token").transport.(*http.Transport).Proxy)
}

func TestNewECSRoleRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		set  ECSRoleSettings
		want string
	}{
		"role with a path": {ECSRoleSettings{RoleName: "../token"}, "role_name"},
		"role with dots":   {ECSRoleSettings{RoleName: ".."}, "role_name"},
		"relative":         {ECSRoleSettings{Endpoint: "100.100.100.200"}, "endpoint is not an absolute"},
		"with a query":     {ECSRoleSettings{Endpoint: "http://h/?a=" + testSecret}, "scheme and host only"},
		"with a password":  {ECSRoleSettings{Endpoint: "http://u:" + testSecret + "@h"}, "scheme and host only"},
		"negative timeout": {ECSRoleSettings{Timeout: -time.Second}, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewECSRole(tc.set)
			requireSafe(t, err)
			assert.ErrorContains(t, err, "ecs_ram_role: ")
			assert.ErrorContains(t, err, tc.want)
		})
	}
}
