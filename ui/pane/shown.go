package pane

import (
	"sort"

	"firstline/runbooks"
)

// Shown is a runbook as it is shown. It is made off the loop and never
// changed after that.
type Shown struct {
	Match runbooks.Match
	// filled is the runbook with the labels in it, as it is shown.
	filled *runbooks.Runbook
	fill   runbooks.Filled
	// headings are those that are shown; section is the one that it was opened
	// at, -1: none.
	headings []shownHeading
	section  int
	// head are the lines of the head, the first and the one behind the last.
	head  [2]int
	Steps []shownStep
	codes []runbooks.Code
	// absent are the programs of its commands that are not installed.
	absent map[string]bool
	links  []runbooks.Link
	marks  []runbooks.Mark
	// entry is the heading of the alert's own section in a file of many alerts, empty in
	// others. cut: only this section is shown, with the text of the sections around it.
	entry string
	cut   bool
	// triedBesides: what others tried and is no step is at the end.
	triedBesides bool
	// plain are the lines without their colours.
	plain []string
}

// shownHeading is a heading and the line of the text that it is on.
type shownHeading struct {
	level  int
	text   string
	line   int
	source int
}

// shownStep is a step and the line of the text that it begins on.
type shownStep struct {
	runbooks.Step
	line int
	// written is its text before it was filled.
	written string
	// done: it was ticked.
	done bool
}

// within reports whether a heading belongs to the section that the runbook was
// opened at; without one all do.
func (b *Shown) within(heading int) bool {
	if b.section < 0 {
		return true
	}
	for i := b.section + 1; i <= heading; i++ {
		if b.headings[i].level <= b.headings[b.section].level {
			return false
		}
	}
	return heading >= b.section
}

// lineOf is the line of the text that shows a line of the source.
func (b *Shown) lineOf(source int) int {
	i := sort.Search(len(b.marks), func(i int) bool { return b.marks[i].Source > source })
	if i == 0 {
		return 0
	}
	return b.marks[i-1].Line
}

// sourceAt is the line of the source that a line of the text belongs to, and
// how many lines of the text lie between.
func (b *Shown) sourceAt(line int) (source, beyond int) {
	i := sort.Search(len(b.marks), func(i int) bool { return b.marks[i].Line > line })
	if i == 0 {
		return 0, line
	}
	return b.marks[i-1].Source, line - b.marks[i-1].Line
}

// step returns the index of the step with an ID, or -1.
func (b *Shown) step(id string) int {
	for i := range b.Steps {
		if b.Steps[i].ID == id && id != "" {
			return i
		}
	}
	return -1
}
