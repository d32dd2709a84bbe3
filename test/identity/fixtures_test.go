package identity

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const fixtureFolder = "testdata/fixtures"

// fixture is a target, and how its job is configured.
type fixture struct {
	name  string
	job   map[string]any // of its scrape config, what is not the same for all
	steps []step         // what it exposes, scrape by scrape; the last one stays
	gzip  bool
	live  bool // a real program instead of steps
}

// step is the answer to a scrape. Without anything, it is an empty body.
type step struct {
	contentType string
	body        func(base time.Time) []byte // base: see moments
	status      int                         // 200 when 0
	disconnect  bool                        // the connection is closed instead
	gone        bool                        // from here on, connections are refused
}

// contentTypes are those of files, by the end of their name. A file .raw has none.
var contentTypes = map[string]string{
	".txt": "text/plain; version=0.0.4; charset=utf-8",
	".om":  "application/openmetrics-text; version=1.0.0; charset=utf-8",
	".raw": "",
}

// loadFixtures reads testdata/fixtures. A file holds what is exposed, and lines "### scrape n" begin what is exposed from
// scrape n on; see directive. name.yml configures its job; name@one.yml and name@two.yml make two fixtures of it, each with a
// configuration of its own. The key body names another file's exposition.
func loadFixtures(t *testing.T) []fixture {
	t.Helper()
	bodies := map[string]fixture{}
	jobs := map[string]map[string]any{}
	files, err := os.ReadDir(fixtureFolder)
	require.NoError(t, err)
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(fixtureFolder, file.Name()))
		require.NoError(t, err)
		extension := filepath.Ext(file.Name())
		name := strings.TrimSuffix(file.Name(), extension)
		if extension == ".yml" {
			job := map[string]any{}
			require.NoError(t, yaml.Unmarshal(content, &job), file.Name())
			jobs[name] = job
			continue
		}
		contentType, known := contentTypes[extension]
		require.True(t, known, "%s: an unknown kind of file", file.Name())
		name, gzip := strings.CutSuffix(name, ".gz")
		bodies[name] = fixture{name: name, steps: steps(t, file.Name(), contentType, string(content)), gzip: gzip}
	}
	maps.Copy(bodies, protobufFixtures())
	return configured(t, bodies, jobs)
}

// configured brings expositions and configurations together.
func configured(t *testing.T, bodies map[string]fixture, jobs map[string]map[string]any) []fixture {
	t.Helper()
	used := map[string]bool{}
	var all []fixture
	for _, name := range slices.Sorted(maps.Keys(jobs)) {
		body, _, _ := strings.Cut(name, "@")
		if other, named := jobs[name]["body"].(string); named {
			body = other
			delete(jobs[name], "body")
		} else {
			used[body] = true
		}
		f, exists := bodies[body]
		require.True(t, exists, "%s.yml has no exposition %s", name, body)
		f.name, f.job = name, jobs[name]
		all = append(all, f)
	}
	for name, f := range bodies {
		if !used[name] {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b fixture) int { return strings.Compare(a.name, b.name) })
	return all
}

var directive = regexp.MustCompile(`^### scrape (\d+)(?: (as|status|disconnect|gone)(?: (\d+))?)?\n$`)

// steps splits a file. Behind the number of a scrape may stand: "as 1", what was exposed in that scrape; "status 500", the
// answer's; "disconnect" and "gone", see step.
func steps(t *testing.T, file, contentType, content string) []step {
	t.Helper()
	var all []step
	var text strings.Builder
	current := step{contentType: contentType}
	finish := func() {
		if body := text.String(); current.body == nil {
			current.body = func(base time.Time) []byte { return []byte(moments(body, base)) }
		}
		all = append(all, current)
		text.Reset()
	}
	for line := range strings.Lines(content) {
		match := directive.FindStringSubmatch(line)
		if match == nil {
			require.False(t, strings.HasPrefix(line, "###"), "%s: cannot read %q", file, line)
			text.WriteString(line)
			continue
		}
		finish()
		next, err := strconv.Atoi(match[1])
		require.NoError(t, err)
		require.Greater(t, next, len(all), "%s: %q", file, line)
		for len(all) < next-1 {
			all = append(all, all[len(all)-1])
		}
		number, _ := strconv.Atoi(match[3])
		current = step{contentType: contentType}
		switch match[2] {
		case "as":
			current = all[number-1]
		case "status":
			current.status = number
		case "disconnect":
			current.disconnect = true
		case "gone":
			current.gone = true
		}
	}
	finish()
	return all
}

// ahead is how far in the future the moments @ahead are: less than Prometheus refuses.
const ahead = 5 * time.Minute

var moment = regexp.MustCompile(`@(base|ahead)\+(\d+)(s?)`)

// moments writes timestamps into an exposition: @base+5 is 5 ms after base, a moment after the start of all scrapers and
// before their first scrape; @ahead+5 is as much in the future; @base+5s is the same as @base+5 written in seconds.
func moments(text string, base time.Time) string {
	return moment.ReplaceAllStringFunc(text, func(match string) string {
		parts := moment.FindStringSubmatch(match)
		milliseconds, _ := strconv.ParseInt(parts[2], 10, 64) // digits
		at := base.UnixMilli() + milliseconds
		if parts[1] == "ahead" {
			at += ahead.Milliseconds()
		}
		if parts[3] == "s" {
			return fmt.Sprintf("%d.%03d", at/1000, at%1000)
		}
		return strconv.FormatInt(at, 10)
	})
}
