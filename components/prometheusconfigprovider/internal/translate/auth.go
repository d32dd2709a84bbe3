package translate

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	accessKeyType   = "accesskey_auth"
	bearerTokenType = "bearertokenauth"
)

// refusal is a part of an entry that the collector has nothing for.
type refusal struct {
	path   []string
	advice string
}

func (t *translation) refuse(in *yaml.Node, prefix string, refusals []refusal) error {
	var errs []error
	for _, r := range refusals {
		var key *yaml.Node
		node := in
		for _, name := range r.path {
			key, node = lookup(node, name)
		}
		if key != nil && node.Tag != "!!null" {
			errs = append(errs, t.at(key, "%s.%s is not supported: %s", prefix, strings.Join(r.path, "."), r.advice))
		}
	}
	return errors.Join(errs...)
}

const withOneOf = "authenticate with basic_auth or authorization, or leave this entry to a Prometheus"

// authenticate makes the authenticator of an entry: accesskey_auth for basic authentication, which rotates the pair.
func (t *translation) authenticate(d *destination) error {
	if err := t.refuse(d.entry, d.key, []refusal{
		{[]string{"oauth2"}, withOneOf}, {[]string{"sigv4"}, withOneOf}, {[]string{"azuread"}, withOneOf}, {[]string{"google_iam"}, withOneOf},
		{[]string{"basic_auth", "username_ref"}, "there is no secret manager here: use username_file"},
		{[]string{"basic_auth", "password_ref"}, "there is no secret manager here: use password_file"},
		{[]string{"authorization", "credentials_ref"}, "there is no secret manager here: use credentials_file"},
	}); err != nil {
		return err
	}
	http := &d.written.HTTPClientConfig
	switch user := d.written.URL.User; {
	case user != nil && (http.BasicAuth != nil || http.Authorization != nil):
		return t.at(d.entry, "%s has credentials in its URL and beside it: keep basic_auth", d.key)
	case user != nil:
		key, _ := lookup(d.entry, "url")
		password, _ := user.Password()
		t.static(d, key, user.Username(), password)
	case http.BasicAuth != nil:
		return t.basic(d)
	case http.Authorization != nil:
		return t.bearer(d)
	}
	return nil
}

// basic carries the pair by the files it is in, since accesskey_auth reads them again when they change.
func (t *translation) basic(d *destination) error {
	pair := d.written.HTTPClientConfig.BasicAuth
	key, node := lookup(d.entry, "basic_auth")
	file := mapping()
	if pair.UsernameFile != "" {
		set(file, "access_key_id_path", text(pair.UsernameFile))
	} else {
		set(file, "access_key_id", text(pair.Username))
	}
	switch {
	case pair.PasswordFile != "":
		set(file, "access_key_secret_path", text(pair.PasswordFile))
		d.authID, d.auth = accessKeyType+"/"+d.id, mapping("file", file)
	case pair.UsernameFile != "":
		return t.at(key, "%s.basic_auth has its username in a file and its password not: put the password into a password_file", d.key)
	default:
		if password, _ := lookup(node, "password"); password != nil {
			key = password
		}
		t.static(d, key, pair.Username, string(pair.Password))
	}
	return nil
}

// static carries a pair that stands in the configuration.
func (t *translation) static(d *destination, at *yaml.Node, id, secret string) {
	d.authID = accessKeyType + "/" + d.id
	if t.secrets == Carried {
		d.auth = mapping("static", mapping("access_key_id", text(id), "access_key_secret", text(secret)))
		return
	}
	file := mapping("access_key_id", text(id))
	t.setSecret(file, "access_key_secret", secret, func() replacement { return t.secretFor(at, "access_key_secret_path", d.id+".secret") })
	d.auth = mapping("file", file)
}

// bearer carries any scheme that has one word of credentials.
func (t *translation) bearer(d *destination) error {
	authorization := d.written.HTTPClientConfig.Authorization
	key, node := lookup(d.entry, "authorization")
	if credentials, _ := lookup(node, "credentials"); credentials != nil {
		key = credentials
	}
	d.authID = bearerTokenType + "/" + d.id
	d.auth = mapping("scheme", text(authorization.Type))
	switch {
	case authorization.CredentialsFile != "":
		set(d.auth, "filename", text(authorization.CredentialsFile))
	case authorization.Credentials != "":
		t.setSecret(d.auth, "token", string(authorization.Credentials), func() replacement { return t.secretFor(key, "filename", d.id+".token") })
	default:
		return t.at(key, "%s.authorization has no credentials: set credentials_file", d.key)
	}
	return nil
}
