package record

import (
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/sources"
)

// TriedHeading begins the list of what was tried in a note.
const TriedHeading = "Tried:"

// triedLimit bounds the text of one tried step, in bytes.
const triedLimit = 300

// TriedStep is a step of a runbook, or a command, that somebody tried.
type TriedStep struct {
	Text string
	// Said is what was said of it, such as "did not help: it was the disk".
	Said string
	By   string
	At   time.Time
}

// Is reports whether the step is the one with this text.
func (t TriedStep) Is(text string) bool { return t.Text == stepText(text) }

// Line returns the step as a line of a note. TriedIn parses it.
func (t TriedStep) Line() string {
	line := stepText(t.Text)
	if said := remarkText(t.Said); said != "" {
		line += " [" + said + "]"
	}
	by := strings.Trim(strings.NewReplacer("(", "", ")", "").Replace(clean.Line(t.By)), ", ")
	switch {
	case t.At.IsZero():
		return line
	case by == "":
		return line + " (" + wording.Clock(t.At) + ")"
	}
	return line + " (" + by + ", " + wording.Clock(t.At) + ")"
}

// Name returns the text that the step is recognized by.
func (t TriedStep) Name() string { return stepText(t.Text) }

func stepText(text string) string { return wording.Shorten(clean.Line(text), triedLimit) }

// TriedIn returns the steps that were tried according to an incident's notes,
// oldest first. A line without a person or a time gets the author and the time
// of its note. Of several equal steps TriedIn returns the first.
func TriedIn(notes []sources.Note) []TriedStep {
	var all []TriedStep
	for _, n := range notes {
		within := false
		for line := range strings.Lines(clean.Text(n.Content)) {
			line = strings.TrimSpace(line)
			text, item := strings.CutPrefix(line, "- ")
			switch {
			case line == TriedHeading:
				within = true
				continue
			case !within || !item:
				within = false
				continue
			}
			step := readTried(text)
			if step.At.IsZero() {
				step.At = n.CreatedAt
			}
			if step.By == "" {
				step.By = clean.Line(n.User.Name)
			}
			if step.Text != "" && !slices.ContainsFunc(all, func(t TriedStep) bool {
				return t.Text == step.Text && t.Said == step.Said && t.By == step.By && t.At.Equal(step.At)
			}) {
				all = append(all, step)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b TriedStep) int { return a.At.Compare(b.At) })
	return all
}

// readTried parses "text (by, time)". A line in another form is all text.
func readTried(line string) TriedStep {
	line = strings.TrimSpace(line)
	open := strings.LastIndex(line, " (")
	inner, closed := strings.CutSuffix(line, ")")
	if open < 0 || !closed {
		return triedText(line)
	}
	by, at := "", inner[open+len(" ("):]
	if comma := strings.LastIndex(at, ", "); comma >= 0 {
		by, at = at[:comma], at[comma+len(", "):]
	}
	t, err := time.Parse(wording.ClockLayout, at)
	if err != nil {
		return triedText(line)
	}
	step := triedText(line[:open])
	step.By, step.At = strings.TrimSpace(by), t
	return step
}

func triedText(text string) TriedStep {
	text, said := splitRemark(strings.TrimSpace(text))
	return TriedStep{Text: stepText(text), Said: said}
}

// Tried returns the steps that were ticked, what was said of steps, and the
// commands that were run, oldest first, as lines for the note of an action.
func Tried(ticks []Tick, runs []Run, remarks []Remark) []string {
	var steps []TriedStep
	said := map[[3]string]bool{}
	for _, r := range remarks {
		if r.Kind != "" {
			said[[3]string{r.Runbook, r.Step, r.By}] = true
			steps = append(steps, TriedStep{Text: r.Text, Said: r.Said(), By: r.By, At: r.At})
		}
	}
	for _, t := range ticks {
		if t.Done && !said[[3]string{t.Runbook, t.Step, t.By}] {
			steps = append(steps, TriedStep{Text: t.Text, By: t.By, At: t.At})
		}
	}
	for _, r := range runs {
		steps = append(steps, TriedStep{Text: r.Command + " [" + r.Result() + "]", By: r.By, At: r.At})
	}
	slices.SortStableFunc(steps, func(a, b TriedStep) int { return a.At.Compare(b.At) })
	lines := make([]string, len(steps))
	for i, s := range steps {
		lines[i] = s.Line()
	}
	return lines
}
