// Package record defines what outlives a terminal: ticked steps, commands that
// ran, drafts, and reading positions. It has the one rule for what was tried.
// Package store persists them.
package record

import (
	"strconv"
	"time"
)

// Tick records that a step of a runbook was done for a group, or that its tick
// was removed (Done false).
type Tick struct {
	GroupID string
	// Runbook is a path or URL, Step is the id of the step in it.
	Runbook, Step string
	Text          string // the first line of the step, for notes
	Done          bool
	By            string
	At            time.Time
}

// Run is a command of a runbook that ran for a group, and how it ended.
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

// Position is the reading position in a group's runbook.
type Position struct {
	GroupID, Runbook string
	// Line is the line of the runbook's text at the top of the pane.
	Line int
	At   time.Time
}

// Draft is a text that was typed and not sent.
type Draft struct {
	// Action is the action that the text was typed for.
	Action string
	// Groups are the ids of the groups, sorted, separated by blanks.
	Groups string
	Text   string
	At     time.Time
}
