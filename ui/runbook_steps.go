package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// annotate marks the steps of a page: the ticked ones, what was run, and what
// others tried according to the notes.
func (s *shared) annotate(p *page, w bookWant, width int) {
	b := p.book
	path := b.match.Runbook.Path
	type insertion struct {
		at    int
		lines []string
	}
	var insertions []insertion
	for i := range b.steps {
		step := &b.steps[i]
		var said []string
		tick, done := w.memory.tick(path, step.ID)
		step.done = done
		if done {
			said = append(said, s.Theme.Of(draw.Good).On(s.Cut("✓ done "+s.Clock(tick.At, w.now)+by(tick.By), width-4)))
			p.lines[step.line] = strings.Replace(p.lines[step.line], "[ ] ", "[x] ", 1)
		}
		if run, ran := w.memory.lastRun(path, step.ID); ran {
			said = append(said, s.Theme.Of(draw.Dim).On(s.Cut(runLine(run)+" at "+s.Clock(run.At, w.now)+by(run.By), width-4)))
		}
		for _, t := range w.tried {
			if (t.Is(step.Text) || t.Is(step.written)) && (!done || t.By != clean.Line(tick.By)) {
				said = append(said, s.Theme.Of(draw.Notice).On(s.Cut("• tried "+s.Clock(t.At, w.now)+by(t.By)+", says a note", width-4)))
			}
		}
		if len(said) > 0 {
			for i := range said {
				said[i] = "   " + said[i]
			}
			insertions = append(insertions, insertion{b.endOfText(i, p.lines), said})
		}
	}
	// From the last on, so that the places of the others stay right.
	slices.SortStableFunc(insertions, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	var others []string
	for _, t := range w.tried {
		if !slices.ContainsFunc(b.steps, func(s shownStep) bool { return t.Is(s.Text) || t.Is(s.written) }) {
			others = append(others, s.Item(clean.Line(t.Text)+", "+s.Clock(t.At, w.now)+by(t.By), width)...)
		}
	}
	for _, in := range slices.Backward(insertions) {
		p.lines = slices.Insert(p.lines, in.at, in.lines...)
		b.shift(in.at, len(in.lines))
	}
	if len(others) > 0 {
		p.lines = append(p.lines, "", s.Theme.Of(draw.Notice).On("Tried besides, according to the incident's notes"))
		p.lines = append(p.lines, others...)
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

// endOfText is the line of the page behind the text of a step: where what was
// done with it is said.
func (b *book) endOfText(step int, lines []string) int {
	from := b.steps[step].line
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

// shift moves what stands behind lines that were put in.
func (b *book) shift(at, by int) {
	move := func(line *int) {
		if *line >= at {
			*line += by
		}
	}
	for i := range b.headings {
		move(&b.headings[i].line)
	}
	for i := range b.steps {
		move(&b.steps[i].line)
	}
	for i := range b.marks {
		move(&b.marks[i].Line)
	}
}

// margin is what stands left of a line: the cursor of the steps, or a tick.
func (p *pane) margin(line int) string {
	b := p.book()
	current := p.trail().step
	for i := range b.steps {
		s := &b.steps[i]
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
func (p *pane) stepCursor(by int) {
	b, r := p.book(), p.trail()
	at := b.step(r.step)
	switch {
	case at >= 0:
		at = min(max(at+by, 0), len(b.steps)-1)
	default:
		at = p.nextStep()
	}
	r.step = b.steps[at].ID
	p.showStep(at)
}

// nextStep is the first step that is on the screen, or below it, or else the
// last.
func (p *pane) nextStep() int {
	b, from := p.book(), p.offset()
	for i := range b.steps {
		if b.steps[i].line >= from {
			return i
		}
	}
	return len(b.steps) - 1
}

// showStep scrolls a step onto the screen.
func (p *pane) showStep(i int) {
	line, from := p.book().steps[i].line, p.offset()
	if line < from || line >= from+p.height()-1 {
		p.scrollTo(line - p.height()/3)
	}
}

// current is the step under the cursor; without a cursor it is put on the next
// step, so that the responder sees which one a key is about.
func (p *pane) currentStep() (shownStep, bool) {
	b, r := p.book(), p.trail()
	at := b.step(r.step)
	return b.at(at)
}

func (b *book) at(i int) (shownStep, bool) {
	if i < 0 || i >= len(b.steps) {
		return shownStep{}, false
	}
	return b.steps[i], true
}

// tickStep ticks the step under the cursor, or unticks it, and goes on to the
// next one that is not done.
func (m *Model) tickStep() tea.Cmd {
	p := m.pane
	step, ok := p.currentStep()
	if !ok {
		p.stepCursor(1)
		m.Say(room.Info, "The cursor stands on the step now; t ticks it")
		return nil
	}
	t := record.Tick{
		GroupID: p.group.ID, Runbook: p.book().match.Runbook.Path, Step: step.ID, Text: step.Text,
		Done: !step.done, By: m.person.name, At: m.TimeNow(),
	}
	return m.setTick(t)
}

func (m *Model) setTick(t record.Tick) tea.Cmd {
	memory := m.pane.memory
	known := memory.of(t.GroupID)
	known.setTick(t)
	memory.known[t.GroupID] = known
	m.pane.again()
	return memory.keep(m.ctx, func(ctx context.Context, store Memory) error { return store.SetTick(ctx, t) })
}

// codeHere is the code that y copies and x runs: the step's, else the first
// block on the screen.
func (p *pane) codeHere() (code runbooks.Code, step string, ok bool) {
	b := p.book()
	if s, found := p.currentStep(); found && len(s.Code) > 0 {
		return bestCode(s.Code), s.ID, true
	}
	if _, found := p.currentStep(); found {
		return code, "", false
	}
	from := p.offset()
	for _, c := range b.codes {
		if line := b.lineOf(c.Line); c.Command() && line >= from && line < from+p.height() {
			return c, b.stepWith(c), true
		}
	}
	return code, "", false
}

// bestCode is the first command of a step, else its first code.
func bestCode(codes []runbooks.Code) runbooks.Code {
	for _, c := range codes {
		if c.Command() {
			return c
		}
	}
	return codes[0]
}

// stepWith is the innermost step that holds a piece of code.
func (b *book) stepWith(c runbooks.Code) (id string) {
	for _, s := range b.steps {
		if s.Line <= c.Line && c.EndLine <= s.EndLine {
			id = s.ID
		}
	}
	return id
}

func (m *Model) copyCode() tea.Cmd {
	code, _, found := m.pane.codeHere()
	if !found {
		m.Say(room.Info, "There is no code here to copy; J and K go from step to step")
		return nil
	}
	text := code.Script()
	first, _, more := strings.Cut(text, "\n")
	if more {
		first += " …"
	}
	m.Say(room.OK, "Copied "+first)
	return m.toClipboard(text)
}

// toClipboard copies by the terminal, and by the system where that can be.
func (m *Model) toClipboard(text string) tea.Cmd {
	native := m.options.Copy
	if native == nil {
		return tea.SetClipboard(text)
	}
	return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
		_ = native(text) // the terminal was asked too, and nothing says whether it did it
		return nil
	})
}

// tried are the steps that were done for the groups and the commands that were
// run, for the notes that go along.
func (b *memoryBook) tried(groups []triage.Group) map[string][]string {
	tried := map[string][]string{}
	for _, g := range groups {
		known := b.of(g.ID)
		if lines := record.Tried(known.ticks, known.runs); len(lines) > 0 {
			tried[g.ID] = lines
		}
	}
	return tried
}
