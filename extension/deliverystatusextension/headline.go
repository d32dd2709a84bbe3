package deliverystatusextension

import (
	"strings"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// works reports whether requests are accepted, as far as is known.
func works(d destination) bool { return d.State == status.Delivering || d.State == status.Behind }

// inFallback reports whether delivery works, but with a pair that will not last.
func inFallback(d destination) bool {
	return works(d) && d.Pair != nil && d.Pair.State == status.PairFallback
}

// unanswered reports whether samples wait and nothing is known of the destination, as after a restart in an outage.
func unanswered(d destination) bool { return works(d) && d.Answer == nil && d.Queued > 0 }

// word is the state as it is shown.
func word(d destination) string {
	switch {
	case unanswered(d):
		return "starting"
	case works(d) && d.DroppedRecently > 0:
		return string(d.State) + ", samples dropped"
	case inFallback(d):
		return string(d.State) + " (fallback)"
	default:
		return string(d.State)
	}
}

// tone is the class in style.css that colours the state.
func tone(d destination) string {
	switch {
	case works(d) && d.DroppedRecently > 0:
		return "dropping"
	case unanswered(d), inFallback(d):
		return "uneasy"
	default:
		return string(d.State)
	}
}

// settling is for how long nothing is advised after an outage: what waited comes first.
const settling = time.Minute

// headline says in a sentence or two how delivery goes.
func headline(d destination) string {
	switch {
	case d.State == status.Held || d.State == status.Down:
		return sentence(trouble(d)) + ". " + waiting(d)
	case unanswered(d):
		return "No request has been answered since the start. " + waiting(d)
	case d.State == status.Behind:
		return catchingUp(d)
	case d.DroppedRecently > 0:
		return "Samples are delivered, but " + droppedRecently(d) + "."
	case inFallback(d):
		return "Samples are delivered with the previous AccessKey pair until " + clock(d.Pair.Until) + ": the endpoint rejects the new one."
	case d.Accepted+d.Recovered == 0:
		return "No sample has come in yet: see the receivers below."
	case d.Delivered == 0:
		return "The first samples have not been delivered yet."
	default:
		return "Samples are delivered as they come in."
	}
}

// trouble says why nothing is delivered.
func trouble(d destination) string {
	switch {
	case d.State == status.Down:
		return "requests to the endpoint fail and are retried"
	case pairRejected(d):
		return "delivery is blocked: the endpoint rejects the AccessKey pair"
	default:
		return "delivery is blocked: the endpoint rejects every request"
	}
}

func pairRejected(d destination) bool { return d.Pair != nil && d.Pair.State == status.PairRefused }

// catchingUp says how delivery goes while old samples wait, judged from the last 20 seconds.
func catchingUp(d destination) string {
	queued := samplesAre(d.Queued) + " queued"
	switch {
	case d.Drain != nil:
		return "Delivery works and catches up: " + queued + ", " + seconds(*d.Drain) + " left."
	case d.now.Sub(d.Since) < settling:
		return "Delivery has worked again for " + since(d.now, d.Since) + ": " + queued + "."
	default:
		return "Delivery works, but more samples come in than go out: " + queued +
			". If the destination can accept more, raise queue_config::max_shards."
	}
}

// waiting says what becomes of samples while nothing is delivered. It promises only what follows from the state.
func waiting(d destination) string {
	var text strings.Builder
	switch {
	case dropping(d):
		text.WriteString("The write-ahead log is full, and its oldest samples are dropped to make room: " + number(d.DroppedRecently) + " in the last " + minutes(recently) + ". ")
	case d.DroppedRecently > 0:
		text.WriteString(sentence(droppedRecently(d)) + ". ")
	}
	if d.Refusing != "" {
		text.WriteString("New samples are refused. ")
	}
	if d.Queued == 0 {
		return text.String() + "No sample is queued."
	}
	text.WriteString(samplesAre(d.Queued) + " queued on disk")
	switch {
	case d.State == status.Held && pairRejected(d):
		text.WriteString(" and will be sent once a valid pair is configured")
	case d.State == status.Held:
		text.WriteString(" and will be sent once the cause is corrected")
	case d.State == status.Down:
		text.WriteString(" and will be sent once the endpoint accepts requests")
	}
	text.WriteString(unlessFull(d) + ".")
	return text.String()
}

// unlessFull bounds the promise of waiting: a log that is full drops samples, or refuses new ones.
func unlessFull(d destination) string {
	if d.WAL.FullIn == nil || dropping(d) {
		return ""
	}
	happens := "new samples are refused"
	if d.WAL.WhenFull == "drop_oldest" {
		happens = "the oldest are dropped"
	}
	return "; the write-ahead log is full in about " + seconds(*d.WAL.FullIn) + ", then " + happens
}

// droppedRecently says how many samples were dropped, and when the last of them was.
func droppedRecently(d destination) string {
	dropped := number(d.DroppedRecently) + " samples were"
	if d.DroppedRecently == 1 {
		dropped = "1 sample was"
	}
	return dropped + " dropped in the last " + minutes(recently) + ", the last " + ago(d.now, d.LastDropped)
}

// madeRoom is the most that is free in a log that makes room: it drops segments of 16 MiB, or a quarter of a smaller log.
const madeRoom = 32 << 20

// dropping reports whether the log is full and drops its oldest samples. That it has dropped some is not enough: an earlier outage
// may have filled it.
func dropping(d destination) bool {
	for _, loss := range d.Dropped {
		if loss.Reason == "wal_full" && loss.Samples > 0 {
			return d.DroppedRecently > 0 && d.WAL.MaxBytes-d.WAL.Bytes <= min(madeRoom, d.WAL.MaxBytes/4)
		}
	}
	return false
}

// drainText says how long it takes until nothing waits.
func drainText(d destination) string {
	switch {
	case d.Drain != nil:
		return seconds(*d.Drain)
	case d.State == status.Held || d.State == status.Down:
		return "not while nothing is sent"
	case d.State == status.Behind && !unanswered(d) && d.now.Sub(d.Since) >= settling:
		return "the queue grows"
	case d.State == status.Behind || unanswered(d):
		return "not known yet"
	default:
		return "nothing to drain"
	}
}
