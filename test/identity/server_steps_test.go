package identity

import (
	"errors"
	"io"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMomentsAreWrittenIntoExpositions(t *testing.T) {
	base := time.UnixMilli(1_700_000_000_999)
	assert.Equal(t, "a 1 1700000001004\nb 2 1700000300999\nc 3 1700000001.000\n", moments("a 1 @base+5\nb 2 @ahead+0\nc 3 @base+1s\n", base))
}

func TestStepsOfAFile(t *testing.T) {
	all := steps(t, "file", "type", "a 1\n### scrape 3\na 3\n### scrape 4 as 1\n### scrape 5 status 500\nb 1\n### scrape 6 disconnect\n### scrape 7 gone\n")
	require.Len(t, all, 7)
	for i, want := range []string{"a 1\n", "a 1\n", "a 3\n", "a 1\n", "b 1\n"} {
		assert.Equal(t, want, string(all[i].body(time.Time{})), i+1)
	}
	assert.Equal(t, 500, all[4].status)
	assert.True(t, all[5].disconnect)
	assert.True(t, all[6].gone)
}

func TestEachScraperWalksThroughTheSteps(t *testing.T) {
	f := fixture{name: "leaving", steps: steps(t, "leaving", "text/plain", "a 1\n### scrape 2\na 2\n### scrape 3 gone\n")}
	s := startServer(t, []fixture{f})
	client := &http.Client{Transport: &http.Transport{}}
	get := func(scraper string) (string, error) {
		address, private := s.address(scraper, f.name)
		require.True(t, private)
		response, err := client.Get("http://" + address + "/leaving?" + scraperParameter + "=" + scraper)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return string(body), err
	}
	for _, scraper := range []string{reference, packed} {
		for _, want := range []string{"a 1\n", "a 2\n"} {
			body, err := get(scraper)
			require.NoError(t, err)
			assert.Equal(t, want, body)
		}
		_, err := get(scraper)
		require.ErrorIs(t, err, syscall.ECONNREFUSED, "%v", errors.Unwrap(err))
	}
}
