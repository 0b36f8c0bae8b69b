package pane

import (
	"cmp"
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// annotate marks the steps of a runbook: the ticked ones, what was run, and what
// others tried according to the notes.
func (s *Writer) annotate(p *Content, b *Shown, w runbookWant, width int) {
	path := b.Match.Runbook.Path
	type insertion struct {
		at    int
		lines []string
	}
	var insertions []insertion
	for i := range b.Steps {
		step := &b.Steps[i]
		var said []string
		tick, done := w.memory.tick(path, step.ID)
		step.done = done
		if done {
			said = append(said, s.Theme.Of(draw.Good).On(s.Cut("✓ done "+s.Clock(tick.At, w.now)+by(tick.By), width-4)))
			p.Lines[step.line] = strings.Replace(p.Lines[step.line], "[ ] ", "[x] ", 1)
		}
		if run, ran := w.memory.lastRun(path, step.ID); ran {
			said = append(said, s.Theme.Of(draw.Dim).On(s.Cut(runLine(run)+" at "+s.Clock(run.At, w.now)+by(run.By), width-4)))
		}
		said = append(said, s.remarksOn(step, w, path, width)...)
		for _, t := range w.tried {
			tried := w.ofNote(t, path, step.ID)
			if tried != "" && (t.Is(step.Text) || t.Is(step.written)) && (!done || t.Said != "" || t.By != clean.Line(tick.By)) {
				said = append(said, s.Theme.Of(draw.Notice).On(s.Cut("• "+tried+" "+s.Clock(t.At, w.now)+by(t.By)+", says a note", width-4)))
			}
		}
		if len(said) > 0 {
			for i := range said {
				said[i] = "   " + said[i]
			}
			insertions = append(insertions, insertion{b.endOfText(i, p.Lines), said})
		}
	}
	// From the last on, so that the places of the others stay right.
	slices.SortStableFunc(insertions, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	var others []string
	for _, t := range w.tried {
		if !slices.ContainsFunc(b.Steps, func(s shownStep) bool { return t.Is(s.Text) || t.Is(s.written) }) {
			others = append(others, s.Item(clean.Line(t.Text)+", "+s.Clock(t.At, w.now)+by(t.By), width)...)
		}
	}
	for _, in := range slices.Backward(insertions) {
		p.Lines = slices.Insert(p.Lines, in.at, in.lines...)
		b.shift(in.at, len(in.lines))
	}
	if len(others) > 0 {
		p.Lines = append(p.Lines, "", s.Theme.Of(draw.Notice).On("Tried besides, according to the incident's notes"))
		p.Lines = append(p.Lines, others...)
		b.triedBesides = true
	}
}

func by(name string) string {
	if name = clean.Line(name); name != "" {
		return " by " + name
	}
	return ""
}

// runLine says how a run ended.
func runLine(r record.Run) string { return "› ran, " + r.Result() }

// endOfText is the line of the text behind the text of a step: where what was
// done with it is said.
func (b *Shown) endOfText(step int, lines []string) int {
	from := b.Steps[step].line
	end := len(lines)
	for _, m := range b.marks {
		if m.Line > from {
			end = m.Line
			break
		}
	}
	for end > from+1 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	return end
}

// shift moves what comes after lines that were put in, or taken out at the beginning.
func (b *Shown) shift(at, by int) {
	move := func(line *int) {
		if *line >= at {
			*line = max(*line+by, 0)
		}
	}
	for i := range b.headings {
		move(&b.headings[i].line)
	}
	for i := range b.Steps {
		move(&b.Steps[i].line)
	}
	for i := range b.marks {
		move(&b.marks[i].Line)
	}
}

// margin is the cell left of a line: the cursor of the steps, or a tick.
func (p *RunbookTab) margin(line int) string {
	b := p.Shown()
	current := ""
	if r := p.trails[p.Made.groupID]; r != nil {
		current = r.step
	}
	for i := range b.Steps {
		s := &b.Steps[i]
		if s.line != line {
			continue
		}
		switch {
		case s.ID == current:
			return p.Theme.Of(draw.Accent).On("▌")
		case s.done:
			return p.Theme.Of(draw.Good).On("✓")
		}
	}
	return " "
}

// stepCursor moves the cursor of the steps; the first step is the next one on
// the screen or below.
func (p *RunbookTab) stepCursor(by int) {
	b, r := p.Shown(), p.trail()
	at := b.step(r.step)
	switch {
	case at >= 0:
		at = min(max(at+by, 0), len(b.Steps)-1)
	default:
		at = p.nextStep()
	}
	r.step = b.Steps[at].ID
	p.showStep(at)
}

// nextStep is the first step that is on the screen, or below it, or else the
// last.
func (p *RunbookTab) nextStep() int {
	b, from := p.Shown(), p.Offset()
	for i := range b.Steps {
		if b.Steps[i].line >= from {
			return i
		}
	}
	return len(b.Steps) - 1
}

// showStep scrolls a step onto the screen.
func (p *RunbookTab) showStep(i int) {
	line, from := p.Shown().Steps[i].line, p.Offset()
	if line < from || line >= from+p.Rows()-1 {
		p.scrollTo(line - p.Rows()/3)
	}
}

// current is the step under the cursor; without a cursor it is put on the next
// step, so that the responder sees which one a key is about.
func (p *RunbookTab) currentStep() (shownStep, bool) {
	b, r := p.Shown(), p.trail()
	at := b.step(r.step)
	return b.at(at)
}

func (b *Shown) at(i int) (shownStep, bool) {
	if i < 0 || i >= len(b.Steps) {
		return shownStep{}, false
	}
	return b.Steps[i], true
}

// tickStep ticks the step under the cursor, or unticks it, and goes on to the
// next one that is not done.
func (p *RunbookTab) tickStep() tea.Cmd {
	step, ok := p.currentStep()
	if !ok {
		p.stepCursor(1)
		p.Say(room.Info, "The cursor is on the step now; "+p.Keys.KeyOf(keymap.TickTheStep, keymap.InRunbook)+" ticks it")
		return nil
	}
	t := record.Tick{
		GroupID: p.Group.ID, Runbook: p.Shown().Match.Runbook.Path, Step: step.ID, Text: step.Text,
		Done: !step.done, By: p.Options.Me(), At: p.TimeNow(),
	}
	return p.setTick(t)
}

func (p *RunbookTab) setTick(t record.Tick) tea.Cmd {
	memory := p.Memory
	group := memory.Of(t.GroupID)
	group.SetTick(t)
	memory.Groups[t.GroupID] = group
	p.Invalidate()
	return memory.save(p.Context, func(ctx context.Context, store Memory) error { return store.SetTick(ctx, t) })
}

// remarksOf are what was said of steps for a group.
func (b *recorder) remarksOf(id string) []record.Remark {
	return slices.DeleteFunc(slices.Clone(b.remarks), func(r record.Remark) bool { return r.GroupID != id })
}

// Tried are the steps that were done for the groups and the commands that were
// run, for the notes that go along.
func (b *recorder) Tried(groups []triage.Group) map[string][]string {
	tried := map[string][]string{}
	for _, g := range groups {
		group := b.Of(g.ID)
		if lines := record.Tried(group.Ticks, group.runs, b.remarksOf(g.ID)); len(lines) > 0 {
			tried[g.ID] = lines
		}
	}
	return tried
}
