package clients

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// client is one entry of the file: an id and what proves its secret, either a digest or a bcrypt hash.
// A secret in the clear is kept as its digest, which also hides its length from the comparison. It is a
// comparable value. The empty id marks a decoy, which matches no request.
type client struct {
	id     string
	digest [sha256.Size]byte
	hash   string
	// cost is bcrypt's; zero if the entry is a digest.
	cost int
}

const (
	digestScheme = "{SHA256}"
	// bcryptLength is that of the modular crypt form: $2b$ cc $, 22 of salt, 31 of hash.
	bcryptLength = 60
	// minBcryptCost is the algorithm's; maxBcryptCost is where one verification takes about a second,
	// during which nobody else is verified on a machine with two processors.
	minBcryptCost = 4
	maxBcryptCost = 14
	// bcryptAlphabet is bcrypt's own base64.
	bcryptAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

var (
	errDigest = errors.New("the {SHA256} hash is not the base64 of a SHA-256 digest: make it with: openssl dgst -sha256 -binary | base64")
	errBcrypt = errors.New("the bcrypt hash is damaged: copy all 60 characters of it, beginning with $2a$, $2b$ or $2y$")
	errCost   = fmt.Errorf("the bcrypt cost is outside %d to %d: hash the secret again with cost 10", minBcryptCost, maxBcryptCost)
	errScheme = errors.New("the hash is of an unknown kind: use bcrypt ($2b$...) or {SHA256} with base64")
)

// parseHash reads the value of AccessKeySecretHash. Its errors never quote it.
func parseHash(id, value string) (client, error) {
	if len(value) >= len(digestScheme) && strings.EqualFold(value[:len(digestScheme)], digestScheme) {
		return parseDigest(id, value[len(digestScheme):])
	}
	if strings.HasPrefix(value, "$2") {
		return parseBcrypt(id, value)
	}
	return client{}, errScheme
}

func parseDigest(id, value string) (client, error) {
	sum, err := base64.StdEncoding.Strict().DecodeString(value)
	if err != nil || len(sum) != sha256.Size || strings.ContainsAny(value, "\r\n") {
		return client{}, errDigest
	}
	return client{id: id, digest: [sha256.Size]byte(sum)}, nil
}

// parseBcrypt checks the whole form, because the library's comparison overlooks what follows a hash
// and the letter of its version. $2x$ marks hashes of a faulty implementation and is refused.
func parseBcrypt(id, value string) (client, error) {
	if len(value) != bcryptLength || !slices.Contains([]byte("aby"), value[2]) || value[3] != '$' || value[6] != '$' {
		return client{}, errBcrypt
	}
	if strings.Trim(value[7:], bcryptAlphabet) != "" || strings.Trim(value[4:6], "0123456789") != "" {
		return client{}, errBcrypt
	}
	cost := int(value[4]-'0')*10 + int(value[5]-'0')
	if cost < minBcryptCost || cost > maxBcryptCost {
		return client{}, errCost
	}
	return client{id: id, hash: value, cost: cost}, nil
}

// decoyDigest returns a digest of nothing that anybody knows.
func decoyDigest() client {
	var c client
	_, _ = rand.Read(c.digest[:]) // never fails (crypto/rand documentation)
	return c
}

// decoyHash returns a bcrypt hash of the cost, of nothing that anybody knows, without computing one.
func decoyHash(cost int) client {
	tail := make([]byte, bcryptLength-7)
	_, _ = rand.Read(tail) // never fails (crypto/rand documentation)
	for i, b := range tail {
		tail[i] = bcryptAlphabet[b&63]
	}
	return client{hash: fmt.Sprintf("$2b$%02d$%s", cost, tail), cost: cost}
}
