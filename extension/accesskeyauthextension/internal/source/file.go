package source

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
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

// readPart reads a file that holds one value; the newline that editors add is not part of it.
func readPart(path string, refuse bool) (value string, secret secretFile, err error) {
	secret, err = readSecret(path, whatPair, refuse)
	if err != nil {
		return "", secret, err
	}
	value = strings.TrimRight(string(secret.content), "\r\n")
	if value == "" {
		return "", secret, fmt.Errorf("AccessKey file %q: %w", path, errEmptyFile)
	}
	return value, secret, nil
}

func (s FileSettings) twoFilePair(id, secret string) (accesskey.Pair, error) {
	where := "file " + s.SecretPath
	if s.IDPath != "" {
		where = "files " + s.IDPath + " and " + s.SecretPath
	}
	pair, err := accesskey.New(id, secret, "", where)
	if err != nil {
		return pair, fmt.Errorf("AccessKey %s: %w", where, err)
	}
	return pair, nil
}
