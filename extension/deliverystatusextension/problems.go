package deliverystatusextension

import (
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// problem is something somebody should do something about.
type problem struct {
	Grave        bool
	What, Remedy string
	Why          string
	Seen         string // the words of whoever said so
}

// problems are what is wrong with a destination, the gravest first.
func problems(d destination) (all []problem) {
	if d.Refusing != "" {
		all = append(all, problem{
			Grave: true, What: "New samples cannot be kept", Seen: d.Refusing,
			Remedy: "check wal::directory and its disk, and why the destination accepts less than comes in; senders that can retry are asked to",
		})
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

// expirySoon is when a temporary pair should have been renewed: of the shortest ones, of 15 minutes, five are left then.
const expirySoon = 4 * time.Minute

func pairProblems(p *status.Pair, now time.Time) (all []problem) {
	if p == nil {
		return nil
	}
	if p.State == status.PairFallback {
		all = append(all, fallback(p))
	}
	switch {
	case p.Problem != "" && p.State == status.PairMissing:
		all = append(all, problem{What: "There is no AccessKey pair to send with: its source cannot be read", Remedy: "put the pair there; the source is read again without a restart", Seen: p.Problem})
	case p.Problem != "":
		all = append(all, problem{What: "The source of the AccessKey pair cannot be read; the last good pair stays in use", Remedy: "put the pair back; the source is read again without a restart", Seen: p.Problem})
	}
	switch left := p.Expiry.Sub(now); {
	case p.Expiry.IsZero() || left >= expirySoon:
	case left <= 0:
		all = append(all, problem{What: "The temporary AccessKey pair expired at " + clock(p.Expiry), Remedy: "find out why its source has not renewed it"})
	default:
		all = append(all, problem{What: "The temporary AccessKey pair expires at " + clock(p.Expiry), Remedy: "find out why its source has not renewed it"})
	}
	if p.MaxAge > 0 && p.Age > p.MaxAge && p.Expiry.IsZero() && !p.Temporary {
		all = append(all, problem{What: "The AccessKey pair is older than " + seconds(p.MaxAge), Remedy: "rotate it: create a second AccessKey in the RAM console and replace the pair at its source, no restart is needed"})
	}
	return all
}

// fallback says that a new pair is refused, and why where that is known.
func fallback(p *status.Pair) problem {
	one := problem{
		What:   "The new AccessKey pair " + p.RefusedID + " is rejected: delivery continues with the previous one, " + p.ID + ", until " + clock(p.Until),
		Remedy: "check in the RAM console that the new AccessKey is enabled and its RAM user may write to this instance (AliyunPrometheusMetricWriteAccess)",
	}
	if p.Refusal != nil {
		one.Why, one.Remedy = p.Refusal.Cause, p.Refusal.Remedy
	}
	one.Remedy += "; keep the previous one enabled until then, and put it back into the source before a restart, which forgets it"
	return one
}
