package harness

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// AccessKey is a pair as it stands in an AccessKey file.
type AccessKey struct {
	ID     string `json:"AccessKeyId"`
	Secret string `json:"AccessKeySecret"`
}

// NewAccessKey makes up a pair of the usual shape: an id of 24 and a secret of 30 characters.
func NewAccessKey() AccessKey {
	return AccessKey{ID: "LTAI5t" + rand.Text()[:18], Secret: (rand.Text() + rand.Text())[:30]}
}

// JSON is the content of an AccessKey file.
func (k AccessKey) JSON() []byte {
	content, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		panic(err) // two strings always marshal
	}
	return append(content, '\n')
}

// Leaks names every form in which the secret occurs in a text; an empty result is the good one.
func (k AccessKey) Leaks(text string) []string {
	pair := k.ID + ":" + k.Secret
	forms := map[string]string{
		"plain":            k.Secret,
		"URL-encoded":      url.QueryEscape(k.Secret),
		"base64":           unpadded(base64.StdEncoding.EncodeToString([]byte(k.Secret))),
		"base64url":        unpadded(base64.URLEncoding.EncodeToString([]byte(k.Secret))),
		"basic auth":       unpadded(base64.StdEncoding.EncodeToString([]byte(pair))),
		"basic auth (url)": unpadded(base64.URLEncoding.EncodeToString([]byte(pair))),
	}
	var found []string
	for form, value := range forms {
		if strings.Contains(text, value) {
			found = append(found, form)
		}
	}
	return found
}

func unpadded(encoded string) string { return strings.TrimRight(encoded, "=") }

// A KeyWriter is one way to give an AccessKey file new content.
type KeyWriter func(path string, key AccessKey) error

// WriteInPlace truncates and rewrites the file, as an editor or a shell redirection does.
func WriteInPlace(path string, key AccessKey) error {
	return os.WriteFile(path, key.JSON(), 0o600)
}

// RenameOver writes a new file and renames it over the old one.
func RenameOver(path string, key AccessKey) error {
	next := path + ".next"
	if err := WriteInPlace(next, key); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// RemoveAndCreate leaves a moment without a file.
func RemoveAndCreate(path string, key AccessKey) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return WriteInPlace(path, key)
}

// SwapSymlink changes the file as Kubernetes changes a mounted Secret:
//
//	accesskey.json -> ..data/accesskey.json
//	..data         -> ..<generation>          renamed over to switch
//	..<generation>/accesskey.json
func SwapSymlink(path string, key AccessKey) error {
	dir, file := filepath.Split(path)
	generation, err := os.MkdirTemp(dir, "..generation-")
	if err != nil {
		return err
	}
	if err := WriteInPlace(filepath.Join(generation, file), key); err != nil {
		return err
	}
	data, next := filepath.Join(dir, "..data"), filepath.Join(dir, "..data_tmp")
	if err := os.Symlink(filepath.Base(generation), next); err != nil {
		return err
	}
	previous, _ := os.Readlink(data)
	if err := os.Rename(next, data); err != nil {
		return err
	}
	if previous != "" {
		return os.RemoveAll(filepath.Join(dir, previous))
	}
	if err := os.Symlink(filepath.Join("..data", file), path); err != nil {
		return fmt.Errorf("first generation: %w", err)
	}
	return nil
}
