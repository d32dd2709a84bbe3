package deliverystatusextension

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/status"
)

//go:embed assets/page.html.tmpl
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"number": number, "rate": rate, "bytes": byteSize, "percent": percent, "seconds": seconds, "ago": ago, "since": since, "clock": clock, "short": short,
	"sentence": sentence, "headline": headline, "charts": charts, "problems": problems,
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

// headline says in a sentence how delivery goes.
func headline(d destination) string {
	switch {
	case d.State == status.Held:
		return "The destination refuses us. Nothing is lost: samples wait in the write-ahead log, and are delivered once this is settled."
	case d.State == status.Down:
		return "Requests fail and are tried again. Nothing is lost: samples wait in the write-ahead log."
	case d.State == status.Behind && d.Drain != nil:
		return "Delivery works, and catches up with what has waited."
	case d.State == status.Behind:
		return "Delivery works, but more comes in than goes out: see the answers below, and raise queue_config::max_shards if the destination can take more."
	case d.Accepted+d.Recovered == 0:
		return "Nothing has come in yet: see the receivers below."
	case d.Delivered == 0:
		return "The first samples are on their way."
	default:
		return "Samples are delivered as they come in."
	}
}

// problem is something somebody should do something about.
type problem struct {
	Grave        bool
	What, Remedy string
	Seen         string // the words of whoever said so
}

// problems are what is wrong with a destination, the gravest first.
func problems(d destination) (all []problem) {
	if d.Refusing != "" {
		all = append(all, problem{true, "New samples cannot be kept", "see wal::directory and its disk, and why the destination takes less than comes in; senders that can wait are told to come again", d.Refusing})
	}
	if d.Diagnosis != nil {
		p := problem{Grave: true, What: d.Diagnosis.Cause, Remedy: d.Diagnosis.Remedy}
		if d.Answer != nil {
			p.Seen = d.Answer.Text
		}
		all = append(all, p)
	}
	if d.Answer != nil && d.Answer.Note != "" {
		all = append(all, problem{What: d.Answer.Note})
	}
	return append(all, pairProblems(d.Pair, d.now)...)
}

const expirySoon = 10 * time.Minute

func pairProblems(p *status.Pair, now time.Time) (all []problem) {
	if p == nil {
		return nil
	}
	if p.State == status.PairFallback {
		all = append(all, problem{
			What:   "The new AccessKey pair " + p.RefusedID + " is refused: delivery goes on with the previous one, " + p.ID + ", until " + clock(p.Until),
			Remedy: "see in the RAM console that the new AccessKey is enabled and its user may write to this instance (AliyunPrometheusMetricWriteAccess); keep the previous one enabled until then",
		})
	}
	if p.Problem != "" {
		all = append(all, problem{What: "The source of the AccessKey pair cannot be read; the last good pair stays in use", Remedy: "put the pair back; it is read again by itself", Seen: p.Problem})
	}
	if !p.Expiry.IsZero() && p.Expiry.Sub(now) < expirySoon {
		all = append(all, problem{What: "The temporary AccessKey pair ends at " + clock(p.Expiry), Remedy: "see why its source has not renewed it"})
	}
	if p.MaxAge > 0 && p.Age > p.MaxAge && p.Expiry.IsZero() {
		all = append(all, problem{What: "The AccessKey pair is older than " + seconds(p.MaxAge), Remedy: "rotate it: create a second AccessKey in the RAM console and replace the pair at its source, no restart is needed"})
	}
	return all
}
