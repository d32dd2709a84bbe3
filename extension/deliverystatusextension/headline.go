package deliverystatusextension

import "github.com/msp-collector/msp-collector/components/status"

// inFallback tells that delivery works, but with a pair that will not last.
func inFallback(d destination) bool {
	works := d.State == status.Delivering || d.State == status.Behind
	return works && d.Pair != nil && d.Pair.State == status.PairFallback
}

// unanswered tells that samples wait and nothing is known of the destination, as after a restart in an outage.
func unanswered(d destination) bool {
	works := d.State == status.Delivering || d.State == status.Behind
	return works && d.Answer == nil && d.Queued > 0
}

// word is the state as it is shown.
func word(d destination) string {
	switch {
	case unanswered(d):
		return "starting"
	case inFallback(d):
		return string(d.State) + " (fallback)"
	default:
		return string(d.State)
	}
}

// tone is the class in style.css that colours the state.
func tone(d destination) string {
	if unanswered(d) || inFallback(d) {
		return "uneasy"
	}
	return string(d.State)
}

// headline says in a sentence how delivery goes.
func headline(d destination) string {
	switch {
	case d.State == status.Held:
		return "The destination refuses us. " + waiting(d) + ", and are delivered once this is settled."
	case d.State == status.Down:
		return "Requests fail and are tried again. " + waiting(d) + "."
	case unanswered(d):
		return "Starting: nothing was answered yet."
	case d.State == status.Delivering && inFallback(d):
		return "Delivered with the previous AccessKey pair until " + clock(d.Pair.Until) + ": the new one is refused."
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

// waiting says what becomes of samples while nothing is delivered.
func waiting(d destination) string {
	switch {
	case dropping(d):
		return "The write-ahead log is full: the oldest samples are being dropped. The others wait in it"
	case d.Refusing != "" || droppedForRoom(d):
		return "Samples wait in the write-ahead log"
	default:
		return "Nothing is lost: samples wait in the write-ahead log"
	}
}

func droppedForRoom(d destination) bool {
	for _, loss := range d.Dropped {
		if loss.Reason == "wal_full" && loss.Samples > 0 {
			return true
		}
	}
	return false
}

// madeRoom is the most that is free in a log that makes room: it drops segments of 16 MiB, or a quarter of a smaller log.
const madeRoom = 32 << 20

// dropping tells that the log is full and drops its oldest samples. That it has dropped some is not enough: an earlier outage may
// have filled it.
func dropping(d destination) bool {
	return droppedForRoom(d) && d.WAL.MaxBytes-d.WAL.Bytes <= min(madeRoom, d.WAL.MaxBytes/4)
}
