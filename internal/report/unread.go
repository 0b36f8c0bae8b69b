package report

import (
	"fmt"
	"slices"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// smallGap is how much of a time may lack in what was read: sources list events late.
const smallGap = time.Hour

// checkRead finds out what of the span was read.
func (c *computation) checkRead() {
	gaps := past.Gaps(c.span, c.h.Log)
	missing := time.Duration(0)
	for _, g := range gaps {
		missing += g.Until.Sub(g.Since)
	}
	if n := len(c.h.Log); n > 0 && c.h.Log[n-1].Until.Before(c.read) {
		c.read = c.h.Log[n-1].Until
	}
	clock := wallclock.In(c.o.Zone)
	switch {
	case missing >= c.span.Until.Sub(c.span.Since):
		c.unread = "the history of this time was not read: run `firstline sync`"
		if c.isBeforeHistory(c.span) {
			c.unread = "the history begins on " + clock.Day(c.o.Begins)
		}
		c.missing = append(c.missing, c.unread)
	default:
		for _, g := range gaps {
			if g.Until.Sub(g.Since) > smallGap {
				c.gaps = append(c.gaps, g)
				c.missing = append(c.missing, fmt.Sprintf("what happened from %s to %s, because %s", clock.Whole(g.Since), clock.Whole(g.Until), c.why(g)))
			}
		}
	}
	for _, g := range past.Gaps(c.span, c.h.OnCalls) {
		if g.Until.Sub(g.Since) > smallGap {
			c.noOnCalls = "who was on call from " + clock.Whole(g.Since) + " to " + clock.Whole(g.Until) + " was not read: run `firstline sync`"
			if c.isBeforeHistory(g) {
				c.noOnCalls = "it is not known who was on call before the history begins on " + clock.Day(c.o.Begins)
			}
		}
	}
	c.noHours = c.o.Hours == nil
}

// recent says from when on what happened may be listed later than it was read.
func recent(h *past.History, o *Options) string {
	sure := h.ReadAt.Add(-past.Late)
	if h.ReadAt.IsZero() || !o.Span.Until.After(sure) {
		return ""
	}
	return "what happened since " + wallclock.In(o.Zone).Whole(sure) + " may be incomplete, because PagerDuty may list it late: the next `firstline sync` reads it again"
}

// isBeforeHistory reports whether there is no history of a time to be read.
func (c *computation) isBeforeHistory(span sources.Span) bool {
	return !span.Until.After(c.o.Begins.Add(smallGap))
}

// why is why a gap was not read, in words that follow "because".
func (c *computation) why(gap sources.Span) string {
	if c.isBeforeHistory(gap) {
		return "the history begins then"
	}
	return "it was not read: run `firstline sync`"
}

// mayLackAll reports whether a 0 may only mean that the events were not read. That is so
// but for shares and percentiles of events, which are unknown without any.
func (f *Figure) mayLackAll() bool {
	switch f.kind {
	case personAck, ack, resolved, contained:
		return false
	}
	return !f.notOfIncidents
}

// isPartly reports whether a part of the time of a row was not read.
func (c *computation) isPartly(key string, by Grouping) bool {
	if len(c.gaps) == 0 {
		return false
	}
	monday, err := time.ParseInLocation(time.DateOnly, key, c.o.Zone)
	if by != ByWeek || err != nil {
		return true
	}
	next := monday.AddDate(0, 0, 7)
	return slices.ContainsFunc(c.gaps, func(g sources.Span) bool { return g.Since.Before(next) && g.Until.After(monday) })
}

// nothingRecorded reports whether there are no facts, and there may be some: what they
// need was not recorded.
func nothingRecorded(f *Figure, all *[kinds][]*Fact) bool {
	if len(all[f.kind]) > 0 {
		return false
	}
	switch f.kind {
	case interruption, notification:
		return len(all[unknownWay]) > 0
	case noRunbook:
		return len(all[unknownDetails]) > 0 && len(all[unknownDetails]) == len(all[interruption])
	case contained, toOwner, toFirstLine, returned, exception:
		return len(all[unknownSide]) > 0
	}
	return false
}
