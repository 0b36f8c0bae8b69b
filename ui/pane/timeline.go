package pane

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/history"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
)

// MostHistories is how many groups' histories are cached for when the cursor
// comes back.
const MostHistories = 64

// historyTime bounds the reading of one history.
const historyTime = 30 * time.Second

// historyKey is what a history was read for: a change of the incident, one of
// our own actions and a wish to read all again make another.
type historyKey struct {
	groupID string
	updated time.Time
	number  int
}

// readHistory is a history as it was last read.
type readHistory struct {
	key     historyKey
	history history.History
	// at is when it was read, zero: not yet.
	at  time.Time
	err error
}

// TimelineTab is what happened to the group under the cursor. It reads the history
// of one group at a time, while it is shown.
type TimelineTab struct {
	Basic
	pane   *Pane
	Groups map[string]readHistory
	// Order are the groups that were read, the first read first.
	Order   []string
	reading reply.Loader
	// number counts the reasons to read again.
	number int
}

func newTimelineTab(p *Pane) *TimelineTab {
	return &TimelineTab{pane: p, Groups: map[string]readHistory{}}
}

// Name is the tab's name.
func (t *TimelineTab) Name() string { return "Timeline" }

// ReadAgain has the history read again when it is shown.
func (t *TimelineTab) ReadAgain() { t.number++ }

// of is what is known of a group.
func (t *TimelineTab) of(id string) readHistory { return t.Groups[id] }

func (t *TimelineTab) keyOf(g triage.Group) historyKey {
	key := historyKey{groupID: g.ID, number: t.number}
	if g.Incident != nil {
		key.updated = g.Incident.UpdatedAt
	}
	return key
}

// Refresh has the history read again when all is.
func (t *TimelineTab) Refresh(all bool) {
	if all {
		t.ReadAgain()
	}
}

// ShowsChanges reports that they are among what happened.
func (t *TimelineTab) ShowsChanges() bool { return true }

// Prepare writes what happened to a group.
func (t *TimelineTab) Prepare(g triage.Group) Work {
	read, now, whole, changed := t.of(g.ID), t.pane.Now, t.pane.WholeNotes, t.pane.readChanges(g)
	return func(_ context.Context, w *Writer, width int) Content {
		return w.timelineContent(read, changed, now, width, whole)
	}
}

// Follow starts reading when the tab is shown, and a change of the group was not
// read.
func (t *TimelineTab) Follow(g *triage.Group, shown bool) tea.Cmd {
	read := t.pane.Options.History
	// A runbook that is read shows what was tried, according to the notes.
	needed := shown || t.pane.Focused && t.pane.shows(t.pane.Runbook) && g != nil && g.Incident != nil
	if g == nil || read == nil || !needed || t.reading.Busy() {
		return nil
	}
	key := t.keyOf(*g)
	if t.of(g.ID).key == key {
		return nil
	}
	ctx, group, now, users := t.pane.Context, *g, t.pane.TimeNow, t.pane.Options.Users()
	return reply.Start(&t.reading, func() readHistory {
		ctx, cancel := context.WithTimeout(ctx, historyTime)
		defer cancel()
		found, err := read(ctx, group, users)
		return readHistory{key, found, now(), err}
	}, reply.Nothing(t.takeHistory))
}

// takeHistory caches what was read. After a failure what was read before stays.
func (t *TimelineTab) takeHistory(read readHistory) {
	id := read.key.groupID
	old, before := t.Groups[id]
	if read.err != nil && len(read.history.Events) < len(old.history.Events) {
		read.history, read.at = old.history, old.at
	}
	if !before {
		t.Order = append(t.Order, id)
		if len(t.Order) > MostHistories {
			delete(t.Groups, t.Order[0])
			t.Order = t.Order[1:]
		}
	}
	t.Groups[id] = read
	t.pane.Invalidate()
}

