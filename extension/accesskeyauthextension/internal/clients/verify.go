package clients

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
)

// maxBcryptPassword is where bcrypt stops reading. A longer password would match the hash of its own
// beginning, so it matches none.
const maxBcryptPassword = 72

// judge answers from the cache if it can, then from digests, which are cheap, and takes a turn to
// compute bcrypt only when neither has settled it.
func (s *Set) judge(ctx context.Context, authorization string) (string, error) {
	token, ok := basicToken(authorization)
	if !ok {
		return "", ErrUnauthenticated
	}
	r := s.roster.Load()
	key := s.keyed.fingerprint(token)
	if id, err, known := r.verdicts.lookup(key); known {
		return id, err
	}
	given, ok := decodeToken(token)
	if !ok {
		return "", ErrUnauthenticated
	}
	if c, ok := r.account(given.id).matchDigest(given); ok {
		r.verdicts.accept(key, c)
		return c.id, nil
	}
	if !r.slow {
		return "", ErrUnauthenticated
	}
	return s.judgeSlowly(ctx, key, given)
}

// judgeSlowly takes a turn and verifies against the roster of that moment, so a pair removed while
// its request stood in the queue is refused. The cache is asked again: the request ahead may have
// carried the same header, as all connections of one client do.
func (s *Set) judgeSlowly(ctx context.Context, key fingerprint, given credentials) (string, error) {
	if !s.slots.acquire(ctx) {
		return "", ErrBusy
	}
	defer s.slots.release()
	r := s.roster.Load()
	if id, err, known := r.verdicts.lookup(key); known {
		return id, err
	}
	a := r.account(given.id)
	c, ok := a.matchDigest(given)
	if !ok {
		c, ok = a.matchHash(given, s.compare)
	}
	if !ok {
		r.verdicts.refuse(key)
		return "", ErrUnauthenticated
	}
	r.verdicts.accept(key, c)
	return c.id, nil
}

// matchDigest compares with all digests of the account, decoys included, in constant time.
func (a account) matchDigest(given credentials) (client, bool) {
	sum := sha256.Sum256([]byte(given.secret))
	var match client
	for i := range a.digests {
		if subtle.ConstantTimeCompare(sum[:], a.digests[i].digest[:]) == 1 {
			match = a.digests[i]
		}
	}
	return match, match.id == given.id
}

// matchHash compares with the bcrypt hashes of the account, decoys included, up to the one that
// matches: only the holder of a valid pair sees the difference.
func (a account) matchHash(given credentials, compare func(hash, password []byte) error) (client, bool) {
	password := []byte(given.secret)
	for _, c := range a.hashes {
		err := compare([]byte(c.hash), password)
		if err == nil && c.id == given.id && len(password) <= maxBcryptPassword {
			return c, true
		}
	}
	return client{}, false
}
