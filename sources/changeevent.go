package sources

import (
	"context"
	"time"
)

// ChangeEvent is a change that a tool reported to PagerDuty, such as a deploy.
type ChangeEvent struct {
	ID      string
	At      time.Time
	Summary string
	// Tool is where the change occurred, in the tool's own words. It may be empty.
	Tool     string
	Services []Reference
	Links    []Link
	// Related is why PagerDuty relates it to an incident: most_recent,
	// related_service, intelligent. It is empty where that was not asked, or not
	// answered.
	Related string
}

// ChangeEvents reads what changed. Errors are *Error. What the account's plan or
// the token's rights refuse is asked again an hour later at the earliest; until
// then the error is the one of before.
type ChangeEvents interface {
	// ChangeEvents reads the changes of a service in a time span, newest first.
	ChangeEvents(ctx context.Context, serviceID string, since, until time.Time) ([]ChangeEvent, Extent, error)
	// RelatedChangeEvents reads the changes that PagerDuty relates to an incident,
	// newest first.
	RelatedChangeEvents(ctx context.Context, incidentID string) ([]ChangeEvent, Extent, error)
}
