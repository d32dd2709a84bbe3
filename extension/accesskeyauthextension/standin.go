package accesskeyauthextension

import "time"

// fallbackUntil is when the proven pair ends to stand in for the refused one. d.mu is held.
func (d *destination) fallbackUntil(fallbackFor time.Duration) time.Time {
	until := d.since.Add(fallbackFor)
	if end := d.proven.pair.Expiry; !end.IsZero() && end.Before(until) {
		return end
	}
	return until
}

// standIn is the pair that may be sent in place of the current one, or nil: the proven one, and while a
// current one that was accepted here still spreads, the one before. d.mu is held.
func (d *destination) standIn(current *credential, fallbackFor time.Duration, now time.Time) *credential {
	if d.proven == nil {
		return nil
	}
	if !d.proven.same(current) {
		if now.Before(d.fallbackUntil(fallbackFor)) {
			return d.proven
		}
		return nil
	}
	if d.former != nil && !d.former.endedAt(now) && now.Before(d.spread.Add(min(spreadTime, fallbackFor))) {
		return d.former
	}
	return nil
}

// replace books that the current pair takes the place of the proven one. It does so once: a former pair
// that has stood in for it meanwhile gets no more time. d.mu is held.
func (d *destination) replace(current *credential, now time.Time) {
	if d.proven == nil || d.proven.same(current) || current.same(d.spreading) {
		return
	}
	d.former, d.spreading, d.spread = d.proven, current, now
}

// choose returns the pair to send with: the current one, or the one that stands in for it while it is
// known to be refused and not to be tried again yet.
func (d *destination) choose(current *credential, fallbackFor time.Duration, now time.Time) *credential {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refused.same(current) && now.Before(d.retryAt) {
		if other := d.standIn(current, fallbackFor, now); other != nil {
			return other
		}
	}
	return current
}

// alternative returns the other pair to try after tried was refused, or nil.
func (d *destination) alternative(tried, current *credential, fallbackFor time.Duration, now time.Time) *credential {
	if !tried.same(current) {
		return current
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.standIn(current, fallbackFor, now)
}
