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
	grpcstatus "google.golang.org/grpc/status"

	"github.com/msp-collector/msp-collector/components/status"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/clients"
	"github.com/msp-collector/msp-collector/internal/refusedsenders"
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
	id         component.ID
	file       string
	set        *clients.Set
	refused    *refusedsenders.Table
	telemetry  metric.Registration
	unregister func() // from the status page
}

func newAccessKeyServer(set extension.Settings, cfg *Config) (*accessKeyServer, error) {
	s := &accessKeyServer{id: set.ID, file: cfg.Server.Get().File, refused: refusedsenders.New(set.Logger), unregister: func() {}}
	s.set = clients.New(clients.Settings{
		Path:            s.file,
		CheckInterval:   cfg.CheckInterval,
		RefuseWorldRead: cfg.FileMode == FileModeRefuse,
		Logger:          set.Logger,
		OnRefused:       s.noteRefused,
	})
	var err error
	if s.telemetry, err = registerServerTelemetry(set, s.set.Stats); err != nil {
		return nil, fmt.Errorf("accesskey_auth: metrics: %w", err)
	}
	return s, nil
}

// Start reads the file, so that a mistake in it is logged at once. Until the file is good everybody is
// refused.
func (s *accessKeyServer) Start(_ context.Context, host component.Host) error {
	_ = s.set.Load() // logged by the set
	s.unregister = status.Register(host, s.id, status.Report{RefusedSenders: s.refused.Report})
	return nil
}

// Shutdown ends the metrics. It is safe without Start and more than once.
func (s *accessKeyServer) Shutdown(context.Context) error {
	s.unregister()
	return s.telemetry.Unregister()
}

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
func (u unavailable) GRPCStatus() *grpcstatus.Status {
	return grpcstatus.New(codes.Unavailable, u.Error())
}

func (u unavailable) Unwrap() error { return u.error }

// severalHeaders stands for more than one Authorization header, which is refused as malformed because
// it is unclear which one is meant.
const severalHeaders = "(several)"

// authorization returns the value of the Authorization header: canonical in HTTP, lower case in gRPC.
func authorization(sources map[string][]string) (value string) {
	for name, values := range sources {
		if len(values) == 0 || !strings.EqualFold(name, "authorization") {
			continue
		}
		if value != "" || len(values) > 1 {
			return severalHeaders
		}
		value = values[0]
	}
	return value
}

type authData struct{ id string }

func (a authData) GetAttribute(name string) any {
	if name == AccessKeyIDAttribute {
		return a.id
	}
	return nil
}

func (authData) GetAttributeNames() []string { return []string{AccessKeyIDAttribute} }
