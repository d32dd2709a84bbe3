package translate

import (
	"errors"
	"strings"

	promconfig "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"

	"github.com/msp-collector/msp-collector/components/diagnosis"
)

const accessKeyType = "accesskey_auth"

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

const withOneOf = "authenticate with basic_auth, authorization or oauth2, or leave this entry to a Prometheus"

// authenticate makes the authenticator of an entry. On a host of Alibaba Cloud, basic authentication is an AccessKey pair
// and is checked as one. Any other endpoint gets what Prometheus sends.
func (t *translation) authenticate(d *destination) error {
	if err := t.refuse(d.entry, d.key, []refusal{
		{[]string{"sigv4"}, withOneOf}, {[]string{"azuread"}, withOneOf}, {[]string{"google_iam"}, withOneOf},
		{[]string{"basic_auth", "username_ref"}, "there is no secret manager here: use username_file"},
		{[]string{"basic_auth", "password_ref"}, "there is no secret manager here: use password_file"},
		{[]string{"authorization", "credentials_ref"}, "there is no secret manager here: use credentials_file"},
	}); err != nil {
		return err
	}
	http := &d.written.HTTPClientConfig
	switch user := d.written.URL.User; {
	case user != nil && (http.BasicAuth != nil || http.Authorization != nil || http.OAuth2 != nil):
		return t.at(d.entry, "%s has credentials in its URL and beside it: keep one of them", d.key)
	case user != nil:
		key, _ := lookup(d.entry, "url")
		password, _ := user.Password()
		t.basic(d, key, &promconfig.BasicAuth{Username: user.Username(), Password: promconfig.Secret(password)})
	case http.BasicAuth != nil:
		key, node := lookup(d.entry, "basic_auth")
		if *http.BasicAuth == (promconfig.BasicAuth{}) {
			return t.at(key, "%s.basic_auth is empty: set username and password_file, or remove it", d.key)
		}
		if password, _ := lookup(node, "password"); password != nil {
			key = password
		}
		t.basic(d, key, http.BasicAuth)
	case http.Authorization != nil:
		return t.authorization(d)
	case http.OAuth2 != nil:
		return t.oauth2(d, http.OAuth2)
	}
	return nil
}

// basic carries the files themselves, because accesskey_auth reads them again when they change. at is where an inline
// password stands.
func (t *translation) basic(d *destination, at *yaml.Node, pair *promconfig.BasicAuth) {
	d.authID = accessKeyType + "/" + d.id
	half := pair.UsernameFile != "" && pair.PasswordFile == ""
	if diagnosis.AlibabaHost(d.written.URL.Hostname()) && !half {
		t.accessKey(d, at, pair)
		return
	}
	node := mapping()
	for _, s := range []struct{ key, value string }{
		{"username", pair.Username}, {"username_file", pair.UsernameFile}, {"password_file", pair.PasswordFile},
	} {
		if s.value != "" {
			set(node, s.key, text(s.value))
		}
	}
	if pair.Password != "" {
		t.setSecret(node, "password", string(pair.Password), func() replacement { return t.secretFor(at, "password_file", d.id+".secret") })
	}
	d.auth = mapping("basic_auth", node)
}

// accessKey carries an AccessKey pair.
func (t *translation) accessKey(d *destination, at *yaml.Node, pair *promconfig.BasicAuth) {
	file := mapping()
	if pair.UsernameFile != "" {
		set(file, "access_key_id_path", text(pair.UsernameFile))
	} else {
		set(file, "access_key_id", text(pair.Username))
	}
	switch {
	case pair.PasswordFile != "":
		set(file, "access_key_secret_path", text(pair.PasswordFile))
	case t.secrets == Carried:
		d.auth = mapping("static", mapping("access_key_id", text(pair.Username), "access_key_secret", text(string(pair.Password))))
		return
	default:
		t.setSecret(file, "access_key_secret", string(pair.Password), func() replacement { return t.secretFor(at, "access_key_secret_path", d.id+".secret") })
	}
	d.auth = mapping("file", file)
}

// authorization carries any type that has one word of credentials.
func (t *translation) authorization(d *destination) error {
	authorization := d.written.HTTPClientConfig.Authorization
	key, node := lookup(d.entry, "authorization")
	if credentials, _ := lookup(node, "credentials"); credentials != nil {
		key = credentials
	}
	written := mapping("type", text(authorization.Type))
	switch {
	case authorization.CredentialsFile != "":
		set(written, "credentials_file", text(authorization.CredentialsFile))
	case authorization.Credentials != "":
		t.setSecret(written, "credentials", string(authorization.Credentials), func() replacement { return t.secretFor(key, "credentials_file", d.id+".token") })
	default:
		return t.at(key, "%s.authorization has no credentials: set credentials_file", d.key)
	}
	d.authID, d.auth = accessKeyType+"/"+d.id, mapping("authorization", written)
	return nil
}
