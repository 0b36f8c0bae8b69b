package execute

import (
	"time"

	"firstline/sources"
)

// settleSkew is how far the times of PagerDuty may be from what its clock is
// known to be when one is compared with that of a write.
const settleSkew = 10 * time.Second

// nearWrite is how long before a write something may be dated that may still be
// its effect: the dates of a server may disagree, and this machine's clock may
// have been set since.
const nearWrite = time.Hour

// of says whether something is a write's.
type of int

const (
	another of = iota
	perhapsIts
	itsOwn
)

// dating is how a time of PagerDuty compares with that of a write.
type dating int

const (
	datedBefore dating = iota
	// undated: there is no time, or it is not certain whether it is after the
	// write.
	undated
	datedAfter
)

// since compares a time of PagerDuty with a time of this machine's clock at
// which a write began. Only a time well before it is before it.
func (r *run) since(theirs, ours time.Time) dating {
	began, read := r.incidents().ServerTime(ours)
	switch {
	case theirs.IsZero():
		return undated
	case theirs.Before(began.Add(-nearWrite)) && read:
		return datedBefore
	case theirs.Before(began.Add(-settleSkew)), !read:
		return undated
	}
	return datedAfter
}

// seenBy reports whether a time of PagerDuty is not after the last change that
// the incident showed before the write: both are by the same clock. same means
// that it is just then.
func (b Begun) seenBy(theirs time.Time) (seen, same bool) {
	if b.Seen == nil || b.Seen.UpdatedAt.IsZero() || theirs.IsZero() {
		return false, false
	}
	return theirs.Before(b.Seen.UpdatedAt), theirs.Equal(b.Seen.UpdatedAt) && !b.Seen.CreatedAt.Equal(b.Seen.UpdatedAt)
}

// nobodyAssigned reports whether an open incident is assigned to nobody, which
// PagerDuty does not do: the answer is not whole.
func nobodyAssigned(i sources.Incident) bool {
	return i.Status != sources.Resolved && len(i.Assignments) == 0
}
