package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Example returns the example of a page in docs/ that begins with a comment naming it, such as "# secure.yaml".
func Example(page, name string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	content, err := os.ReadFile(filepath.Join(root, "docs", page))
	if err != nil {
		return "", err
	}
	for i, part := range strings.Split(string(content), "```") {
		_, text, _ := strings.Cut(part, "\n") // behind the language
		if i%2 == 1 && strings.HasPrefix(text, "# "+name+"\n") {
			return text, nil
		}
	}
	return "", fmt.Errorf("docs/%s has no example # %s", page, name)
}
