package accesskeyauthextension

import (
	"context"
	"strings"

	"go.opentelemetry.io/collector/client"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/clients"
	"github.com/msp-collector/msp-collector/internal/refusedsenders"
)

// serverReasons are the reasons of refusals in words. FILE stands for the path of server::file.
var serverReasons = [clients.Reasons]struct{ cause, remedy string }{
	clients.NoCredentials: {
		"the request has no AccessKey pair",
		"give the sender a pair of FILE: basic_auth in a prometheus.yml, auth::authenticator in a collector",
	},
	clients.Malformed: {
		"the Authorization header is not HTTP basic authentication, or there are several",
		"let the sender use basic authentication with an AccessKey ID and its secret",
	},
	clients.UnknownID: {
		"the AccessKey ID is not in FILE",
		"correct the user name of the sender, or add its pair to FILE",
	},
	clients.WrongSecret: {
		"the secret is none of those that FILE has for this AccessKey ID",
		"correct the password of the sender, or add an entry with its secret to FILE",
	},
	clients.NoPairs: {
		"FILE could not be read since the start, and so every sender is refused",
		"correct FILE as the log says",
	},
}

// noteRefused records and logs who is refused and why. ctx is that of the request: the receiver has put
// the address of the sender into its client.Info.
func (s *accessKeyServer) noteRefused(ctx context.Context, refusal clients.Refusal) {
	words := serverReasons[refusal.Reason]
	s.refused.Refuse(refusal.ID, refusedsenders.Host(client.FromContext(ctx).Addr), refusedsenders.Reason{
		Name:   refusal.Reason.String(),
		Cause:  withFile(words.cause, s.file),
		Remedy: withFile(words.remedy, s.file),
	})
}

func withFile(text, file string) string { return strings.ReplaceAll(text, "FILE", file) }
