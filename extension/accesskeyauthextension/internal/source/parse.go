package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension/internal/accesskey"
	"github.com/msp-collector/msp-collector/internal/secretfile"
)

var (
	errEmptyFile = errors.New("it is empty")
	errBadJSON   = errors.New(`it is not valid JSON; write {"AccessKeyId": "...", "AccessKeySecret": "..."}`)
	errBadExpiry = errors.New("its Expiration is not an RFC 3339 time such as 2006-01-02T15:04:05Z: write the one that STS gave, or leave it out")
)

// fields are the keys of a pair as the different files spell them.
type fields struct{ id, secret, token string }

func (f fields) pair() (accesskey.Pair, error) { return accesskey.New(f.id, f.secret, f.token, "") }

// parse reads a pair from a file's content: JSON as KMS writes RAM secrets, the aliyun CLI's
// config.json, or an INI credentials file. created is when the pair was made, zero where the content
// does not say. Errors never quote the content.
func parse(content []byte, profile string) (pair accesskey.Pair, created time.Time, err error) {
	text, err := secretfile.Text(content)
	switch {
	case err != nil:
		return pair, created, err
	case text == "":
		return pair, created, errEmptyFile
	case text[0] == '{':
		return parseJSON([]byte(text), profile)
	default:
		pair, err = parseINI(text, profile)
		return pair, created, err
	}
}

func parseJSON(content []byte, profile string) (pair accesskey.Pair, created time.Time, err error) {
	var doc struct {
		ID      string `json:"AccessKeyId"`
		Secret  string `json:"AccessKeySecret"`
		Token   string `json:"SecurityToken"`
		Created any    `json:"GenerateTimestamp"` // any, for a strange one must not spoil the pair
		Expires any    `json:"Expiration"`        // of a temporary pair, as STS writes it
		Current string `json:"current"`
		// The keys of the aliyun CLI's config.json.
		Profiles []cliProfile `json:"profiles"`
	}
	if json.Unmarshal(content, &doc) != nil {
		return pair, created, errBadJSON // the cause could quote a secret
	}
	if doc.Profiles == nil {
		pair, err = fields{doc.ID, doc.Secret, doc.Token}.pair()
		if err == nil {
			pair.Expiry, err = expiry(doc.Expires)
		}
		return pair, pastTime(doc.Created), err
	}
	if profile == "" {
		profile = doc.Current
	}
	pair, err = pairOfProfile(doc.Profiles, profile)
	return pair, created, err
}

// pastTime is the RFC 3339 time that KMS writes, or zero for anything else. One in the future is no
// time at which a pair was made.
func pastTime(value any) time.Time {
	text, _ := value.(string)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.After(time.Now()) {
		return time.Time{}
	}
	return at
}

// expiry is the RFC 3339 time at which a pair ends, zero when there is none. What is wrong with it is not
// passed over: the pair would be sent after its end.
func expiry(value any) (time.Time, error) {
	if value == nil || value == "" {
		return time.Time{}, nil
	}
	text, _ := value.(string)
	end, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errBadExpiry
	}
	return end, nil
}

type cliProfile struct {
	Name   string `json:"name"`
	Mode   string `json:"mode"`
	ID     string `json:"access_key_id"`
	Secret string `json:"access_key_secret"`
	Token  string `json:"sts_token"`
}

func pairOfProfile(profiles []cliProfile, profile string) (accesskey.Pair, error) {
	for _, p := range profiles {
		if p.Name != profile {
			continue
		}
		if p.Mode != "AK" && p.Mode != "StsToken" && p.Mode != "" {
			return accesskey.Pair{}, fmt.Errorf("its profile %q has mode %q, which holds no pair: use a profile of mode AK or StsToken", profile, p.Mode)
		}
		return fields{p.ID, p.Secret, p.Token}.pair()
	}
	return accesskey.Pair{}, fmt.Errorf("it has no profile %q: set profile to one that it has", profile)
}
