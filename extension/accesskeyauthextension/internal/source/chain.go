package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/sts"
)

var errChainEmpty = errors.New("default: none of the usual sources has an AccessKey pair: set " + envID + " and " + envSecret +
	", write ~/.aliyun/config.json, or name the source in place of default")

// chain asks the usual sources in turn, and then only the one that answered. One that is set up and
// fails ends the search, so that a short failure does not switch to another identity: the token file of
// RRSA may come late. A missing file with a pair and a machine without an ECS role do not end it.
type chain struct {
	links  []link
	chosen *link
}

const (
	pairFile = "file"
	ecsRole  = "ecs_ram_role"
)

type link struct {
	name string
	Source
}

// NewDefault is the chain of Alibaba Cloud's own tools: environment, RRSA, the aliyun CLI's
// config.json, the credentials file, the ECS role, the credentials URI. Source: credentials-go's default provider chain.
func NewDefault(refuseWorldRead bool) (Source, error) {
	c := &chain{}
	if os.Getenv(envID) != "" {
		c.add("env", NewEnv())
	}
	rrsa, err := sts.NewRRSA(sts.RRSASettings{})
	if err == nil {
		c.add("rrsa", NewRemote(rrsa.Load))
	} else if !errors.Is(err, sts.ErrNotConfigured) {
		return nil, fmt.Errorf("default: %w", err)
	}
	home, _ := os.UserHomeDir()
	for _, f := range []struct{ override, path string }{
		{"ALIBABA_CLOUD_CONFIG_FILE", filepath.Join(home, ".aliyun", "config.json")},
		{"ALIBABA_CLOUD_CREDENTIALS_FILE", filepath.Join(home, ".alibabacloud", "credentials")},
	} {
		if path := os.Getenv(f.override); path != "" {
			f.path = path
		} else if home == "" {
			continue
		}
		c.add(pairFile, NewFile(FileSettings{Path: f.path, Profile: os.Getenv("ALIBABA_CLOUD_PROFILE"), RefuseWorldRead: refuseWorldRead}))
	}
	if os.Getenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED") != "true" {
		role, err := sts.NewECSRole(sts.ECSRoleSettings{RoleName: os.Getenv("ALIBABA_CLOUD_ECS_METADATA")})
		if err != nil {
			return nil, fmt.Errorf("default: %w", err)
		}
		c.add(ecsRole, NewRemote(role.Load))
	}
	uri, err := sts.NewURI(sts.URISettings{})
	if err == nil {
		c.add("uri", NewRemote(uri.Load))
	} else if !errors.Is(err, sts.ErrNotConfigured) {
		return nil, fmt.Errorf("default: %w", err)
	}
	return c, nil
}

func (c *chain) add(name string, s Source) { c.links = append(c.links, link{name, s}) }

// passes reports whether the error says that nothing is set up here.
func (l *link) passes(err error) bool {
	return l.name == ecsRole || l.name == pairFile && errors.Is(err, fs.ErrNotExist)
}

func (c *chain) Load(ctx context.Context) (Loaded, error) {
	if c.chosen != nil {
		return c.chosen.Load(ctx)
	}
	errs := []error{errChainEmpty}
	for i := range c.links {
		loaded, err := c.links[i].Load(ctx)
		if err == nil {
			c.chosen = &c.links[i]
			return loaded, nil
		}
		err = fmt.Errorf("default: %s: %w", c.links[i].name, err)
		if !c.links[i].passes(err) {
			return loaded, err
		}
		errs = append(errs, err)
	}
	return Loaded{Remote: true}, errors.Join(errs...)
}
