package translate

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// secretsFolder is where replaced secrets are said to be put.
const secretsFolder = "/etc/msp-collector/secrets"

// notSet is the value of a secret that Prometheus does not accept empty, until its environment variable is set.
const notSet = "not-set"

// replacement is what stands in the place of a secret.
type replacement struct {
	key     string // instead of the secret's own; empty to keep that
	value   *yaml.Node
	comment string
}

// secretFor replaces a secret by a file, where there is a key for one, or else by an environment variable.
func (t *translation) secretFor(at *yaml.Node, fileKey, name string) replacement {
	if fileKey != "" {
		file := filepath.Join(secretsFolder, t.unique(unusual.ReplaceAllString(name, "_")))
		return replacement{fileKey, text(file), fmt.Sprintf("put what stands in line %d of the prometheus.yml into this file", at.Line)}
	}
	return t.secretVariable(at, name, "")
}

// secretURL replaces a URL that holds a secret. Until the variable is set it is the URL without.
func (t *translation) secretURL(at *yaml.Node, public, name string) replacement {
	return t.secretVariable(at, name, ":-"+inDefaults.Replace(public))
}

// inDefaults are characters of URLs that mean something in ${env:VARIABLE:-default}.
var inDefaults = strings.NewReplacer("$", "%24", "{", "%7B", "}", "%7D")

func (t *translation) secretVariable(at *yaml.Node, name, otherwise string) replacement {
	variable := t.unique("MSP_" + strings.ToUpper(strings.Trim(notInVariables.Replace(unusual.ReplaceAllString(name, "_")), "_")))
	value := text("${env:" + variable + otherwise + "}")
	t.result.references[value] = true
	return replacement{"", value, fmt.Sprintf("set this variable to what stands in line %d of the prometheus.yml", at.Line)}
}

// unique returns a name, or one that begins with it, that no other secret has.
func (t *translation) unique(name string) string {
	candidate := name
	for n := 2; t.names[candidate]; n++ {
		candidate = fmt.Sprintf("%s_%d", name, n)
	}
	t.names[candidate] = true
	return candidate
}

var notInVariables = strings.NewReplacer(".", "_", "-", "_")

// setSecret sets a key to a secret, or to its replacement.
func (t *translation) setSecret(to *yaml.Node, key, secret string, instead func() replacement) {
	if t.secrets == Carried {
		set(to, key, text(secret))
		return
	}
	t.replaced = append(t.replaced, secret)
	by := instead()
	if by.key != "" {
		key = by.key
	}
	set(to, key, by.value).HeadComment = by.comment
}

// setURL sets a key to a URL, or to its replacement where the URL holds a secret.
func (t *translation) setURL(to *yaml.Node, key, address string, at *yaml.Node, name string) {
	public, secrets := publicURL(key, address)
	if len(secrets) == 0 {
		set(to, key, text(address))
		return
	}
	t.replaced = append(t.replaced, secrets...)
	t.setSecret(to, key, address, func() replacement { return t.secretURL(at, public, name) })
}

const hidden = "<secret>"

// replaceSecrets replaces the secrets of jobs: what Prometheus hides when it shows them, and what else concealed finds. accepts
// reports whether Prometheus reads the file that the jobs are of as they are at the moment.
func (t *translation) replaceSecrets(jobs *yaml.Node, loaded any, accepts func() bool) error {
	if t.secrets == Carried {
		return nil
	}
	public, err := shown(loaded)
	if err != nil {
		return err
	}
	var found []*place
	seen := map[*yaml.Node]bool{}
	add := func(at *place) {
		if !seen[at.value] {
			found, seen[at.value] = append(found, at), true
		}
	}
	walk(jobs, public, public, func(at *place, _, public string) {
		written := at.value.Value
		if written != public && (strings.Contains(public, hidden) || strings.Contains(public, ":xxxxx@")) {
			add(at)
		}
	})
	eachScalar(jobs, func(at *place) {
		if concealed(at) {
			add(at)
		}
	})
	replacements := make([]replacement, len(found))
	for i, at := range found { // Prometheus is asked before anything is replaced
		replacements[i] = t.instead(at, accepts)
	}
	for i, at := range found {
		t.replaced = append(t.replaced, at.value.Value)
		t.replace(at, replacements[i])
	}
	if left := leftover(jobs, loaded, public); left != nil {
		return fmt.Errorf("line %d holds a secret that cannot be replaced: put it into a file first", left.Line)
	}
	return nil
}

// instead returns what replaces the secret at a place of a job.
func (t *translation) instead(at *place, accepts func() bool) replacement {
	name := strings.Join(slices.DeleteFunc(slices.Clone(at.path), func(part string) bool { return part == "0" }), "_")
	written := *at.value
	if public, secrets := publicURL(at.name(), written.Value); len(secrets) > 0 {
		t.replaced = append(t.replaced, secrets...)
		return t.secretURL(&written, public, name)
	}
	if key := fileKey(at.keys[1:]); key != "" {
		return t.secretFor(&written, key, name)
	}
	*at.value = *text("")
	empty := accepts()
	*at.value = written
	if empty {
		return t.secretVariable(&written, name, "")
	}
	return t.secretVariable(&written, name, ":-"+notSet)
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
