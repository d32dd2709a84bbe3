package diagnosis

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// claim is a promise that nothing is lost, which no constant text can keep; waits is one that samples are kept, which no remedy can.
const (
	claim = `(?i)nothing( \w+)? (is|was|gets) lost|no samples? (is|are|was|were) lost|loses? nothing|without (any )?loss|lossless|all else is delivered`
	waits = `|samples? (wait|are kept|are queued|are safe)\b|data (wait|are kept)`
)

func TestNoRemedyPromisesAnything(t *testing.T) {
	for _, put := range words {
		for _, one := range append(slices.Clone(rules), unknown) {
			require.NotRegexp(t, claim+waits, strings.NewReplacer(put...).Replace(one.cause+" "+one.remedy), one.reason)
		}
	}
	for _, text := range []string{"nothing is lost: samples wait", "Nothing else is lost", "no sample was lost", "all else is delivered", "samples wait"} {
		require.Regexp(t, claim+waits, text, "the test recognizes a claim")
	}
}

// No constant text of a component, an extension, the distribution or a document promises anything: what becomes of samples is computed.
func TestNoTextPromisesAnything(t *testing.T) {
	const root = "../../"
	var seen int
	for _, folder := range []string{"components", "extension", "distribution", "docs", "README.md"} {
		require.NoError(t, filepath.WalkDir(root+folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			switch {
			case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
				seen++
				return literals(path, func(text string) { require.NotRegexp(t, claim, text, path) })
			case strings.HasSuffix(path, ".tmpl"), strings.HasSuffix(path, ".js"), strings.HasSuffix(path, ".yaml"), strings.HasSuffix(path, ".md"):
				seen++
				content, err := os.ReadFile(path)
				require.NotRegexp(t, claim, string(content), path)
				return err
			}
			return nil
		}))
	}
	require.Greater(t, seen, 100, "the sources were found")
}

// literals visits the string literals of a Go file.
func literals(path string, visit func(string)) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			visit(literal.Value)
		}
		return true
	})
	return nil
}
