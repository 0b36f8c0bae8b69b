package sources

import (
	"context"
	"time"
)

// Span is a time from Since to Until.
type Span struct{ Since, Until time.Time }

// Batch is what a list has of a span of time.
type Batch[T any] struct {
	Items []T
	// TooMany means that the list has more than the source gives for one span.
	// Items is then empty: ask for shorter spans. Total is how many there are, or
	// 0 where the source did not say.
	TooMany bool
	Total   int
	// Lost counts entries that could not be understood.
	Lost int
}

// Past reads what happened in an account. Its requests take only a share of
// those that the account allows. Errors are *Error. An entry at a limit of a span
// may be in both of two spans that meet there.
type Past interface {
	// PastLog reads the log entries of a span, with all notifications.
	PastLog(ctx context.Context, span Span, teamIDs []string) (Batch[LogEntry], error)
	// IncidentsBegun reads the incidents that began in a span, as they are now,
	// open or not. Of their alerts they have the first, if it came with them.
	IncidentsBegun(ctx context.Context, span Span, teamIDs []string) (Batch[Incident], error)
	// IncidentAlone reads one such incident.
	IncidentAlone(ctx context.Context, id string) (Incident, error)
	// PastOnCalls reads who was on call for the policies in a span.
	PastOnCalls(ctx context.Context, span Span, policyIDs []string) (Batch[OnCall], error)
	// AllUsers reads all users.
	AllUsers(ctx context.Context) ([]User, Extent, error)
	// PoliciesOf reads the escalation policies of teams, or all.
	PoliciesOf(ctx context.Context, teamIDs []string) ([]Policy, Extent, error)
	// TeamsNamed finds teams by id or name.
	TeamsNamed(ctx context.Context, names []string) ([]Reference, error)
}
