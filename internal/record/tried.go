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
	By   string
	At   time.Time
}

// Is reports whether the step is the one with this text.
func (t TriedStep) Is(text string) bool { return t.Text == stepText(text) }

// Line returns the step as a line of a note. TriedIn parses it.
func (t TriedStep) Line() string {
	line := stepText(t.Text)
	by := strings.Trim(strings.NewReplacer("(", "", ")", "").Replace(clean.Line(t.By)), ", ")
	switch {
	case t.At.IsZero():
		return line
	case by == "":
		return line + " (" + wording.Clock(t.At) + ")"
	}
	return line + " (" + by + ", " + wording.Clock(t.At) + ")"
}

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
				return t.Text == step.Text && t.By == step.By && t.At.Equal(step.At)
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
		return TriedStep{Text: stepText(line)}
	}
	by, at := "", inner[open+len(" ("):]
	if comma := strings.LastIndex(at, ", "); comma >= 0 {
		by, at = at[:comma], at[comma+len(", "):]
	}
	t, err := time.Parse(wording.ClockLayout, at)
	if err != nil {
		return TriedStep{Text: stepText(line)}
	}
	return TriedStep{Text: stepText(line[:open]), By: strings.TrimSpace(by), At: t}
}

// Tried returns the steps that were ticked and the commands that were run,
// oldest first, as lines for the note of an action.
func Tried(ticks []Tick, runs []Run) []string {
	var steps []TriedStep
	for _, t := range ticks {
		if t.Done {
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
