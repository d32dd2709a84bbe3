package accesskeyauthextension

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/clients"
)

// AccessKeyIDAttribute is the name of the one attribute of client.Info's auth data: the id of the
// pair that the client sent.
const AccessKeyIDAttribute = "access_key_id"

var (
	_ extension.Extension  = (*accessKeyServer)(nil)
	_ extensionauth.Server = (*accessKeyServer)(nil)
)

// accessKeyServer judges what clients send. It is a type of its own, without the client's methods,
// so that an instance named on the wrong side fails at start.
type accessKeyServer struct {
	set       *clients.Set
	telemetry metric.Registration
}

func newAccessKeyServer(set extension.Settings, cfg *Config) (*accessKeyServer, error) {
	pairs := clients.New(clients.Settings{
		Path:            cfg.Server.Get().File,
		CheckInterval:   cfg.CheckInterval,
		RefuseWorldRead: cfg.FileMode == FileModeRefuse,
		Logger:          set.Logger,
	})
	telemetry, err := registerServerTelemetry(set, pairs.Stats)
	if err != nil {
		return nil, fmt.Errorf("accesskey_auth: metrics: %w", err)
	}
	return &accessKeyServer{set: pairs, telemetry: telemetry}, nil
}

// Start reads the file, so that a mistake in it is told at once. Until the file is good everybody is
// refused.
func (s *accessKeyServer) Start(context.Context, component.Host) error {
	_ = s.set.Load() // logged by the set
	return nil
}

// Shutdown ends the metrics. It is safe without Start and more than once.
func (s *accessKeyServer) Shutdown(context.Context) error { return s.telemetry.Unregister() }

// Authenticate implements extensionauth.Server on HTTP headers and gRPC metadata. The id of an
// accepted pair is in client.FromContext(ctx).Auth.
func (s *accessKeyServer) Authenticate(ctx context.Context, sources map[string][]string) (context.Context, error) {
	id, err := s.set.Authenticate(ctx, authorization(sources))
	if err != nil {
		if errors.Is(err, clients.ErrBusy) || s.set.Stats().Loaded.IsZero() {
			return ctx, unavailable{err}
		}
		return ctx, err
	}
	info := client.FromContext(ctx)
	info.Auth = authData{id}
	return client.NewContext(ctx, info), nil
}

// unavailable is an error that says nothing about the pair. gRPC receivers answer it as Unavailable
// and remote_write as 503, so that the sender comes again; other receivers on confighttp know only 401.
type unavailable struct{ error }

// GRPCStatus is how gRPC finds the code.
func (u unavailable) GRPCStatus() *status.Status { return status.New(codes.Unavailable, u.Error()) }

func (u unavailable) Unwrap() error { return u.error }

// authorization finds the one Authorization header: canonical in HTTP, lower case in gRPC. More than
// one is as good as none, since it would be unclear which was meant.
func authorization(sources map[string][]string) string {
	for name, values := range sources {
		if len(values) == 1 && strings.EqualFold(name, "authorization") {
			return values[0]
		}
	}
	return ""
}

type authData struct{ id string }

func (a authData) GetAttribute(name string) any {
	if name == AccessKeyIDAttribute {
		return a.id
	}
	return nil
}

func (authData) GetAttributeNames() []string { return []string{AccessKeyIDAttribute} }
