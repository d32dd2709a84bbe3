package clients

import (
	"encoding/base64"
	"strings"
	"testing"
)

// FuzzHeader checks that what the parser takes is canonical: the credentials make the same token again.
func FuzzHeader(f *testing.F) {
	f.Add(basic(idA, secretA))
	f.Fuzz(func(t *testing.T, header string) {
		given, ok := parseHeader(header)
		if !ok {
			if given != (credentials{}) {
				t.Fatal("credentials of a refused header")
			}
			return
		}
		again := base64.StdEncoding.EncodeToString([]byte(given.id + ":" + given.secret))
		if !strings.EqualFold(header[:6], "Basic ") || strings.TrimLeft(header[6:], " ") != again {
			t.Fatalf("not canonical: %q", header)
		}
		if given.id == "" || strings.Contains(given.id, ":") || len(header) > maxAuthorization {
			t.Fatalf("taken: %q", header)
		}
	})
}

// FuzzParse checks that a file is taken whole or not at all, that its entries can be used, and that an
// error does not quote the file.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"AccessKeyId":"` + idA + `","AccessKeySecret":"` + secretA + `"}]`))
	f.Fuzz(func(t *testing.T, content []byte) {
		list, err := parse(content)
		if err != nil {
			if list != nil {
				t.Fatal("part of a bad file")
			}
			if strings.Contains(err.Error(), "secretOfThe") {
				t.Fatalf("error quotes the file: %v", err)
			}
			return
		}
		r := newRoster(list)
		for _, c := range list {
			if c.id == "" || strings.ContainsAny(c.id, ": ") || (c.cost == 0) != (c.hash == "") {
				t.Fatalf("unusable entry %q", c.id)
			}
			if !r.holds(c) {
				t.Fatal("entry is not in the roster")
			}
		}
	})
}
