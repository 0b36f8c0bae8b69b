package dialog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/silencing"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// previewSpan is how long a silence lasts in the preview of what it matches,
// before anybody said how long.
const previewSpan = time.Hour

// hasMatchers reports whether the action's dialog begins with matchers.
func (d *Dialog) hasMatchers() bool { return d.action == respond.Silence }

// suggestMatchers writes the matchers of the plan, one a line, where they are
// the same in every silence and nobody has written others.
func (d *Dialog) suggestMatchers() {
	if !d.hasMatchers() || d.Matchers.Value() != d.suggested {
		return
	}
	var lines []string
	several := false
	for _, item := range d.Plan.Items {
		for _, step := range item.Steps {
			if step.Silence == nil || step.Chosen {
				return
			}
			var own []string
			for _, m := range step.Silence.Matchers {
				own = append(own, silencing.MatcherText([]sources.Matcher{m}))
			}
			several = several || lines != nil && !slices.Equal(lines, own)
			lines = own
		}
	}
	if several {
		lines = nil
	}
	if text := strings.Join(lines, "\n"); text != d.suggested {
		d.suggested = text
		d.Matchers.SetValue(text)
		d.resize()
	}
}

// parseMatchers reads the matchers as they are typed; fault says where they
// are wrong.
func (d *Dialog) parseMatchers() (matchers []sources.Matcher, fault string) {
	for i, line := range strings.Split(d.Matchers.Value(), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		parsed, err := silencing.ParseMatchers(line)
		if err != nil {
			return nil, fmt.Sprintf("Line %d: %s", i+1, clean.Line(err.Error()))
		}
		matchers = append(matchers, parsed...)
	}
	return matchers, ""
}

func (d *Dialog) matcherKey(msg tea.KeyPressMsg, c keymap.Command) (answer, tea.Cmd) {
	if c == keymap.Confirm && d.Typing.Hasty {
		c = keymap.NewLine
	}
	switch c {
	case keymap.NextField, keymap.Confirm:
		if _, fault := d.parseMatchers(); fault != "" {
			d.said = "mend what is wrong first, or press " + d.keyOf(keymap.CloseDialog)
			break
		}
		d.scroll, d.confirmed = 0, ""
		d.ask(0)
	case keymap.PreviousField:
	case keymap.NewLine:
		d.Matchers.InsertString("\n")
		d.retyped()
	default:
		return stay, d.textType(msg)
	}
	return stay, nil
}

// leastMatcherRows is how many rows the matchers have at least.
const leastMatcherRows = 3

// matcherRoom is how many rows the matchers have at most: what is left beside the
// frame, the groups, the label, two lines of what they match, notice and keys.
func (d *Dialog) matcherRoom() int {
	return max(d.Layout.Body.Height-2-len(d.aboutLines())-1-2-d.noticeRows()-1, 1)
}

// matcherLines are the matchers and what they match, while they are written.
func (d *Dialog) matcherLines() []string {
	lines := []string{d.Theme.Of(draw.Accent).On("Silence what matches all of") + d.hiddenRows(&d.Matchers)}
	for l := range strings.SplitSeq(d.Matchers.View(), "\n") {
		lines = append(lines, d.Theme.Of(draw.Accent).On("│ ")+l)
	}
	matchers, fault := d.parseMatchers()
	switch {
	case fault != "":
		lines = append(lines, d.Paragraph("✗ "+fault, d.inside(), draw.Critical)...)
	case len(matchers) == 0:
		lines = append(lines, d.Theme.Of(draw.Dim).On("No matcher is written: these alerts are silenced, and no other that fires now."))
	}
	if d.done == 0 || fault != "" {
		return lines
	}
	if d.Plan.Refused != "" {
		return append(lines, d.Paragraph("✗ "+clean.Line(d.Plan.Refused), d.inside(), draw.Critical)...)
	}
	for _, line := range d.Plan.Preview().Of(respond.PreviewConfirm, respond.PreviewConfirmed, respond.PreviewWarning) {
		lines = append(lines, d.Paragraph("! "+line.Text, d.inside(), draw.Warning)...)
	}
	for _, item := range d.Plan.Items {
		if item.Refused != "" && item.Refused != d.Plan.Refused {
			lines = append(lines, d.Paragraph("✗ "+clean.Line(item.Refused), d.inside(), draw.Critical)...)
		}
		for _, step := range item.Steps {
			if step.Later != "" {
				lines = append(lines, d.Paragraph(clean.Line(step.Later), d.inside(), draw.Warning)...)
			}
			lines = append(lines, d.Theme.Of(draw.Accent).On(step.MatchesWords()))
			if step.Silence != nil && !step.Chosen && d.Matchers.Value() == "" {
				lines = append(lines, d.wrapped(silencing.MatcherText(step.Silence.Matchers))...)
			}
			for _, match := range step.Matches {
				lines = append(lines, d.wrapped(clean.Line(match))...)
			}
		}
	}
	return lines
}

// wrapped is a text under a heading; its further lines are indented.
func (d *Dialog) wrapped(text string) []string {
	var lines []string
	for i, l := range d.Wrap(text, d.inside()-4) {
		lines = append(lines, draw.Blanks(2+2*min(i, 1))+l)
	}
	return lines
}
