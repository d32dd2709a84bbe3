// Package source reads AccessKey pairs from where users keep them.
package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// Source reads the pair as it is now. Load is called by one goroutine at a time; an error names the
// source and the way out, and never holds a secret.
type Source interface {
	Load(ctx context.Context) (Loaded, error)
}

// Loaded is a pair with what its owner should know about the source, if anything.
type Loaded struct {
	Pair    accesskey.Pair
	Warning string
	// Written is when the pair was put there, zero if that cannot be known.
	Written time.Time
	// Remote says that reading means asking a service, so that it is done seldom. It is also set
	// beside an error.
	Remote bool
}

type static struct{ pair accesskey.Pair }

// NewStatic is a source that always holds pair.
func NewStatic(pair accesskey.Pair) Source { return static{pair} }

func (s static) Load(context.Context) (Loaded, error) { return Loaded{Pair: s.pair}, nil }

// The variables that Alibaba Cloud's own tools read.
const (
	envID     = "ALIBABA_CLOUD_ACCESS_KEY_ID"
	envSecret = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
	envToken  = "ALIBABA_CLOUD_SECURITY_TOKEN"
)

type env struct{}

// NewEnv is a source that reads the process's environment.
func NewEnv() Source { return env{} }

func (env) Load(context.Context) (Loaded, error) {
	pair, err := accesskey.New(os.Getenv(envID), os.Getenv(envSecret), os.Getenv(envToken), "environment variable "+envID)
	if errors.Is(err, accesskey.ErrIncomplete) {
		return Loaded{}, fmt.Errorf("environment variables %s and %s: %w; set both where the collector runs, and start it again", envID, envSecret, err)
	}
	return Loaded{Pair: pair}, err
}
