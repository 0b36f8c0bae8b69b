// Package change finds what changed around the start of a problem: change events in
// PagerDuty, and what the configured queries show in Prometheus. Only Reader waits;
// the rest is pure.
package change

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// before is how long before its start the changes of a problem are looked for.
const before = 24 * time.Hour

// Problem is when a problem began and ended.
type Problem struct {
	// Start is zero when unknown.
	Start time.Time
	// End is zero while the problem lasts, or when its end is unknown.
	End time.Time
}

// ProblemOf returns when a group began: with its incident, or before it with the
// first of its alerts.
func ProblemOf(g *triage.Group) Problem {
	p := Problem{Start: g.Since}
	earlier := func(t time.Time) {
		if !t.IsZero() && (p.Start.IsZero() || t.Before(p.Start)) {
			p.Start = t
		}
	}
	if g.Incident != nil {
		earlier(g.Incident.CreatedAt)
	}
	for i := range g.Alerts {
		earlier(g.Alerts[i].ActiveSince)
	}
	if g.NoLongerFiring() {
		p.End = g.NotFiringSince
	}
	return p
}

// Window returns the time in which changes of a problem are looked for.
func (p Problem) Window(now time.Time) (from, to time.Time) {
	start := p.Start
	if start.IsZero() || start.After(now) {
		start = now
	}
	return start.Add(-before), now
}

// Change is one change.
type Change struct {
	// At is when it was. It may have been up to Within earlier: queries are evaluated
	// at steps.
	At     time.Time
	Within time.Duration
	// Text says what changed, such as "deploy checkout v2.4.1". It is clean and on
	// one line.
	Text string
	// From is the name of the source that has it. Tool, which may be empty, is where
	// the change was made, in the words of PagerDuty's change event.
	From, Tool string
	// Count is how many series of a query show it, or 0 for a change event.
	Count int
	// Link is a checked address, or empty.
	Link string
	// Related is PagerDuty's reason why it belongs to the incident, or empty.
	Related string
}

// When says when the change was, compared with a problem: "4 min before", "during,
// 12 min after the start", "20 min after the end". It is empty when the start is
// unknown.
func (c Change) When(p Problem) string {
	const same = 30 * time.Second
	switch {
	case p.Start.IsZero():
		return ""
	case c.At.Add(-c.Within).Before(p.Start) && !c.At.Before(p.Start) && c.Within > 0,
		c.At.Sub(p.Start).Abs() < same:
		return "at the start"
	case c.At.Before(p.Start):
		return span(p.Start.Sub(c.At)) + " before"
	case !p.End.IsZero() && c.At.After(p.End):
		return span(c.At.Sub(p.End)) + " after the end"
	}
	return "during, " + span(c.At.Sub(p.Start)) + " after the start"
}

// Sentence is the change with when it was: "deploy checkout v2.4.1, 4 min before".
func (c Change) Sentence(p Problem) string {
	if when := c.When(p); when != "" {
		return c.Text + ", " + when
	}
	return c.Text
}

// span is a length of time in words, rounded down to what people say.
func span(d time.Duration) string {
	switch minutes := int(d.Minutes()); {
	case minutes < 1:
		return "less than a minute"
	case minutes < 120:
		return fmt.Sprintf("%d min", minutes)
	case minutes < 48*60:
		hours, rest := minutes/60, minutes%60
		if hours < 6 && rest > 0 {
			return fmt.Sprintf("%d h %d min", hours, rest)
		}
		return fmt.Sprintf("%d h", hours)
	default:
		return wording.Count(minutes/60/24, "day")
	}
}

// Part is what one source says.
type Part struct {
	// From is the name of the source.
	From string
	// Changes are in the order of time.
	Changes []Change
	// AsOf is when they were read. It is zero when they never were.
	AsOf time.Time
	// Missing says in sentences what could not be read, or is not there.
	Missing []string
	// Failed means that it should be asked again soon.
	Failed bool
}

// Found is what changed around a problem.
type Found struct {
	Problem Problem
	// From and To are the time that was looked at.
	From, To time.Time
	Parts    []Part
}

// Changes returns the changes of all sources, in the order of time. One that
// PagerDuty has twice, as one of the service and one related to the incident, is one.
func (f Found) Changes() []Change {
	var all []Change
	for _, p := range f.Parts {
		all = append(all, p.Changes...)
	}
	slices.SortStableFunc(all, func(a, b Change) int { return a.At.Compare(b.At) })
	return all
}

// Missing returns what could not be read.
func (f Found) Missing() []string {
	var all []string
	for _, p := range f.Parts {
		for _, m := range p.Missing {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return all
}

// None says why no change is listed, where none is: "none" only where all was read.
func (f Found) None(since string) string {
	if missing := f.Missing(); len(missing) > 0 {
		return Unread(missing[0])
	}
	return "none since " + since
}

// Unread says why it is not known whether anything changed.
func Unread(missing string) string { return "not known: " + missing }

// Failed reports whether some source should be asked again soon.
func (f Found) Failed() bool {
	return slices.ContainsFunc(f.Parts, func(p Part) bool { return p.Failed })
}

// With returns what was found, and from an earlier read the changes of those sources
// that failed now.
func (f Found) With(earlier Found) Found {
	f.Parts = slices.Clone(f.Parts)
	for i := range f.Parts {
		p := &f.Parts[i]
		for _, old := range earlier.Parts {
			if p.Failed && len(p.Changes) == 0 && old.From == p.From && !old.AsOf.IsZero() {
				p.Changes, p.AsOf = old.Changes, old.AsOf
			}
		}
	}
	return f
}

// skew is how far the clock of a tool may be ahead.
const skew = time.Minute

// ofEvents returns the changes in PagerDuty's events. An event that is in both
// lists is one change. Those that are dated in the future did not happen yet, and are
// counted.
func ofEvents(source string, service, related []sources.ChangeEvent, now time.Time) (changes []Change, future int) {
	at, ahead := map[string]int{}, map[string]bool{}
	for _, e := range slices.Concat(service, related) {
		if e.At.After(now.Add(skew)) {
			if e.ID == "" || !ahead[e.ID] {
				future++
			}
			ahead[e.ID] = true
			continue
		}
		if i, twice := at[e.ID]; twice && e.ID != "" {
			if e.Related != "" {
				changes[i].Related = e.Related
			}
			continue
		}
		at[e.ID] = len(changes)
		c := Change{At: e.At, Text: wording.Shorten(clean.Line(e.Summary), longestText), From: source, Tool: clean.Line(e.Tool), Related: e.Related}
		if c.Text == "" {
			c.Text = "a change without a summary"
		}
		for _, l := range e.Links {
			if c.Link = clean.URL(l.Href); c.Link != "" {
				break
			}
		}
		changes = append(changes, c)
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return a.At.Compare(b.At) })
	return changes, future
}

// longestText bounds what is shown of a change, in bytes.
const longestText = 300

// RelatedWords says PagerDuty's reason in words. It is empty without one.
func RelatedWords(reason string) string {
	switch reason {
	case "":
		return ""
	case "most_recent":
		return "the most recent"
	case "related_service":
		return "of a related service"
	case "intelligent":
		return "likely related, says PagerDuty"
	}
	return "related, says PagerDuty: " + strings.ReplaceAll(clean.Line(reason), "_", " ")
}
