package execute

import (
	"context"
	"time"

	"firstline/internal/respond"
)

// Journal is where each attempt, and each write of it, is written down before it
// is sent and after.
type Journal interface {
	// Begin writes down that an attempt is about to be made, before anything of
	// it is sent. Where an attempt of the same action on the same subject and
	// target, by the same person, is open, it is taken over instead: see
	// Attempt. No two callers take over the same at once.
	Begin(ctx context.Context, a Attempt) (Earlier, error)
	// End is called when a try of an attempt is over. With Unknown the attempt
	// stays open.
	End(ctx context.Context, attempt string, outcome respond.Outcome, sentence string, at time.Time) error
	// EndRun is called when all attempts of a run have been tried. Until then
	// those that are done are open too: of a run that was cut short, the same
	// again does the rest.
	EndRun(ctx context.Context, run string) error
	// Refused returns the writes of the attempts on a's subject by the same
	// person, begun since a.OpenSince, that ended without their action: failed or
	// refused. It omits those after which an attempt of the same action and target
	// was done.
	Refused(ctx context.Context, a Attempt) ([]Begun, error)
	// Intent is called before a write is sent and returns its number.
	Intent(ctx context.Context, b Begun) (int64, error)
	// Sent is called where a write is sent more than a moment after it was
	// written down, or once more, just before; and where the clock was set back
	// since, so that the time of before says nothing.
	Sent(ctx context.Context, number int64, at time.Time) error
	// Outcome is called when the write's outcome is known, or is known to be
	// unknowable. ctx outlives the one that Do was called with.
	Outcome(ctx context.Context, number int64, outcome respond.Outcome, sentence string, at time.Time) error
}
