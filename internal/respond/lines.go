package respond

import (
	"cmp"
	"fmt"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/wording"
)

// Lines are the preview as plain lines, for --dry-run and the dialog: why not,
// what is to choose, who is paged, what changes, what does not and why, what
// to mind, and the note. Everything in them is clean.
func (p Plan) Lines() []string {
	var lines []string
	add := func(format string, a ...any) { lines = append(lines, clean.Line(fmt.Sprintf(format, a...))) }
	indent := func(format string, a ...any) { lines = append(lines, "  "+clean.Line(fmt.Sprintf(format, a...))) }

	add("%s", p.headline())
	if p.Refused != "" {
		add("Not possible: %s", p.Refused)
	}
	if len(p.Choices) > 0 {
		add("Choose first:")
		for _, c := range p.Choices {
			if c.Refused != "" {
				indent("%s: not possible. %s", c.Instead, c.Refused)
				continue
			}
			indent("%s: %s", c.Instead, c.Sentence)
		}
	}
	if len(p.Pages) > 0 {
		lines = append(lines, p.pageLines()...)
	} else if p.Ready() {
		add("Nobody is paged.")
	}
	lines = append(lines, p.itemLines()...)
	for _, c := range p.Confirm {
		add("Asks once more: %s", c)
	}
	for _, w := range p.Warnings {
		add("Mind: %s", w)
	}
	if p.Note != "" && (p.carriesNote() || p.Refused != "") {
		add("Note:")
		for line := range strings.SplitSeq(p.Note, "\n") {
			lines = append(lines, strings.TrimRight("  "+clean.Text(line), " "))
		}
		if besides := p.NoteBesides(); besides != "" {
			indent("%s", besides)
		}
	}
	return lines
}

// NoteBesides says what each group's note tells besides Note, which is what the
// notes of all groups share; empty when it is all.
func (p Plan) NoteBesides() string {
	if len(p.Items) < 2 || !p.Action.Passes() {
		return ""
	}
	return "(and what was tried and what is wrong, for each group)"
}

func (p Plan) headline() string {
	subject := wording.Count(len(p.Items), "group")
	if len(p.Items) == 1 {
		subject = cut(cmp.Or(p.Items[0].Title, p.Items[0].ID), 100)
	}
	var what string
	switch p.Action {
	case NextLevel:
		what = "Escalate " + subject + " to the next level"
	case AddNote:
		what = "Add a note to " + subject
	case SetUrgency, SetPriority, ExtendSilence, ExpireSilence:
		what = wording.Sentence(p.Action.Words()) + " of " + subject
	default:
		what = wording.Sentence(p.Action.Words()) + " " + subject
	}
	if p.Action == Escalate || p.Action == HandOff {
		target := p.Target
		if len(p.Items) == 1 && p.Items[0].Target.Kind != "" {
			target = p.Items[0].Target
		}
		if !target.IsZero() {
			what += " to " + targetName(target)
		}
	}
	return what
}

func (p Plan) carriesNote() bool {
	for _, i := range p.Items {
		for _, s := range i.Steps {
			if s.Kind == StepNote || s.Kind == StepOpen {
				return true
			}
		}
	}
	return false
}

// pageLines tell who is paged now, and who is if they don't answer.
func (p Plan) pageLines() []string {
	var now, next []string
	for _, page := range p.Pages {
		if page.Now {
			now = append(now, "  "+page.Line(p))
		} else {
			next = append(next, "  "+page.Line(p))
		}
	}
	var lines []string
	if len(now) > 0 {
		lines = append(append(lines, "Paged now:"), now...)
	}
	if len(next) > 0 {
		lines = append(append(lines, "If nobody answers:"), next...)
	}
	return lines
}

// Line is one person of the preview: name, where they are on call, when they
// are paged in their own time, and until when they are on call.
func (page Page) Line(p Plan) string {
	parts := []string{page.Name}
	if page.Me {
		parts[0] += " (you)"
	}
	if page.Level > 0 {
		where := fmt.Sprintf("level %d of %s", page.Level, page.Policy)
		if page.Via != "directly" && page.Via != "" {
			where += " via " + page.Via
		}
		parts = append(parts, where)
	}
	if !page.Now {
		parts = append(parts, "in "+span(page.At.Sub(p.Made)))
	}
	parts = append(parts, page.localTime())
	switch {
	case page.OnCall && page.Until.IsZero():
		parts = append(parts, "always on call")
	case page.OnCall:
		parts = append(parts, "on call until "+page.Until.In(page.Local.Location()).Format("Mon 15:04"))
	case !page.Me:
		parts = append(parts, "not on call")
	}
	return clean.Line(strings.Join(parts, ", "))
}

func (page Page) localTime() string {
	if page.Zone == "" {
		return "local time not known"
	}
	local := page.Local.Format("Mon 15:04") + " in " + page.Zone
	switch {
	case page.Night:
		return local + " (NIGHT)"
	case page.Weekend:
		return local + " (weekend)"
	}
	return local
}

// itemLines tell what changes, and what does not and why.
func (p Plan) itemLines() []string {
	var change, rest []string
	for _, i := range p.Items {
		name := cut(cmp.Or(i.Title, i.ID), 100)
		switch {
		case i.NeedsChoice:
			rest = append(rest, "  "+clean.Line(name+": "+i.Sentence))
		case i.Refused != "":
			// Said once already where it holds for all.
			if i.Refused != p.Refused {
				rest = append(rest, "  "+clean.Line(name+": "+i.Refused))
			}
		case i.Already:
			rest = append(rest, "  "+clean.Line(name+": "+i.Sentence))
		default:
			change = append(change, "  "+clean.Line(i.Sentence))
			for _, s := range i.Steps {
				if !s.Kind.ofSilence() {
					continue
				}
				change = append(change, "    "+clean.Line(s.Sentence))
				for _, m := range s.Matches {
					change = append(change, "      "+clean.Line(m))
				}
			}
		}
	}
	var lines []string
	if len(change) > 0 {
		lines = append(append(lines, "Changes:"), change...)
	}
	if len(rest) > 0 {
		lines = append(append(lines, "Does not change:"), rest...)
	}
	return lines
}
