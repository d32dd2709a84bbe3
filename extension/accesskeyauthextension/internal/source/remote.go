package source

import (
	"context"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// remote is a source behind a network call.
type remote struct {
	load func(context.Context) (accesskey.Pair, error)
}

// NewRemote makes a source of a function that calls a service for the pair.
func NewRemote(load func(context.Context) (accesskey.Pair, error)) Source { return remote{load} }

func (r remote) Load(ctx context.Context) (Loaded, error) {
	pair, err := r.load(ctx)
	return Loaded{Pair: pair, Remote: true}, err
}
