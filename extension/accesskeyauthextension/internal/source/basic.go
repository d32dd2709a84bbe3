package source

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

// What the files are called in errors.
const (
	whatUser     = "user name file"
	whatPassword = "password file"
	whatToken    = "credentials file"
)

// BasicSettings are a user name and a password, each inline, in a file, or empty.
type BasicSettings struct {
	Username, UsernameFile string
	Password               configopaque.String
	PasswordFile           string
	// RefuseWorldRead makes a file that everybody can read an error instead of a warning.
	RefuseWorldRead bool
}

// basic is basic authentication for an endpoint that need not be Alibaba Cloud's: what is inline is sent as it is, and
// what is in files is trimmed, as Prometheus does.
type basic struct{ set BasicSettings }

// NewBasic returns a source that reads the files each time. Unlike NewFile it takes a password that changes alone at
// once, because that is how a password is rotated.
func NewBasic(set BasicSettings) Source { return basic{set} }

// Load implements Source. The user name is read before and after the password, so a rotation in between shows.
func (b basic) Load(context.Context) (Loaded, error) {
	user, warning, err := b.user()
	if err != nil {
		return Loaded{Warning: warning}, err
	}
	loaded := Loaded{Warning: warning}
	password := string(b.set.Password)
	if b.set.PasswordFile != "" {
		var secret secretFile
		password, secret, err = readPart(b.set.PasswordFile, whatPassword, b.set.RefuseWorldRead)
		loaded.Written = secret.written
		if secret.warning != "" {
			loaded.Warning = secret.warning
		}
		if err != nil {
			return loaded, err
		}
	}
	if again, _, err := b.user(); err != nil || again != user {
		return loaded, errHalfWritten
	}
	var doubt error
	loaded.Pair, doubt = accesskey.OfUser(user, password)
	loaded.Pair.Source = b.where()
	if doubt != nil && loaded.Warning == "" {
		loaded.Warning = fmt.Sprintf("%s: the user name looks like an AccessKey ID, and %v; it is sent as it is", b.where(), doubt)
	}
	if err := loaded.Pair.Validate(); err != nil {
		return loaded, fmt.Errorf("%s: %w", b.where(), err)
	}
	return loaded, nil
}

func (b basic) user() (user, warning string, err error) {
	if b.set.UsernameFile == "" {
		return b.set.Username, "", nil
	}
	user, secret, err := readPart(b.set.UsernameFile, whatUser, b.set.RefuseWorldRead)
	return user, secret.warning, err
}

func (b basic) where() string {
	switch {
	case b.set.UsernameFile != "" && b.set.PasswordFile != "":
		return "files " + b.set.UsernameFile + " and " + b.set.PasswordFile
	case b.set.PasswordFile != "":
		return "file " + b.set.PasswordFile
	case b.set.UsernameFile != "":
		return "file " + b.set.UsernameFile
	}
	return "the configuration key basic_auth"
}
