package respond

import (
	"context"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// Journal is where each write is written down before it is sent and after.
type Journal interface {
	// Intent is called before a write is sent and returns its number.
	Intent(ctx context.Context, i Intent) (int64, error)
	// Outcome is called when the write's outcome is known, or is known to be
	// unknowable. ctx outlives the one that Do was called with.
	Outcome(ctx context.Context, number int64, outcome Outcome, sentence string, at time.Time) error
}

// Intent is one write that is about to be sent.
type Intent struct {
	At     time.Time
	By     string
	Action Action
	Target Target
	Reason string
	Group  triage.Group
	Step   Step
	// Seen is the incident as it was just before; nil without one.
	Seen *sources.Incident
	// Confirmed are the sentences that the person was asked once more for and
	// said yes to: that somebody chose to wake a developer outside their hours
	// is written down.
	Confirmed []string
}
