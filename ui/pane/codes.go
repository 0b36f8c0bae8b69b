package pane

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/runbooks"
	"firstline/ui/room"
)

// codesHere are the codes of the step under the cursor, else the first command on the
// screen.
func (p *RunbookTab) codesHere() (codes []runbooks.Code, step shownStep) {
	b := p.Shown()
	if s, found := p.currentStep(); found {
		return s.Code, s
	}
	from := p.Offset()
	for _, c := range b.codes {
		if line := b.lineOf(c.Line); c.Command() && line >= from && line < from+p.Rows() {
			return []runbooks.Code{c}, b.stepWith(c)
		}
	}
	return nil, step
}

// stepWith is the innermost step that holds a piece of code; it may be none.
func (b *Shown) stepWith(c runbooks.Code) (step shownStep) {
	for _, s := range b.Steps {
		if s.Line <= c.Line && c.EndLine <= s.EndLine {
			step = s
		}
	}
	return step
}

// chooseCode takes the only code, or asks which of several; the one after that which was
// taken last is proposed.
func (p *RunbookTab) chooseCode(title string, codes []runbooks.Code, step shownStep, take func(runbooks.Code) tea.Cmd) tea.Cmd {
	if len(codes) == 1 {
		return take(codes[0])
	}
	trail := p.trail()
	key := title + "\x00" + step.ID
	c := &chooser{title: title, chosen: min(trail.taken[key], len(codes)-1)}
	for i, code := range codes {
		c.rows = append(c.rows, p.Fit(strconv.Itoa(i+1), 3)+clean.Line(firstLine(code.Script())))
	}
	c.take = func(i int) tea.Cmd {
		if trail.taken == nil {
			trail.taken = map[string]int{}
		}
		trail.taken[key] = i + 1
		return take(codes[i])
	}
	p.choose(c)
	return nil
}

// firstLine is the first line of a script that is no comment, with a sign that there are
// more.
func firstLine(script string) string {
	lines := strings.Split(strings.TrimSpace(script), "\n")
	i := max(slices.IndexFunc(lines, func(l string) bool {
		l = strings.TrimSpace(l)
		return l != "" && !strings.HasPrefix(l, "#")
	}), 0)
	if len(lines) > 1 {
		return strings.TrimSuffix(lines[i], `\`) + " …"
	}
	return lines[i]
}

// copyCode copies the step's code: a block, or a command in its text.
func (p *RunbookTab) copyCode() tea.Cmd {
	codes, step := p.codesHere()
	if len(codes) == 0 {
		p.Say(room.Info, "There is no code here to copy; "+p.stepKeys()+" go from step to step")
		return nil
	}
	whole := slices.DeleteFunc(slices.Clone(codes), func(c runbooks.Code) bool { return c.Inline && !c.Command() })
	if len(whole) == 0 {
		whole = codes
	}
	set := p.fromSession(p.Group.ID).Of
	return p.chooseCode("Copy", whole, step, func(code runbooks.Code) tea.Cmd {
		return p.withValues(code, "copy it", func(code runbooks.Code, _ []string) tea.Cmd {
			// Where it is pasted, nobody has what the steps before set.
			code, _ = code.Fill(runbooks.Values{From: runbooks.FromStep, Of: set})
			text := code.Script()
			first, _, more := strings.Cut(text, "\n")
			if more {
				first += " …"
			}
			return p.Terminal.Copy(first, text)
		})
	})
}
