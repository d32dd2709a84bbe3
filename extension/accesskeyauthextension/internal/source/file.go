package source

import (
	"context"
	"fmt"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
	"github.com/msp-collector/msp-collector/internal/secretfile"
)

// FileSettings names the file with the pair, or the files of its parts.
type FileSettings struct {
	Path, Profile                   string
	AccessKeyID, IDPath, SecretPath string
	// RefuseWorldRead makes a file that everybody can read an error instead of a warning.
	RefuseWorldRead bool
}

// NewFile is a source that reads one file, or two, each time. It compares nothing and watches
// nothing: contents decide, so every way of replacing a file is noticed at the next Load.
func NewFile(set FileSettings) Source {
	if set.Path != "" {
		return oneFile{set}
	}
	return &twoFiles{set: set}
}

// whatPair names a file with a pair, or with half of one, in errors.
const whatPair = "AccessKey file"

type oneFile struct{ set FileSettings }

func (f oneFile) Load(context.Context) (Loaded, error) {
	secret, err := readSecret(f.set.Path, whatPair, f.set.RefuseWorldRead)
	loaded := Loaded{Written: secret.written, Warning: secret.warning}
	if err != nil {
		return loaded, err
	}
	pair, created, err := parse(secret.content, f.set.Profile)
	if err != nil {
		return loaded, fmt.Errorf("AccessKey file %q: %w", f.set.Path, err)
	}
	if end := pair.Expiry; !end.IsZero() && !end.After(time.Now()) {
		return loaded, fmt.Errorf("AccessKey file %q: its pair has ended at its Expiration, %s: have the writer of the file renew it earlier, or see that this host's clock is right",
			f.set.Path, end.UTC().Format(time.RFC3339))
	}
	loaded.Pair = pair
	if !created.IsZero() { // a mounted file is written anew with every pod
		loaded.Written = created
	}
	loaded.Pair.Source = "file " + f.set.Path
	return loaded, nil
}

// readPart returns the value in a file that holds one, without a byte order mark and the white space around it. what
// names the file in errors.
func readPart(path, what string, refuse bool) (value string, secret secretFile, err error) {
	secret, err = readSecret(path, what, refuse)
	if err != nil {
		return "", secret, err
	}
	value, err = secretfile.Text(secret.content)
	if err == nil && value == "" {
		err = errEmptyFile
	}
	if err != nil {
		return "", secret, fmt.Errorf("%s %q: %w", what, path, err)
	}
	return value, secret, nil
}

func (s FileSettings) twoFilePair(id, secret string) (accesskey.Pair, error) {
	where := "file " + s.SecretPath
	if s.IDPath != "" {
		where = "files " + s.IDPath + " and " + s.SecretPath
	}
	pair, err := accesskey.New(secretfile.TrimInvisible(id), secretfile.TrimInvisible(secret), "", where)
	if err != nil {
		return pair, fmt.Errorf("AccessKey %s: %w", where, err)
	}
	return pair, nil
}
