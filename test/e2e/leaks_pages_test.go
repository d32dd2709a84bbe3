package e2e

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msp-collector/msp-collector/test/harness"
)

const mostPages = 300 // tracez has a page per kind of span and latency

var link = regexp.MustCompile(`href="?([^">\s]+)`)

// scanPages follows the links of zpages, from each page that it documents, and searches all of them.
func (l *leakHunt) scanPages() {
	l.Helper()
	var pages strings.Builder
	queue := []string{"/debug/servicez", "/debug/pipelinez", "/debug/extensionz", "/debug/featurez", "/debug/tracez", "/debug/expvarz"}
	seen := map[string]bool{}
	for len(queue) > 0 && len(seen) < mostPages {
		page := queue[0]
		queue = queue[1:]
		if seen[page] {
			continue
		}
		seen[page] = true
		text, err := harness.Fetch(deadline(l.T, patience), l.zpages+page)
		require.NoError(l, err)
		pages.WriteString(text)
		queue = append(queue, links(page, text)...)
	}
	assert.Contains(l, pages.String(), "accesskey_auth", "the pages tell nothing of the extension")
	l.Logf("%d zpages", len(seen))
	l.scan("zpages", pages.String())
}

// links are the zpages that a page refers to.
func links(page, text string) []string {
	base, err := url.Parse(page)
	if err != nil {
		return nil
	}
	var found []string
	for _, match := range link.FindAllStringSubmatch(text, -1) {
		target, err := base.Parse(html.UnescapeString(match[1]))
		if err == nil && target.Host == "" && strings.HasPrefix(target.Path, "/debug/") {
			found = append(found, target.RequestURI())
		}
	}
	return found
}

// arrived holds when a request with a pair has come in after a moment.
func (l *leakHunt) arrived(since time.Time, key harness.AccessKey) func(context.Context) error {
	return func(context.Context) error {
		for _, received := range l.endpoint.Received() {
			id, secret, _ := (&http.Request{Header: received.Header}).BasicAuth()
			if received.Time.After(since) && id == key.ID && secret == key.Secret {
				return nil
			}
		}
		return errors.New("none so far")
	}
}