// timelineContent is what happened to a group, the latest first. It runs off the
// loop.
// Long notes are folded, unless whole says otherwise.
func (s *Writer) timelineContent(read readHistory, changed readChanges, now time.Time, width int, whole bool) Content {
	var p Content
	events := withChanges(read.history.Events, changed.Value)
	switch {
	case s.Options.History == nil && !changed.reads:
		p.Lines = []string{s.Theme.Of(draw.Dim).On("No source with a history is configured.")}
		return p
	case read.at.IsZero() && read.err == nil && s.Options.History != nil:
		p.Lines = []string{s.Theme.Of(draw.Dim).On("Reading …")}
		return p
	}
	if read.err != nil {
		for _, err := range faults(read.err) {
			p.Lines = append(p.Lines, s.Paragraph("! "+clean.Line(sources.Sentence(err)), width, draw.Warning)...)
		}
		if !read.at.IsZero() && len(events) > 0 {
			p.Lines = append(p.Lines, s.Theme.Of(draw.Dim).On("What was read at "+s.Clock(read.at, now)+":"))
		}
		p.Lines = append(p.Lines, "")
	}
	unread := s.missingChanges(changed.Value, width)
	if len(events) == 0 {
		switch {
		case read.err != nil && read.at.IsZero(): // why is above
		case changed.reads && changed.At.IsZero():
			p.Lines = append(p.Lines, s.Theme.Of(draw.Dim).On("Reading …"))
		case s.Options.History != nil:
			p.Lines = append(p.Lines, s.Theme.Of(draw.Dim).On("Nothing is written down about it yet."))
		case len(unread) == 0:
			p.Lines = append(p.Lines, s.Theme.Of(draw.Dim).On("Changes: "+changed.Value.None(s.Clock(changed.Value.From, now))))
		}
		p.Lines = append(p.Lines, unread...)
		return p
	}
	day := ""
	for _, e := range slices.Backward(events) {
		if d := s.Times().Day(e.At); d != day {
			if day != "" {
				p.Lines = append(p.Lines, "")
			}
			day = d
			p.Sections = append(p.Sections, len(p.Lines))
			p.Lines = append(p.Lines, s.Theme.Of(draw.Accent).On(d))
		}
		p.Lines = append(p.Lines, s.EventLines(e, width, whole)...)
	}
	if len(unread) > 0 {
		p.Lines = append(append(p.Lines, ""), unread...)
	}
	return p
}

// faults are the errors that were joined in one.
func faults(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// foldedNote is how many lines of a long note or comment are shown, longNote from
// how many on it is one.
const (
	foldedNote = 6
	longNote   = 9
)

// NoteRows are the lines of a note, the rest of a long one folded.
func (s *Writer) NoteRows(note string, width int, whole bool) []string {
	var rows []string
	for l := range strings.SplitSeq(clean.HTML(note), "\n") {
		rows = append(rows, s.Wrap(l, width)...)
	}
	if whole || len(rows) < longNote {
		return rows
	}
	more := wording.Count(len(rows)-foldedNote, "more line")
	return append(rows[:foldedNote:foldedNote], s.Theme.Of(draw.Dim).On("… "+more+", "+s.Keys.KeyOf(keymap.WholeNotes, keymap.InNormal)+" shows them"))
}

// EventLines are when, what and by whom; the lines of a note are below.
func (s *Writer) EventLines(e history.Event, width int, whole bool) []string {
	const edge = len("15:04:05  ")
	role, mark := eventStyle(e)
	text, by := clean.Line(e.Text), clean.Line(e.By)
	note := e.Kind == history.Noted
	if note {
		text = "Note"
	}
	if by != "" && !strings.Contains(text, by) {
		text += " · " + by
	}
	if e.Source == history.FromJournal {
		text += " · from this machine's journal"
	}
	var lines []string
	for i, l := range s.Wrap(mark+text, max(width-edge, 8)) {
		head := draw.Blanks(edge)
		if i == 0 {
			head = s.Theme.Of(draw.Dim).On(s.Times().Second(e.At)) + "  "
		}
		lines = append(lines, head+s.Theme.Of(role).On(l))
	}
	if note {
		for _, row := range s.NoteRows(e.Text, max(width-edge-2, 8), whole) {
			lines = append(lines, draw.Blanks(edge)+s.Theme.Of(draw.Border).On("│ ")+row)
		}
	}
	return lines
}

// eventStyle is how an event is highlighted: what notifies somebody, and what went
// wrong. The mark says the same without colours.
func eventStyle(e history.Event) (draw.Role, string) {
	switch e.Outcome {
	case respond.Failed, respond.Refused:
		return draw.Critical, "✗ "
	case respond.Unknown, history.Unsettled:
		return draw.Warning, "? "
	case respond.Already:
		return draw.Notice, "= "
	}
	switch e.Kind {
	case history.Triggered, history.Unacknowledged:
		return draw.Critical, ""
	case history.Escalated, history.Assigned, history.Notified:
		return draw.Warning, ""
	case history.Acknowledged, history.Resolved:
		return draw.Good, ""
	}
	return draw.Plain, ""
}
