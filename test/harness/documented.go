package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// InstallSteps are the shell lines of a section of docs/install.md, block by block. What its readers fill in is replaced: pairs of what the page has
// and what a test puts there.
func InstallSteps(section string, replacements ...string) ([]string, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(root, "docs", "install.md"))
	if err != nil {
		return nil, err
	}
	_, text, found := strings.Cut(string(content), "\n## "+section+"\n")
	if !found {
		return nil, fmt.Errorf("docs/install.md has no section %q", section)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	fill := strings.NewReplacer(replacements...)
	var blocks []string
	for _, block := range shellBlock.FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, fill.Replace(block[1]))
	}
	return blocks, nil
}
