package pane

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/change"
	"firstline/internal/clean"
	"firstline/internal/history"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/lazy"
	"firstline/ui/room"
)

// How long the changes around a problem are valid, after what time a read that failed
// is tried again, and how long one may take.
const (
	changesFor   = 5 * time.Minute
	changesRetry = time.Minute
	changesTime  = time.Minute
)

// mostChanges is how many changes the details list.
const mostChanges = 12

// showsChanges is a tab that shows what changed around the problem.
type showsChanges interface {
	// ShowsChanges reports whether it does.
	ShowsChanges() bool
}

// changes are read of the group that is shown, for all tabs that show them.
type changes struct {
	lazy.Cache[change.Found]
}

func newChanges(s *room.Screen, o Options) *changes {
	return &changes{lazy.Cache[change.Found]{For: changesFor, Retry: changesRetry, Time: changesTime, Pause: o.Pause, Pace: &s.Pace}}
}

// Changes are what changed around the problem of a group, as far as it was read, in
// the order of time.
func (p *Pane) Changes(groupID string) []change.Change { return p.changes.Of(groupID).Value.Changes() }

// followChanges starts reading while a tab is shown that shows changes.
func (p *Pane) followChanges() tea.Cmd {
	read := p.Options.Changes
	if read == nil {
		return nil
	}
	id, group := "", triage.Group{}
	if t, is := p.tabs[p.at].(showsChanges); is && t.ShowsChanges() && p.shows(p.tabs[p.at]) && p.Group != nil {
		id, group = p.Group.ID, *p.Group
	}
	return p.changes.Follow(p.Context, p.TimeNow(), id, func(ctx context.Context, before change.Found) (change.Found, bool) {
		found := read(ctx, group).With(before)
		return found, found.Failed()
	}, p.Invalidate)
}

// readChanges are the changes of a group for a tab. reads is false where nothing is
// configured that has any.
type readChanges struct {
	lazy.Entry[change.Found]
	reads bool
}

func (p *Pane) readChanges(g triage.Group) readChanges {
	return readChanges{p.changes.Of(g.ID), p.Options.Changes != nil}
}

// changes shows what changed around the problem, the latest first.
func (d *details) changes() {
	if !d.changed.reads {
		return
	}
	d.heading("Changes")
	if d.changed.At.IsZero() {
		d.fieldIn("", "Reading …", draw.Dim)
		return
	}
	found := d.changed.Value
	all, missing := found.Changes(), found.Missing()
	for i, c := range slices.Backward(all) {
		if len(all)-i > mostChanges {
			d.fieldIn("", wording.Count(i+1, "earlier one")+" in the timeline", draw.Dim)
			break
		}
		role := draw.Plain
		if gap := found.Problem.Start.Sub(c.At); gap > 0 && gap <= time.Hour {
			role = draw.Warning
		}
		d.fieldIn(d.Clock(c.At, d.Now), changeText(c, found.Problem), role)
		d.link("", "", c.Link)
	}
	if len(all) == 0 {
		d.fieldIn("", found.None(d.Clock(found.From, d.Now)), draw.Dim)
		missing = missing[min(1, len(missing)):]
	}
	for _, m := range missing {
		d.fieldIn("", m, draw.Dim)
	}
	d.fieldIn("", d.AsRead(d.changed.At), draw.Dim)
}

// changeText is what changed, when, where, and why it may matter.
func changeText(c change.Change, p change.Problem) string {
	text := c.Sentence(p)
	if c.Count > 1 {
		text += fmt.Sprintf(" (%d times)", c.Count)
	}
	return draw.Join(" · ", text, cmp.Or(c.Tool, c.From), change.RelatedWords(c.Related))
}

// changeEvents are the changes as events of a timeline.
func changeEvents(found change.Found) []history.Event {
	var events []history.Event
	for _, c := range found.Changes() {
		events = append(events, history.Event{At: c.At, Kind: history.Other, Text: "Changed: " + changeText(c, found.Problem)})
	}
	return events
}

// withChanges are the events of a group and what changed around it, in one order.
func withChanges(events []history.Event, found change.Found) []history.Event {
	all := slices.Concat(events, changeEvents(found))
	slices.SortStableFunc(all, func(a, b history.Event) int { return a.At.Compare(b.At) })
	return all
}

// missingChanges are what could not be read of the changes, below a timeline.
func (s *Writer) missingChanges(found change.Found, width int) []string {
	var lines []string
	none := len(found.Changes()) == 0
	for i, m := range found.Missing() {
		if none && i == 0 {
			m = change.Unread(m)
		}
		lines = append(lines, s.Paragraph("Changes: "+clean.Line(m), width, draw.Dim)...)
	}
	return lines
}
