package accesskeyauthextension

import (
	"errors"
	"fmt"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

const sourceKeys = "file, static, env, ecs_ram_role, rrsa, uri, default, basic_auth, authorization, oauth2"

var (
	errNoSource        = errors.New("no source of credentials: set one of " + sourceKeys + ", for example file: {path: /etc/msp-collector/accesskey.json}; or server, to receive")
	errManySources     = errors.New("more than one source of credentials: keep one of " + sourceKeys)
	errServerAndSource = errors.New("server excludes the sources of a client: use two instances, for example accesskey_auth and accesskey_auth/clients")
	errServerFile      = errors.New("server: file is missing: name the JSON file with the pairs that may send")
	errFileNothing     = errors.New("file: set path, or access_key_secret_path with access_key_id or access_key_id_path")
	errFileBoth        = errors.New("file: path and access_key_secret_path exclude each other: keep one")
	errFileIDTwice     = errors.New("file: access_key_id and access_key_id_path exclude each other: keep one")
	errFileNoID        = errors.New("file: access_key_secret_path needs access_key_id or access_key_id_path beside it")
	errFileNoSecret    = errors.New("file: access_key_id and access_key_id_path need access_key_secret_path beside them; a file with the whole pair goes into path")
	errFileProfile     = errors.New("file: profile selects within path; remove it, or set path")
	errCheckInterval   = errors.New("check_interval must be at least 100ms")
	errFallbackFor     = errors.New("fallback_for must not be negative; 0 switches the fallback off")
	errMaxAge          = errors.New("max_age must not be negative; 0 switches the warning off")
	errFileModeUnknown = errors.New(`file_mode must be "warn" or "refuse"`)
)

// Validate reports every mistake of the configuration itself; it calls no service.
func (c *Config) Validate() error {
	errs := []error{c.validateSources()}
	if c.CheckInterval < minCheckInterval {
		errs = append(errs, errCheckInterval)
	}
	if c.FallbackFor < 0 {
		errs = append(errs, errFallbackFor)
	}
	if c.MaxAge < 0 {
		errs = append(errs, errMaxAge)
	}
	if c.FileMode != FileModeWarn && c.FileMode != FileModeRefuse {
		errs = append(errs, errFileModeUnknown)
	}
	return errors.Join(errs...)
}

func (c *Config) validateSources() error {
	sources := 0
	for _, set := range []bool{
		c.File.HasValue(), c.Static.HasValue(), c.Env.HasValue(), c.ECSRAMRole.HasValue(),
		c.RRSA.HasValue(), c.URI.HasValue(), c.Default.HasValue(), c.BasicAuth.HasValue(), c.Authorization.HasValue(), c.OAuth2.HasValue(),
	} {
		if set {
			sources++
		}
	}
	if s := c.Server.Get(); s != nil {
		if sources > 0 {
			return errServerAndSource
		}
		if s.File == "" {
			return errServerFile
		}
		c.notice()
		return nil
	}
	switch sources {
	case 0:
		return errNoSource
	case 1:
		return c.validateSource()
	default:
		return errManySources
	}
}

func (c *Config) validateSource() error {
	if f := c.File.Get(); f != nil {
		if err := f.validate(); err != nil {
			return err
		}
		c.notice()
		return nil
	}
	if s := c.Static.Get(); s != nil {
		return s.validate()
	}
	if b := c.BasicAuth.Get(); b != nil {
		return c.validateBasic(b)
	}
	if a := c.Authorization.Get(); a != nil {
		return c.validateAuthorization(a)
	}
	if o := c.OAuth2.Get(); o != nil {
		if err := o.validate(); err != nil {
			return err
		}
		c.notice()
		return nil
	}
	_, err := newSource(c)
	return err
}

func (s *StaticConfig) validate() error {
	err := s.pair().Validate()
	switch {
	case errors.Is(err, accesskey.ErrIncomplete):
		return fmt.Errorf("static: %w; if it comes from an environment variable, see that it is set where the collector runs", err)
	case err != nil:
		return fmt.Errorf("static: %w", err)
	}
	return nil
}

func (f *FileConfig) validate() error {
	hasID := f.AccessKeyID != "" || f.AccessKeyIDPath != ""
	switch {
	case f.Path != "" && (hasID || f.AccessKeySecretPath != ""):
		return errFileBoth
	case f.Path != "":
		return nil
	case f.Profile != "":
		return errFileProfile
	case f.AccessKeySecretPath == "" && hasID:
		return errFileNoSecret
	case f.AccessKeySecretPath == "":
		return errFileNothing
	case !hasID:
		return errFileNoID
	case f.AccessKeyID != "" && f.AccessKeyIDPath != "":
		return errFileIDTwice
	}
	return nil
}
