package accesskeyauthextension

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component/componentstatus"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
)

// load reads the source once, however many callers ask at the same time, and returns when that
// reading is done or ctx ends. A failed reading keeps the pair in use.
func (a *accessKeyAuth) load(ctx context.Context) {
	result := a.loads.DoChan("", func() (any, error) {
		a.loadOnce(a.lifetime)
		return nil, nil
	})
	select {
	case <-result:
	case <-ctx.Done():
	}
}

// reload is load after a refusal: it spares a service that has just been asked.
func (a *accessKeyAuth) reload(ctx context.Context) {
	a.mu.Lock()
	spare := a.remote && time.Since(a.loaded) < remoteReloadInterval
	a.mu.Unlock()
	if !spare {
		a.load(ctx)
	}
}

func (a *accessKeyAuth) loadOnce(ctx context.Context) {
	loaded, err := a.source.Load(ctx)
	if err == nil {
		err = loaded.Pair.Validate()
	}
	a.plan(loaded.Remote, err != nil, loaded.Pair.Expiry)
	if loaded.Warning == "" && err == nil && loaded.Pair.Kind == diagnosis.AccessKeyPair {
		loaded.Warning = loaded.Pair.Doubt()
	}
	a.noteWarning(loaded.Warning)
	if err != nil {
		a.noteFailure(err)
		return
	}
	now := time.Now()
	since := loaded.Written
	if since.IsZero() {
		since = now
	}
	next := newCredential(loaded.Pair, a.cfg.AppendSecurityToken, since)
	previous := a.current.Load()
	recovered := a.noteSuccess()
	if recovered && !previous.usable() {
		defer a.reportStatus(componentstatus.NewEvent(componentstatus.StatusOK))
	}
	if next.same(previous) {
		if recovered {
			a.logger.Info(a.subject()+" can be read again, it has not changed", pairFields(previous)...)
		}
		if !next.pair.Expiry.Equal(previous.pair.Expiry) { // renewed by its issuer, not rotated
			next.since = previous.since
			a.current.Store(next)
		}
		a.noteAge(previous, now)
		return
	}
	a.current.Store(next)
	a.announce()
	if previous == nil {
		a.logger.Info(a.subject()+" loaded", pairFields(next)...)
		return
	}
	a.telemetry.rotations.Add(ctx, 1, a.telemetry.self)
	fields := pairFields(next)
	if next.pair.Kind == diagnosis.AccessKeyPair {
		fields = append(fields, zap.String("previous_access_key_id", previous.pair.MaskedID()))
	}
	a.logger.Info(a.subject()+" rotated", fields...)
}

// plan sets when the source is read next.
func (a *accessKeyAuth) plan(remote, failed bool, expiry time.Time) {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.remote, a.loaded = remote, now
	a.wait = a.schedule.next(remote, failed, expiry, now)
	a.replan()
}

// replan makes watch look at the wait again, which a reading beside it has changed.
func (a *accessKeyAuth) replan() {
	select {
	case a.planned <- struct{}{}:
	default:
	}
}

func (a *accessKeyAuth) nextWait() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.wait
}

// announce wakes those who wait for a different pair.
func (a *accessKeyAuth) announce() {
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.changed)
	a.changed = make(chan struct{})
}

func (a *accessKeyAuth) lastRead() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.read
}

// noteAge reminds once a day of a permanent pair that is older than it should be.
func (a *accessKeyAuth) noteAge(cred *credential, now time.Time) {
	age := now.Sub(cred.since)
	if a.cfg.MaxAge == 0 || age <= a.cfg.MaxAge || cred.pair.Temporary() || cred.pair.Kind != diagnosis.AccessKeyPair {
		return
	}
	a.mu.Lock()
	told := now.Sub(a.oldTold) < 24*time.Hour
	if !told {
		a.oldTold = now
	}
	a.mu.Unlock()
	if !told {
		a.logger.Warn("AccessKey pair is older than max_age, rotate it: create a second AccessKey in the RAM console and replace the pair at its source",
			append(pairFields(cred), zap.Duration("age", age), zap.Duration("max_age", a.cfg.MaxAge))...)
	}
}

func (a *accessKeyAuth) noteWarning(text string) {
	a.mu.Lock()
	known := a.warned == text
	a.warned = text
	a.mu.Unlock()
	if !known && text != "" {
		a.logger.Warn(a.subject()+" source needs attention", zap.String("warning", text))
	}
}
