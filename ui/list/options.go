package list

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/queries"
)

// Options are what the list needs besides the screen.
type Options struct {
	// Sources are the configured ones, in the order in which they are shown.
	Initial []sources.Source
	Triage  triage.Options
	// First are the rows to begin with.
	First First
	// Filters are the saved ones.
	Filters    []SavedFilter
	ConfigName string
	// Columns are those of the list, in their order; none: all.
	Columns []triage.Column
	// Queries ask for what sparklines show; nil: there are no sparklines.
	Queries *queries.Queries
	// PaneRead reports whether the pane has the keys; it may be nil.
	PaneRead func() bool
}

// SavedFilter is a filter with a name; @name refers to it.
type SavedFilter struct{ Name, Expression string }

// ErrInterrupted is that the responder left by ctrl-c. The terminal sends no
// signal for it while the screen has it.
var ErrInterrupted = tea.ErrInterrupted
