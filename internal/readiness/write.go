package readiness

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
	"firstline/internal/slo"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
)

// Head returns the verdict on a service: "checkout (payments): not ready, 3 of 17
// criteria are not met".
func (r *Report) Head() string {
	name := clean.Line(r.Service)
	if r.Team != "" {
		name += " (" + clean.Line(r.Team) + ")"
	}
	return name + ": " + r.Summary()
}

// Summary returns the verdict with how many criteria it lacks.
func (r *Report) Summary() string {
	bad, unknown := r.Count(NotReady), r.Count(Unknown)
	text := "ready for first line"
	switch r.Verdict {
	case NotReady:
		are := "are"
		if bad == 1 {
			are = "is"
		}
		text = fmt.Sprintf("not ready for first line, %d of %d criteria %s not met", bad, len(r.Findings), are)
		if unknown > 0 {
			text += fmt.Sprintf(", %d unknown", unknown)
		}
	case Unknown:
		text = fmt.Sprintf("not known, %d of %d criteria could not be measured", unknown, len(r.Findings))
	}
	return text
}

// Return returns the sentence that the service should go back to its owner, or "".
func (r *Report) Return() string {
	if len(r.GoesBack) == 0 {
		return ""
	}
	return fmt.Sprintf("It should go back to its owner. On each of %s it was beyond a limit: %s", wording.Count(r.Days, "day"), strings.Join(r.GoesBack, "; "))
}

// measured says what was counted when.
func (r *Report) measured(clock wallclock.Clock) string {
	if r.Window.Until.IsZero() {
		return ""
	}
	text := "Incidents from " + clock.Whole(r.Window.Since) + " to " + clock.Whole(r.Window.Until)
	if r.FirstLine != "" {
		text += "; " + clean.Line(r.FirstLine)
	}
	return text + "."
}

// text is what a finding has for people.
func (f *Finding) text() string {
	switch {
	case f.Because != "" && f.Value != "":
		return f.Value + ", but " + f.Because
	case f.Because != "":
		return "because " + f.Because
	}
	return f.Value
}

// Text returns the report for a terminal of a width.
func (r *Report) Text(clock wallclock.Clock, width int) string {
	var b strings.Builder
	line := func(head, text string) { b.WriteString(hanging(head, clean.Line(text), width)) }
	line("", r.Head())
	if text := r.measured(clock); text != "" {
		line("", text)
	}
	if text := r.Return(); text != "" {
		line("", text+".")
	}
	b.WriteString("\n")
	titles := 0
	for _, f := range r.Findings {
		titles = max(titles, ansi.StringWidth(f.Criterion.Title))
	}
	for _, f := range r.Findings {
		text := f.text()
		if f.Verdict == NotReady {
			text += " (limit: " + f.Limit + ")"
		}
		line(pad(string(f.Verdict), len(NotAsked)+2)+pad(f.Criterion.Title, titles+2), text)
	}
	if len(r.Do) > 0 {
		b.WriteString("\nTo do\n")
		for n, text := range r.Do {
			line(fmt.Sprintf("%3d. ", n+1), text)
		}
	}
	return b.String()
}

// Overview returns all reports for a terminal of a width, a paragraph each.
func Overview(all []Report, clock wallclock.Clock, width int) string {
	var b strings.Builder
	if len(all) > 0 && !all[0].Window.Until.IsZero() {
		b.WriteString(hanging("", "Incidents from "+clock.Whole(all[0].Window.Since)+" to "+clock.Whole(all[0].Window.Until)+".", width) + "\n")
	}
	for n := range all {
		r := &all[n]
		if n > 0 {
			b.WriteString("\n")
		}
		b.WriteString(hanging("", r.Head(), width))
		for _, v := range []Verdict{NotReady, Unknown} {
			if titles := r.Titles(v); len(titles) > 0 {
				b.WriteString(hanging("  "+pad(string(v)+":", len(NotReady)+2), strings.Join(titles, ", "), width))
			}
		}
		if r.FirstLine != "" {
			b.WriteString(hanging("  ", clean.Line(r.FirstLine), width))
		}
		if text := r.Return(); text != "" {
			b.WriteString(hanging("  ", clean.Line(text)+".", width))
		}
	}
	return b.String()
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-ansi.StringWidth(s), 0))
}

// hanging writes a text behind a head, its further lines below the text.
func hanging(head, text string, width int) string {
	indent := ansi.StringWidth(head)
	const space = "\u00a0" // no line begins with "%"
	text = ansi.Wordwrap(strings.ReplaceAll(text, " %", space+"%"), max(width-indent, 20), "")
	text = strings.ReplaceAll(text, space+"%", " %")
	return strings.TrimRight(head+strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", indent)), " ") + "\n"
}

// mostCell is the most bytes of a cell in Markdown.
const mostCell = 600

func cell(s string) string {
	return strings.ReplaceAll(clean.MarkdownLine(s, mostCell), "|", `\|`)
}

// Markdown returns reports as Markdown, for a review.
func Markdown(all []Report, clock wallclock.Clock, l Limits) string {
	var b strings.Builder
	b.WriteString("# Readiness for first line\n\n")
	b.WriteString("Incidents are counted over " + slo.Length(l.Window) + ". A service under first line that is beyond a limit on each of " + wording.Count(l.Back, "day") + " should go back to its owner.\n")
	for n := range all {
		r := &all[n]
		b.WriteString("\n## " + cell(r.Head()) + "\n\n")
		for _, text := range []string{r.measured(clock), r.Return()} {
			if text != "" {
				b.WriteString(cell(strings.TrimSuffix(text, ".")) + ".\n\n")
			}
		}
		b.WriteString("| criterion | verdict | measured | limit |\n|---|---|---|---|\n")
		for _, f := range r.Findings {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.Criterion.Title, f.Verdict, cell(f.text()), cell(f.Limit))
		}
		if len(r.Do) > 0 {
			b.WriteString("\nTo do:\n\n")
			for k, text := range r.Do {
				fmt.Fprintf(&b, "%d. %s\n", k+1, cell(text))
			}
		}
	}
	b.WriteString("\n## The criteria\n\n")
	for n := range criteria {
		fmt.Fprintf(&b, "- **%s**: %s\n", criteria[n].Title, criteria[n].Definition)
	}
	return b.String()
}
