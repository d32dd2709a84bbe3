package accesskeyauthextension

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/clients"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/source"
)

// notice tells on standard error that the file with the pair, or with the pairs of clients, cannot be
// read now, when the command is `validate`. That is no mistake of the configuration, since the file
// may come later, but what somebody who validates wants to know; `validate` makes no extension, and so
// has no logger. A source behind a service is not asked.
func (c *Config) notice() {
	if !slices.Contains(os.Args, "validate") {
		return
	}
	if s := c.Server.Get(); s != nil {
		pairs := clients.New(clients.Settings{Path: s.File, RefuseWorldRead: c.FileMode == FileModeRefuse})
		if err := pairs.Load(); err != nil {
			fmt.Fprintln(os.Stderr, "accesskey_auth: the collector would start and refuse everybody:", err)
		}
		return
	}
	src, err := newSource(c)
	if err != nil {
		return // told by Validate
	}
	read := src.Load
	if grant, ok := src.(*source.OAuth2); ok {
		read = grant.ReadFiles // the token endpoint is not asked
	}
	loaded, err := read(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "accesskey_auth: the collector would start and wait:", err)
	}
	if loaded.Warning != "" {
		fmt.Fprintln(os.Stderr, "accesskey_auth:", loaded.Warning)
	}
}
