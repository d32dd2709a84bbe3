package translate

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// secretsFolder is where replaced secrets are said to be put.
const secretsFolder = "/etc/msp-collector/secrets"

// replacement is what stands in the place of a secret.
type replacement struct {
	key     string // instead of the secret's own; empty to keep that
	value   *yaml.Node
	comment string
}

// secretFor replaces a secret by a file, where there is a key for one, or else by an environment variable.
func (t *translation) secretFor(at *yaml.Node, fileKey, name string) replacement {
	if fileKey != "" {
		file := filepath.Join(secretsFolder, unusual.ReplaceAllString(name, "_"))
		return replacement{fileKey, text(file), fmt.Sprintf("put what stands in line %d of the prometheus.yml into this file", at.Line)}
	}
	return t.secretVariable(at, name, "")
}

// secretURL replaces a URL with a password in it. Until the variable is set it is the URL without.
func (t *translation) secretURL(at *yaml.Node, written *url.URL, name string) replacement {
	public := *written
	public.User = nil
	return t.secretVariable(at, name, ":-"+public.String())
}

func (t *translation) secretVariable(at *yaml.Node, name, otherwise string) replacement {
	variable := "MSP_" + strings.ToUpper(strings.Trim(notInVariables.Replace(unusual.ReplaceAllString(name, "_")), "_"))
	value := text("${env:" + variable + otherwise + "}")
	t.result.references[value] = true
	return replacement{"", value, fmt.Sprintf("set this variable to what stands in line %d of the prometheus.yml", at.Line)}
}

var notInVariables = strings.NewReplacer(".", "_", "-", "_")

// setSecret sets a key to a secret, or to its replacement.
func (t *translation) setSecret(to *yaml.Node, key, secret string, instead replacement) {
	if t.secrets == Carried {
		set(to, key, text(secret))
		return
	}
	if instead.key != "" {
		key = instead.key
	}
	set(to, key, instead.value).HeadComment = instead.comment
}

// inFiles are the keys of Prometheus that have a sibling for a file.
var inFiles = map[string]string{
	"password": "password_file", "credentials": "credentials_file", "bearer_token": "bearer_token_file",
	"client_secret": "client_secret_file", "key": "key_file", "client_certificate_key": "client_certificate_key_file",
}

const hidden = "<secret>"

// replaceSecrets replaces the secrets of jobs. What is secret is what Prometheus hides when it shows them.
func (t *translation) replaceSecrets(jobs *yaml.Node, loaded any) error {
	if t.secrets == Carried {
		return nil
	}
	public, err := shown(loaded)
	if err != nil {
		return err
	}
	walk(jobs, public, public, func(place *place, _, public string) {
		written := place.value.Value
		if written == public || !strings.Contains(public, hidden) && !strings.Contains(public, ":xxxxx@") {
			return
		}
		name := strings.Join(slices.DeleteFunc(slices.Clone(place.path), func(part string) bool { return part == "0" }), "_")
		at := *place.value
		var instead replacement
		if address, err := url.Parse(written); public != hidden && err == nil {
			instead = t.secretURL(&at, address, name)
		} else if place.key != nil {
			instead = t.secretFor(&at, inFiles[place.key.Value], name)
		} else {
			instead = t.secretFor(&at, "", name)
		}
		t.replace(place, instead)
	})
	if left := leftover(jobs, loaded, public); left != nil {
		return fmt.Errorf("line %d holds a secret that cannot be replaced: put it into a file first", left.Line)
	}
	return nil
}

func (t *translation) replace(at *place, by replacement) {
	commented := at.value
	if at.key != nil {
		commented = at.key
		if by.key != "" {
			at.key.Value = by.key
		}
	}
	if at.mapping != nil {
		at.mapping.Style &^= yaml.FlowStyle // there is no room for comments in one line
	}
	*at.value = *by.value
	t.result.references[at.value] = t.result.references[by.value]
	commented.HeadComment = by.comment
}
