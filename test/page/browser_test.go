package page

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var screenshots = flag.String("screenshots", "", "a folder to put screenshots into")

const patience = time.Minute

// tab is a page in the browser, and what went wrong in it.
type tab struct {
	context.Context
	t *testing.T

	mu       sync.Mutex
	errors   []string
	forgives bool
}

// open opens the page; console errors fail the test at its end.
func open(t *testing.T, url string) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	require.NoError(t, err, "run `make chromium` in the root of the repository first")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1200, 900))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	browser, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	bounded, end := context.WithTimeout(browser, 3*patience)
	t.Cleanup(end)
	tab := &tab{Context: bounded, t: t}
	chromedp.ListenTarget(bounded, tab.listen)
	tab.do(runtime.Enable(), log.Enable(), chromedp.Navigate(url), chromedp.WaitReady("main"))
	t.Cleanup(func() {
		tab.mu.Lock()
		defer tab.mu.Unlock()
		require.Empty(t, tab.errors, "errors on the browser's console")
	})
	return tab
}

func (p *tab) listen(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Error()
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			text = "console." + e.Type.String()
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
			text = e.Entry.Text
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if text != "" && !p.forgives {
		p.errors = append(p.errors, text)
	}
}

// forgive ignores what goes wrong from now on: the browser logs that a collector does not answer any more.
func (p *tab) forgive() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgives = true
}

func (p *tab) do(actions ...chromedp.Action) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Run(p, actions...))
}

const innerText = `document.body.innerText.replace(/\s+/g, " ")`

// text is what a person reads in the page.
func (p *tab) text() (text string) {
	p.t.Helper()
	p.do(chromedp.Evaluate(innerText, &text))
	return text
}

// reads waits until the page, which refreshes itself, reads like this.
func (p *tab) reads(want ...string) {
	p.t.Helper()
	for _, part := range want {
		require.Eventually(p.t, func() bool {
			var found bool
			p.do(chromedp.Evaluate(innerText+`.includes(`+quoted(part)+`)`, &found))
			return found
		}, patience, 100*time.Millisecond, "%q in\n%s", part, later{p.text})
	}
}

// later is a text that is asked for when it is needed.
type later struct{ text func() string }

func (l later) String() string { return l.text() }

// shoot takes a screenshot, where one is wanted.
func (p *tab) shoot(name string) {
	p.t.Helper()
	if *screenshots == "" {
		return
	}
	var image []byte
	p.do(chromedp.FullScreenshot(&image, 100))
	require.NoError(p.t, os.WriteFile(filepath.Join(*screenshots, name+".png"), image, 0o600))
}

// scheme makes the browser prefer light or dark.
func (p *tab) scheme(name string) {
	p.t.Helper()
	p.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
}
