package demo

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// final returns the shifts of a schedule with its overrides in their place.
func (s Schedule) final() []Shift {
	if len(s.Overrides) == 0 {
		return s.Shifts
	}
	left := slices.Clone(s.Shifts)
	for _, o := range s.Overrides {
		var cut []Shift
		for _, shift := range left {
			before, after := shift, shift
			before.End, after.Start = earlier(shift.End, o.Start), later(shift.Start, o.End)
			if before.Start.Before(before.End) {
				cut = append(cut, before)
			}
			if after.Start.Before(after.End) {
				cut = append(cut, after)
			}
		}
		cut = append(cut, o)
		left = cut // a later override takes the place of an earlier one
	}
	slices.SortStableFunc(left, func(a, b Shift) int { return a.Start.Compare(b.Start) })
	return left
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// listOverrides returns all overrides in the span, which has to be given, in one
// answer. Without overflow they are cut at its ends.
func (p *PagerDuty) listOverrides(c *call) (answer, error) {
	s, found := p.directory.schedule(c.PathValue("id"))
	if !found {
		return answer{}, errNotFound
	}
	q := c.URL.Query()
	if !q.Has("since") || !q.Has("until") {
		return answer{}, invalid("since and until are required")
	}
	since, err := moment(q, "since", p.now())
	if err != nil {
		return answer{}, err
	}
	until, err := moment(q, "until", since)
	if err != nil {
		return answer{}, err
	}
	overrides := []obj{}
	for n, o := range s.Overrides {
		if !o.End.After(since) || !o.Start.Before(until) {
			continue
		}
		if q.Get("overflow") != "true" {
			o.Start, o.End = later(o.Start, since), earlier(o.End, until)
		}
		overrides = append(overrides, obj{"id": s.ID + "O" + strconv.Itoa(n), "start": stamp(o.Start), "end": stamp(o.End), "user": p.directory.userRef(o.UserID)})
	}
	return answer{http.StatusOK, obj{"overrides": overrides}}, nil
}
