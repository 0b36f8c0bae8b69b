package pane

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/ui/draft"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// mostRemarks is how many remarks are shown below a step: the newest.
const mostRemarks = 3

// remarksOn are the lines that say what responders said of a step, for this group
// and for others.
func (s *Writer) remarksOn(step *shownStep, w runbookWant, path string, width int) []string {
	var lines []string
	shown := 0
	for _, r := range slices.Backward(w.remarks) {
		if r.Runbook != path || r.Step != step.ID || r.Kind == "" || shown == mostRemarks {
			continue
		}
		said := "✗ " + r.Said() + ", " + s.Clock(r.At, w.now) + by(r.By)
		if r.GroupID != w.groupID {
			said += ", for another alert"
		}
		lines = append(lines, s.Paragraph(said, width-4, draw.Warning)...)
		shown++
	}
	return lines
}

// ofNote is a line that says what a note says of a step, or empty where that is
// shown already.
func (w *runbookWant) ofNote(t record.TriedStep, path, step string) string {
	if t.Said == "" {
		return "tried"
	}
	if slices.ContainsFunc(w.remarks, func(r record.Remark) bool {
		return r.Runbook == path && r.Step == step && r.By == t.By && r.Said() == t.Said
	}) {
		return ""
	}
	return clean.Line(t.Said) + ","
}

// openedAt is the section at which the shown runbook was opened; empty: its top.
func (b *Shown) openedAt() string {
	if b.Match.Heading == nil {
		return ""
	}
	return clean.Line(b.Match.Heading.Text)
}

// noteOpening records that the shown runbook is read for its group.
func (p *RunbookTab) noteOpening() tea.Cmd {
	b := p.part().shown
	if b == nil || p.Group == nil || !p.ready() || !p.shows(p) || p.Memory.store == nil {
		return nil
	}
	o := record.Opening{GroupID: p.Group.ID, Runbook: b.Match.Runbook.Path, Section: b.openedAt()}
	if p.Memory.opened[o] {
		return nil
	}
	p.Memory.opened[o] = true
	o.By, o.At = p.Options.Me(), p.TimeNow()
	return p.Memory.save(p.Context, func(ctx context.Context, store Memory) error { return store.AddOpening(ctx, o) })
}

// sayDidNotHelp asks what is wrong with the step under the cursor.
func (p *RunbookTab) sayDidNotHelp() {
	step, ok := p.currentStep()
	if !ok {
		p.stepCursor(1)
		p.Say(room.Info, "The cursor is on the step now; "+p.Keys.KeyOf(keymap.DidNotHelp, keymap.InRunbook)+" says that it did not help")
		return
	}
	r := record.Remark{
		GroupID: p.Group.ID, Runbook: p.Shown().Match.Runbook.Path, Section: p.Shown().openedAt(),
		Step: step.ID, Text: step.Text, Kind: record.DidNotHelp, By: p.Options.Me(),
	}
	had := false
	for _, before := range p.Memory.remarks {
		if before.GroupID == r.GroupID && before.Runbook == r.Runbook && before.Step == r.Step && before.By == r.By && before.Kind != "" {
			r.Kind, r.Why, had = before.Kind, before.Why, true
		}
	}
	key := draft.Key{Action: "remark " + r.Runbook + " " + r.Step, Groups: r.GroupID}
	o := newRemarkRoom(p.Screen, r, had, p.Options.Drafts, key, func(r record.Remark) tea.Cmd {
		p.Options.Drafts.Drop(key)
		r.GroupID = p.Memory.now(r.GroupID) // an incident may have come meanwhile
		r.At = p.TimeNow()
		p.Memory.remarks = record.SetRemark(p.Memory.remarks, r)
		p.Invalidate()
		return p.Memory.save(p.Context, func(ctx context.Context, store Memory) error { return store.SetRemark(ctx, r) })
	})
	p.Options.Open(o)
}
