package clients

import (
	"context"
	"strings"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// Reason is why a request is refused. The client never learns it.
type Reason int

// The reasons. Reasons is how many there are.
const (
	NoCredentials Reason = iota // there is no Authorization header
	Malformed                   // it is no HTTP basic authentication
	UnknownID                   // the file has no such id
	WrongSecret                 // the file has the id with other secrets
	NoPairs                     // the file was never good
	Reasons
)

var reasonNames = [Reasons]string{"no_credentials", "malformed", "unknown_id", "wrong_secret", "no_pairs"}

// String returns the value of the label `reason`.
func (r Reason) String() string { return reasonNames[r] }

// Refusal is a refused request as the operator may see it.
type Refusal struct {
	Reason Reason
	// ID is the id that was given, masked; empty when none was.
	ID string
}

// refuse counts a refused request and reports it to Settings.OnRefused. The header is looked at again
// because judge does the same work for every refusal and so keeps no reason.
func (s *Set) refuse(ctx context.Context, authorization string) {
	refusal := s.explain(authorization)
	s.counters.refused[refusal.Reason].Add(1)
	if s.settings.OnRefused != nil {
		s.settings.OnRefused(ctx, refusal)
	}
}

func (s *Set) explain(authorization string) Refusal {
	if s.state.Load().loaded.IsZero() {
		return Refusal{Reason: NoPairs}
	}
	if authorization == "" {
		return Refusal{Reason: NoCredentials}
	}
	token, ok := basicToken(authorization)
	if !ok {
		return Refusal{Reason: Malformed}
	}
	given, ok := decodeToken(token)
	if !ok {
		return Refusal{Reason: Malformed}
	}
	if _, known := s.roster.Load().accounts[given.id]; known {
		return Refusal{WrongSecret, maskKnown(given.id)}
	}
	return Refusal{UnknownID, strings.ToValidUTF8(accesskey.MaskID(given.id), "")}
}

// maskKnown masks an id of the file. One that is too short for an AccessKey ID is a name that the
// operator chose, and shown whole; an id that is not in the file may be a secret in the wrong place.
func maskKnown(id string) string {
	if masked := accesskey.MaskID(id); len(id) >= minMaskable {
		return strings.ToValidUTF8(masked, "")
	}
	return id
}

// minMaskable is the length from which accesskey.MaskID shows a part of an id.
const minMaskable = 12
