package source

import (
	"context"
	"errors"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// A rotation always brings a new id and a new secret, so a pair of which one half alone is new has
// been read between two writes. It is held back this long; after that it is taken for a correction.
const settleTime = 10 * time.Second

var errHalfWritten = errors.New("only one half of the pair has changed, the other is awaited for 10s")

// twoFiles is a pair whose secret, and mostly also the id, is in a file of its own.
type twoFiles struct {
	set       FileSettings
	last      accesskey.Pair
	halfSince time.Time
	now       func() time.Time // time.Now when nil
}

func (f *twoFiles) Load(context.Context) (Loaded, error) {
	loaded, err := f.read()
	if err != nil {
		return loaded, err
	}
	if f.set.IDPath != "" && f.halfChanged(loaded.Pair) {
		return loaded, errHalfWritten
	}
	f.last, f.halfSince = loaded.Pair, time.Time{}
	return loaded, nil
}

// read takes the id before and after the secret: a rotation that runs between the readings shows.
func (f *twoFiles) read() (Loaded, error) {
	id, warning, err := f.readID()
	if err != nil {
		return Loaded{Warning: warning}, err
	}
	value, secret, err := readPart(f.set.SecretPath, f.set.RefuseWorldRead)
	if secret.warning != "" {
		warning = secret.warning
	}
	loaded := Loaded{Written: secret.written, Warning: warning}
	if err != nil {
		return loaded, err
	}
	again, _, err := f.readID()
	if err != nil {
		return loaded, err
	}
	if again != id {
		return loaded, errHalfWritten
	}
	loaded.Pair, err = f.set.twoFilePair(id, value)
	return loaded, err
}

func (f *twoFiles) readID() (id, warning string, err error) {
	if f.set.IDPath == "" {
		return f.set.AccessKeyID, "", nil
	}
	id, secret, err := readPart(f.set.IDPath, f.set.RefuseWorldRead)
	return id, secret.warning, err
}

func (f *twoFiles) halfChanged(pair accesskey.Pair) bool {
	idSame := pair.AccessKeyID == f.last.AccessKeyID
	secretSame := pair.AccessKeySecret == f.last.AccessKeySecret
	if f.last.AccessKeyID == "" || idSame == secretSame {
		return false
	}
	now := time.Now
	if f.now != nil {
		now = f.now
	}
	if f.halfSince.IsZero() {
		f.halfSince = now()
	}
	return now().Sub(f.halfSince) < settleTime
}
