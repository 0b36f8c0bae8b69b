package sources

import "context"

// NextSnapshots waits for one snapshot and takes along all that are there
// already, so that a burst of them is one join. It ends with ctx.
func NextSnapshots(ctx context.Context, from <-chan Snapshot) (list []Snapshot, more bool) {
	select {
	case first, open := <-from:
		if !open {
			return nil, false
		}
		return WithWaiting(first, from), true
	case <-ctx.Done():
		return nil, false
	}
}

// WithWaiting is a snapshot with all that are there besides.
func WithWaiting(first Snapshot, from <-chan Snapshot) []Snapshot {
	list := []Snapshot{first}
	for {
		select {
		case next, open := <-from:
			if !open {
				return list // the next wait finds the end
			}
			list = append(list, next)
		default:
			return list
		}
	}
}

// Differs reports whether joining would make other groups of a snapshot than of
// the one before; its age alone makes none.
func (s Snapshot) Differs(before Snapshot) bool {
	return before.AsOf.IsZero() != s.AsOf.IsZero() || before.Earlier != s.Earlier || before.Partial != s.Partial ||
		(before.Err == nil) != (s.Err == nil) || before.Revision != s.Revision
}

// Answered reports whether the source has answered in full since this program
// started, or failed: until then a group that comes is not a new one.
func (s Snapshot) Answered() bool {
	return s.Err != nil || !s.Partial && !s.Earlier && !s.AsOf.IsZero()
}
