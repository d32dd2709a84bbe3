package source

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEnv(t *testing.T) {
	t.Setenv(envID, "id-e")
	t.Setenv(envSecret, "")
	_, err := NewEnv().Load(context.Background())
	require.ErrorContains(t, err, envSecret)
	t.Setenv(envSecret, "sesame")
	t.Setenv(envToken, "token")
	loaded, err := NewEnv().Load(context.Background())
	require.NoError(t, err)
	require.Equal(t, "id-e", loaded.Pair.AccessKeyID)
	require.Equal(t, "token", string(loaded.Pair.SecurityToken))
}
