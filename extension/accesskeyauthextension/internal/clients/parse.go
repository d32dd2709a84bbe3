package clients

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
)

const (
	// maxSecretsPerID bounds the work of a refusal, which every other id shares. A rotation needs two.
	maxSecretsPerID = 8
	// maxReported bounds the length of an error.
	maxReported = 5
)

var (
	errNotArray   = errors.New(`it is not a JSON array: write [{"AccessKeyId": "...", "AccessKeySecret": "..."}]`)
	errNotObject  = errors.New(`not an object whose AccessKeyId and secret or hash are strings`)
	errNoSecret   = errors.New("no secret: give AccessKeySecret or AccessKeySecretHash")
	errTwoSecrets = errors.New("both AccessKeySecret and AccessKeySecretHash: remove one of them")
	errHashInRaw  = errors.New("the AccessKeySecret is a hash: name the field AccessKeySecretHash")
	errTooLong    = fmt.Errorf("the id and the secret do not fit in an Authorization header of %d bytes", maxAuthorization)
	errTooMany    = fmt.Errorf("more than %d secrets for this id: remove those that are no longer used", maxSecretsPerID)
)

// entry is the JSON form. The pointers tell a missing key from an empty one.
type entry struct {
	ID     string  `json:"AccessKeyId"`
	Secret *string `json:"AccessKeySecret"`
	Hash   *string `json:"AccessKeySecretHash"`
}

// parse reads the whole file or nothing: one bad entry spoils it, so that a slip never locks out a
// client unnoticed. Errors name the entry, counted from 1, and the masked id, and quote nothing else;
// the messages of encoding/json are not passed on, for they can quote the input.
func parse(content []byte) ([]client, error) {
	text, err := textOf(content)
	if err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, explainJSON(text, err)
	}
	if raw == nil { // the JSON null
		return nil, errNotArray
	}
	list := make([]client, 0, len(raw))
	secrets := map[string]int{}
	var problems []error
	for i, message := range raw {
		id, c, err := parseEntry(message)
		if secrets[id]++; err == nil && secrets[id] > maxSecretsPerID {
			err = errTooMany
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("entry %d (AccessKeyId %s): %w", i+1, accesskey.MaskID(id), err))
			continue
		}
		list = append(list, c)
	}
	if len(problems) > 0 {
		return nil, joined(problems)
	}
	return list, nil
}

// joined shows the first problems and counts the others.
func joined(problems []error) error {
	if more := len(problems) - maxReported; more > 0 {
		problems = append(problems[:maxReported], fmt.Errorf("and %d more entries", more))
	}
	return errors.Join(problems...)
}

// parseEntry also returns the id of an entry that is wrong otherwise.
func parseEntry(message json.RawMessage) (string, client, error) {
	var e entry
	if !bytes.HasPrefix(message, []byte("{")) || json.Unmarshal(message, &e) != nil {
		return e.ID, client{}, errNotObject
	}
	switch {
	case e.Secret == nil && e.Hash == nil:
		return e.ID, client{}, errNoSecret
	case e.Secret != nil && e.Hash != nil:
		return e.ID, client{}, errTwoSecrets
	case e.Hash != nil:
		return e.hashed()
	}
	return e.plain()
}

func (e entry) plain() (string, client, error) {
	pair := accesskey.Pair{AccessKeyID: e.ID, AccessKeySecret: configopaque.String(*e.Secret)}
	if err := pair.Validate(); err != nil {
		return e.ID, client{}, err
	}
	if !fitsHeader(e.ID, *e.Secret) {
		return e.ID, client{}, errTooLong
	}
	if _, err := parseHash(e.ID, *e.Secret); err == nil {
		return e.ID, client{}, errHashInRaw
	}
	return e.ID, client{id: e.ID, digest: sha256.Sum256([]byte(*e.Secret))}, nil
}

func (e entry) hashed() (string, client, error) {
	const someSecret = "x" // only the id is to be judged
	if err := (accesskey.Pair{AccessKeyID: e.ID, AccessKeySecret: someSecret}).Validate(); err != nil {
		return e.ID, client{}, err
	}
	if !fitsHeader(e.ID, someSecret) {
		return e.ID, client{}, errTooLong
	}
	c, err := parseHash(e.ID, *e.Hash)
	return e.ID, c, err
}

// explainJSON says where the text stops being JSON, without quoting it.
func explainJSON(text []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return errNotArray
	}
	before := text[:min(int(syntax.Offset), len(text))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return fmt.Errorf("it is not valid JSON at line %d, column %d: complete or correct it there", line, column)
}
