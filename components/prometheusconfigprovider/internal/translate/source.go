package translate

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/msp-collector/msp-collector/internal/filemode"
)

// Source is a prometheus.yml with the files that its scrape_config_files name, as they were at one moment.
type Source struct {
	Path     string // absolute
	Content  []byte
	Included []Included
}

// Included is a file that scrape_config_files names.
type Included struct {
	Path    string // absolute
	Content []byte
}

// Read reads the files. It is no error when the content is wrong: that is for Translate to say.
func Read(path string) (*Source, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	s := &Source{Path: path}
	if s.Content, err = os.ReadFile(path); err != nil {
		return nil, filemode.Explain(err)
	}
	var named struct {
		Patterns []string `yaml:"scrape_config_files"`
	}
	if bytes.Contains(s.Content, []byte("scrape_config_files")) { // files are read often, and most are spared the parsing
		_ = yaml.Unmarshal(s.Content, &named) // Prometheus says better what is wrong
	}
	for _, pattern := range named.Patterns {
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(filepath.Dir(path), pattern)
		}
		files, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: scrape_config_files: %q: %w", path, pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				return nil, filemode.Explain(err)
			}
			s.Included = append(s.Included, Included{file, content})
		}
	}
	return s, nil
}

// Identity differs when anything in the files does, or when other files are included.
func (s *Source) Identity() [sha256.Size]byte {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d\n%s", len(s.Content), s.Content)
	for _, file := range s.Included {
		_, _ = fmt.Fprintf(h, "%q %d\n%s", file.Path, len(file.Content), file.Content)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
