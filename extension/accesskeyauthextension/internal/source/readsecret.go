package source

import (
	"errors"
	"fmt"
	"time"

	"github.com/msp-collector/msp-collector/internal/secretfile"
)

// secretFile is what a file holds, when that was written, and what its owner should know.
type secretFile struct {
	content []byte
	written time.Time
	warning string
}

// readSecret reads a secret file; what names it in errors, such as "AccessKey file". It warns about, or rejects, one
// that every user of the host can read. Errors never hold the content.
func readSecret(path, what string, refuseWorldRead bool) (secret secretFile, err error) {
	file, err := secretfile.Read(path, what)
	if err != nil {
		return secret, err
	}
	if file.WorldReadable {
		secret.warning = fmt.Sprintf("%s %q can be read by every user of this host (mode %04o): chmod 600 it, or 640 with a group of the collector's", what, path, file.Mode)
		if refuseWorldRead {
			return secret, errors.New(secret.warning + "; file_mode: refuse forbids its use")
		}
	}
	secret.content, secret.written = file.Content, file.Written
	return secret, nil
}
