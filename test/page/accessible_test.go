package page

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always marshals
	}
	return string(out)
}

// accessible is what can be checked of accessibility by machine: names, structure, contrast in both schemes, the keyboard, a
// phone. Sources: WCAG 2.2, 1.1.1, 1.3.1, 1.4.3, 1.4.10, 2.1.1, 2.4.7, 3.1.1 and 4.1.2.
func (p *tab) accessible(t *testing.T) {
	t.Helper()
	p.hasNames(t)
	p.isStructured(t)
	for _, scheme := range []string{"dark", "light"} {
		p.scheme(scheme)
		var low []string
		p.do(chromedp.Evaluate(contrast, &low))
		assert.Empty(t, low, "text with too little contrast in the %s scheme", scheme)
	}
	p.obeysTheKeyboard(t)
	p.fitsAPhone(t)
}

// hasNames looks at the tree that screen readers get.
func (p *tab) hasNames(t *testing.T) {
	t.Helper()
	var tree axTree
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, accessibility.CommandGetFullAXTree, nil, &tree)
	}))
	seen := map[string]int{}
	for _, node := range tree.Nodes {
		role := node.Role.text()
		if node.Ignored || role == "" {
			continue
		}
		seen[role]++
		switch role {
		case "link", "button", "checkbox", "DisclosureTriangle", "image", "img", "table", "heading", "columnheader", "rowheader", "region":
			assert.NotEmpty(t, node.Name.text(), "a %s without a name", role)
		}
	}
	for _, role := range []string{"main", "banner", "contentinfo", "heading", "checkbox", "link", "table", "columnheader"} {
		assert.NotZero(t, seen[role], "a %s; there are %v", role, seen)
	}
}

// axTree is what is needed of the accessibility tree: the library's own type knows less than the browser.
type axTree struct {
	Nodes []struct {
		Ignored bool    `json:"ignored"`
		Role    axValue `json:"role"`
		Name    axValue `json:"name"`
	} `json:"nodes"`
}

type axValue struct {
	Value any `json:"value"`
}

func (v axValue) text() string {
	text, _ := v.Value.(string)
	return text
}

// isStructured looks at language, title, headings, tables and ids.
func (p *tab) isStructured(t *testing.T) {
	t.Helper()
	var problems []string
	p.do(chromedp.Evaluate(structure, &problems))
	assert.Empty(t, problems)
}

// obeysTheKeyboard reaches everything that can be used by Tab, sees where the focus is, and folds by Enter.
func (p *tab) obeysTheKeyboard(t *testing.T) {
	t.Helper()
	var usable int
	p.do(chromedp.Evaluate(`document.activeElement.blur(); document.querySelectorAll("a[href], input, summary").length`, &usable))
	require.Positive(t, usable)
	reached := map[string]bool{}
	for range 3 * usable {
		var focus struct {
			ID      string
			Visible bool
		}
		p.do(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(focused, &focus))
		if focus.ID == "" {
			continue
		}
		assert.True(t, focus.Visible, "the focus on %s cannot be seen", focus.ID)
		reached[focus.ID] = true
	}
	assert.Len(t, reached, usable, "by Tab: %v", reached)
	var folds bool
	p.do(chromedp.Evaluate(`document.querySelector("summary") !== null`, &folds))
	if !folds {
		return
	}
	var before, after bool
	p.do(chromedp.Evaluate(`document.querySelector("summary").focus(); document.querySelector("details").open`, &before),
		chromedp.KeyEvent(kb.Enter), chromedp.Evaluate(`document.querySelector("details").open`, &after))
	assert.NotEqual(t, before, after, "Enter folds and unfolds")
	p.do(chromedp.Evaluate(`document.activeElement.blur()`, nil))
}

// fitsAPhone looks for what would have to be scrolled sideways.
func (p *tab) fitsAPhone(t *testing.T) {
	t.Helper()
	const width = 360
	p.do(emulation.SetDeviceMetricsOverride(width, 800, 2, true))
	var wide int
	p.do(chromedp.Evaluate(`document.scrollingElement.scrollWidth`, &wide))
	assert.LessOrEqual(t, wide, width, "the page on a phone")
	p.do(emulation.ClearDeviceMetricsOverride())
}

// unscripted is the text of the page in a browser without JavaScript.
func (p *tab) unscripted(url string) (text string) {
	p.t.Helper()
	p.do(emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(url), chromedp.WaitReady("main"), chromedp.Text("main", &text),
		emulation.SetScriptExecutionDisabled(false), chromedp.Navigate(url), chromedp.WaitReady("main"))
	return text
}

const structure = `(() => {
	const problems = [];
	if (document.documentElement.lang !== "en") problems.push("no language");
	if (!document.title) problems.push("no title");
	let level = 0;
	for (const h of document.querySelectorAll("h1,h2,h3,h4")) {
		const next = Number(h.tagName[1]);
		if (next > level + 1) problems.push("a heading is left out before " + h.innerText);
		level = next;
	}
	if (document.querySelectorAll("h1").length !== 1) problems.push("not one h1");
	for (const table of document.querySelectorAll("table")) {
		if (!table.caption || !table.caption.textContent.trim()) problems.push("a table without caption");
		for (const th of table.querySelectorAll("th")) if (!th.scope) problems.push("a header without scope: " + th.innerText);
	}
	const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
	for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push("an id twice: " + id);
	for (const e of document.querySelectorAll("[aria-labelledby]"))
		if (!document.getElementById(e.getAttribute("aria-labelledby"))) problems.push("a label that is not there");
	return problems;
})()`

const focused = `(() => {
	const e = document.activeElement;
	if (!e || !e.matches("a[href], input, summary")) return {ID: "", Visible: false};
	const style = getComputedStyle(e);
	return {ID: e.tagName + " " + (e.id || e.textContent.trim()), Visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0};
})()`

// contrast computes the ratio of WCAG 2.2, 1.4.3 for every piece of text against the first background behind it that is not
// transparent.
const contrast = `(() => {
	const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return {rgb: m.slice(0, 3), a: m.length > 3 ? m[3] : 1}; };
	const light = rgb => { const [r, g, b] = rgb.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
		return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const low = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const e = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
		if (!text || !e.getClientRects().length || e.closest(".hidden")) continue;
		let behind = e, back = {rgb: [255, 255, 255], a: 1};
		for (; behind; behind = behind.parentElement) {
			const c = parse(getComputedStyle(behind).backgroundColor);
			if (c.a === 1) { back = c; break; }
		}
		const style = getComputedStyle(e);
		const a = light(parse(style.color).rgb), b = light(back.rgb);
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
		if (ratio < (size >= 24 || bold && size >= 18.66 ? 3 : 4.5)) low.push(text.slice(0, 40) + ": " + ratio.toFixed(2));
	}
	return low;
})()`
