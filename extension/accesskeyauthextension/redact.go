package accesskeyauthextension

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const (
	// What is quoted of the server's answer.
	maxQuote = 1 << 10
	// How far an answer is searched for an echoed secret. Exporters quote far less of it.
	maxRedact = 64 << 10
	// A shorter id, which Alibaba Cloud does not give, may be a word of the answer that explains it.
	minMasked = 12

	// A shorter secret keeps nobody out, and taking it out would garble the answer.
	minSecret = 4

	redacted = "[REDACTED]"
)

// redact takes the secret, the token and the encoded pair of cred out of the body of resp, and masks
// the id, in case the server or a proxy echoes what it refused, since exporters log such answers. It
// returns the start of the text.
func redact(resp *http.Response, cred *credential) string {
	head, err := io.ReadAll(io.LimitReader(resp.Body, maxRedact))
	clean := head
	for _, secret := range cred.forms() {
		clean = bytes.ReplaceAll(clean, []byte(secret), []byte(redacted))
	}
	if id := cred.pair.AccessKeyID; len(id) >= minMasked {
		clean = bytes.ReplaceAll(clean, []byte(id), []byte(cred.pair.MaskedID()))
	}
	if resp.ContentLength >= 0 {
		resp.ContentLength += int64(len(clean) - len(head))
	}
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failedReader{err}
	}
	resp.Body = body{io.MultiReader(bytes.NewReader(clean), rest), resp.Body}
	return strings.TrimSpace(strings.ToValidUTF8(string(clean[:min(len(clean), maxQuote)]), "?"))
}

// forms are the spellings in which an answer may repeat what is secret: as it is, in a URL, in JSON
// that escapes the slash, and as it was sent, with or without padding.
func (c *credential) forms() []string {
	forms := []string{strings.TrimRight(strings.TrimPrefix(c.header[0], "Basic "), "=")}
	for _, secret := range []string{string(c.pair.AccessKeySecret), string(c.pair.SecurityToken)} {
		if len(secret) >= minSecret {
			forms = append(forms, secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ReplaceAll(secret, "/", `\/`))
		}
	}
	return forms
}

type body struct {
	io.Reader
	io.Closer
}

// failedReader gives the reader of an answer the error that ended it.
type failedReader struct{ err error }

func (f failedReader) Read([]byte) (int, error) { return 0, f.err }
