package supervisor

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/confmap"
)

type inner struct {
	TLS configtls.ClientConfig `mapstructure:"tls"`
}

type Embedded struct {
	Auth configoptional.Optional[configauth.Config] `mapstructure:"auth"`
}

type outer struct {
	Embedded `mapstructure:",squash"`
	Pointer  *inner                         `mapstructure:"pointer"`
	List     []inner                        `mapstructure:"list"`
	Named    map[string]inner               `mapstructure:"named"`
	Some     configoptional.Optional[inner] `mapstructure:"some"`
	None     configoptional.Optional[inner] `mapstructure:"none"`
	Any      any                            `mapstructure:"any"`
	Skipped  *inner                         `mapstructure:"-"`
	Self     *outer                         `mapstructure:"self"`
}

func TestWalkFindsEveryStruct(t *testing.T) {
	one := &inner{}
	value := &outer{
		Pointer: one, List: []inner{{}, {}}, Named: map[string]inner{"x": {}}, Some: configoptional.Some(inner{}), Any: inner{}, Skipped: one,
	}
	value.Self = value
	found := map[string]bool{}
	walk("root", value, func(path string, v any) {
		if _, ok := v.(*configtls.ClientConfig); ok && len(path) < 30 {
			found[path] = true
		}
	})
	assert.Equal(t, []string{"root::any::tls", "root::list[0]::tls", "root::list[1]::tls", "root::named::x::tls", "root::pointer::tls", "root::some::tls"},
		slices.DeleteFunc(slices.Sorted(maps.Keys(found)), func(path string) bool { return len(path) > 10 && path[6:10] == "self" }))
}

func TestWalkFindsComponentIDs(t *testing.T) {
	id := component.MustNewID("accesskey_auth")
	type config struct {
		Auth configoptional.Optional[configauth.Config] `mapstructure:"auth"`
	}
	var found []string
	walk("x", &config{Auth: configoptional.Some(configauth.Config{AuthenticatorID: id})}, func(path string, v any) {
		if got, ok := v.(*component.ID); ok && *got == id {
			found = append(found, path)
		}
	})
	assert.Equal(t, []string{"x::auth::authenticator"}, found)
}

func TestReceiversOnly(t *testing.T) {
	conf := func(exporter, receiver string) *confmap.Conf {
		return confmap.NewFromStringMap(map[string]any{
			"receivers": map[string]any{receiver: nil}, "exporters": map[string]any{exporter: nil},
			"service": map[string]any{"pipelines": map[string]any{"metrics": map[string]any{"receivers": []any{receiver}, "exporters": []any{exporter}}}},
		})
	}
	assert.True(t, receiversOnly(conf("a", "b"), conf("a", "c")))
	assert.False(t, receiversOnly(conf("a", "b"), conf("d", "b")))
	assert.True(t, equal(conf("a", "b"), conf("a", "b")))
}
