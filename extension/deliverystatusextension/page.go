package deliverystatusextension

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"go.uber.org/zap"
)

//go:embed assets/page.html.tmpl
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"number": number, "rate": rate, "bytes": byteSize, "percent": percent, "seconds": seconds, "ago": ago, "since": since, "clock": clock, "short": short,
	"sentence": sentence, "headline": headline, "word": word, "tone": tone, "charts": charts, "drainText": drainText, "problems": problems,
}).Parse(pageText))

func (d *deliveryStatus) servePage(w http.ResponseWriter, _ *http.Request) {
	var text bytes.Buffer
	if err := page.Execute(&text, d.snapshot()); err != nil {
		d.set.Logger.Error("The status page cannot be made; /api/v1/status has the same data", zap.Error(err))
		http.Error(w, "the page cannot be made; /api/v1/status has the same data", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = text.WriteTo(w) // whoever asked may be gone
}
