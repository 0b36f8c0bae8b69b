package report

import (
	"slices"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// Night is how often people were interrupted in a night.
type Night struct {
	Span sources.Span
	// Unread means that a part of the night was not read: the numbers mean nothing.
	Unread bool
	// Interruptions are those of everybody, Own those of the person who asks. AtLeast
	// means that there may be more, because it was not recorded how somebody was
	// notified.
	Interruptions, Own int
	AtLeast            bool
}

// LastNight returns the last night that has ended, from 22:00 to 8:00 in the zone of a
// time.
func LastNight(now time.Time) sources.Span {
	at := func(days, hour int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, hour, 0, 0, 0, now.Location())
	}
	s := sources.Span{Since: at(-1, bedtime), Until: at(0, morning)}
	if s.Until.After(now) {
		s = sources.Span{Since: at(-2, bedtime), Until: at(-1, morning)}
	}
	return s
}

// NewNight counts the interruptions of a night, and of them those of a person with
// these ids.
func NewNight(h past.History, span sources.Span, me ...string) Night {
	n := Night{Span: span, Unread: len(past.Gaps(span, h.Log)) > 0}
	if n.Unread {
		return n
	}
	c := newComputation(&h, Options{Span: span, Zone: span.Since.Location()}, span)
	n.AtLeast = len(c.facts[unknownWay]) > 0
	for _, f := range c.facts[interruption] {
		n.Interruptions++
		if slices.Contains(me, f.Person) {
			n.Own++
		}
	}
	return n
}
