package harness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// manifest is the file that marks the root of the repository.
const manifest = "builder-config.yaml"

// Root finds the repository from the working directory upwards.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, manifest)); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no %s in %s or above it: run this inside the repository", manifest, start)
		}
	}
}

// ConfigFile is the path of one of the configuration files users copy. An absolute path is that of a file of a test's own.
func ConfigFile(name string) (string, error) {
	if filepath.IsAbs(name) {
		return name, nil
	}
	root, err := Root()
	return filepath.Join(root, "distribution", "config", name), err
}

// Binary finds a built program in bin/. MSP_COLLECTOR_BIN names another collector.
func Binary(name string) (string, error) {
	if path := os.Getenv("MSP_COLLECTOR_BIN"); name == "msp-collector" && path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("MSP_COLLECTOR_BIN: %w", err)
		}
		return filepath.Abs(path)
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	path := filepath.Join(root, "bin", name)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("bin/%s is missing: run `%s` in the root of the repository first", name, makeCommand(name))
	} else if err != nil {
		return "", err
	}
	return path, nil
}

func makeCommand(name string) string {
	if name == "msp-collector" {
		return "make build"
	}
	return "make bin/" + name
}
