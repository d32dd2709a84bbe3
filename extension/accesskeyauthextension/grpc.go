package accesskeyauthextension

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

// PerRPCCredentials implements extensionauth.GRPCClient. A call carries the pair in use; gRPC tells
// nothing of the answer here, so neither replay nor fallback exist on this path.
func (a *accessKeyAuth) PerRPCCredentials() (credentials.PerRPCCredentials, error) {
	return rpcCredentials{a}, nil
}

type rpcCredentials struct{ auth *accessKeyAuth }

// GetRequestMetadata fails as Unavailable while there is no pair, so that exporters try again;
// gRPC would make any other error Unauthenticated, which they drop.
func (r rpcCredentials) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	cred, err := r.auth.credential(ctx)
	if err != nil {
		return nil, status.Error(codes.Unavailable, err.Error())
	}
	return map[string]string{"authorization": cred.header[0]}, nil
}

// RequireTransportSecurity makes gRPC refuse a plaintext connection, on which everybody can read the
// secret, unless the configuration allows it.
func (r rpcCredentials) RequireTransportSecurity() bool { return !r.auth.cfg.AllowPlaintextGRPC }
