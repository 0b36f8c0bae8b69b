// Package record has what outlives a terminal: the steps that were ticked, the
// commands that were run, the texts that were typed and not sent, and how far a
// runbook was read; and the one rule for what was tried. The package store
// keeps them.
package record

import (
	"strconv"
	"time"
)

// Tick is a step of a runbook that was done for a group, or was unticked again
// (Done false).
type Tick struct {
	GroupID string
	// Runbook is a path or URL, Step is the id of the step in it.
	Runbook, Step string
	Text          string // the first line of the step, for notes
	Done          bool
	By            string
	At            time.Time
}

// Run is a command of a runbook that was run for a group, and how it ended.
type Run struct {
	GroupID string
	// Runbook is a path or URL, Step is the id of the step in it.
	Runbook, Step string
	// Command is the exact line, as it was confirmed and run.
	Command string
	// ExitCode is -1 when the command was stopped or did not start.
	ExitCode int
	Stopped  bool
	By       string
	// At is when it started.
	At   time.Time
	Took time.Duration // stored to the millisecond
}

// Result says how the run ended: "exit 1".
func (r Run) Result() string {
	switch {
	case r.Stopped:
		return "stopped"
	case r.ExitCode < 0:
		return "did not run"
	}
	return "exit " + strconv.Itoa(r.ExitCode)
}

// Position is how far the runbook of a group was read.
type Position struct {
	GroupID, Runbook string
	// Line is the line of the runbook's text at the top of the pane.
	Line int
	At   time.Time
}

// Draft is a text that was typed and not sent.
type Draft struct {
	// Action is what the text was typed for.
	Action string
	// Groups are the ids of the groups, sorted, with blanks between them.
	Groups string
	Text   string
	At     time.Time
}
