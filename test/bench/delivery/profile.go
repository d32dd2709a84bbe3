package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

var notInFileNames = regexp.MustCompile(`[^a-z_]+`)

// profile fetches a CPU profile of a collector over a period. What is sent is nil at once when none is wanted.
func (b *bench) profile(ctx context.Context, s settings, work string, period time.Duration) <-chan error {
	fetched := make(chan error, 1)
	if s.profiles == "" || b.subject.name == agentSubject.name || b.subject.name == vmagentSubject.name {
		fetched <- nil
		return fetched
	}
	file := filepath.Join(s.profiles, work+"-"+notInFileNames.ReplaceAllString(b.subject.name, "-")+".pprof")
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", b.pprof, int(period.Seconds()))
	go func() { fetched <- download(ctx, url, file) }()
	return fetched
}

func download(ctx context.Context, url, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("profile: %s", response.Status)
	}
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}
