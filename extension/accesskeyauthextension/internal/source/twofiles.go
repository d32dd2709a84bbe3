package source

import (
	"context"
	"errors"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

const (
	// A rotation always brings a new id and a new secret, so a pair of which one half alone is new has
	// been read between two writes. It is held back this long, and then tried: it may be a correction.
	settleTime = 10 * time.Second
	// Until then a slow writer may still complete it. From here on it counts as a correction, and as whole.
	correctionTime = 10 * time.Minute
)

var errHalfWritten = errors.New("only one half of the pair has changed, the other is awaited for 10s")

// twoFiles is a pair whose secret, and mostly also the id, is in a file of its own.
type twoFiles struct {
	set       FileSettings
	whole     accesskey.Pair   // the last of which both halves belong together, as far as can be known
	halfSince time.Time        // when one half alone became new
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
	return loaded, nil
}

// read takes the id before and after the secret: a rotation that runs between the readings shows.
func (f *twoFiles) read() (Loaded, error) {
	id, warning, err := f.readID()
	if err != nil {
		return Loaded{Warning: warning}, err
	}
	value, secret, err := readPart(f.set.SecretPath, whatPair, f.set.RefuseWorldRead)
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
	id, secret, err := readPart(f.set.IDPath, whatPair, f.set.RefuseWorldRead)
	return id, secret.warning, err
}

// halfChanged reports whether the pair must be held back. A pair of which both halves are new is whole,
// also when one of them has been tried with the old half of the other meanwhile.
func (f *twoFiles) halfChanged(pair accesskey.Pair) bool {
	idSame := pair.AccessKeyID == f.whole.AccessKeyID
	secretSame := pair.AccessKeySecret == f.whole.AccessKeySecret
	if f.whole.AccessKeyID == "" || idSame == secretSame {
		f.whole, f.halfSince = pair, time.Time{}
		return false
	}
	now := time.Now
	if f.now != nil {
		now = f.now
	}
	if f.halfSince.IsZero() {
		f.halfSince = now()
	}
	age := now().Sub(f.halfSince)
	if age >= correctionTime {
		f.whole, f.halfSince = pair, time.Time{}
	}
	return age < settleTime
}
