package sources

import (
	"context"
	"time"
)

// PastIncident is an earlier incident that PagerDuty finds similar to another one.
type PastIncident struct {
	ID, Title string
	// CreatedAt is zero where PagerDuty did not say.
	CreatedAt time.Time
	// Score is how similar it is, by PagerDuty's own measure. Zero is not similar.
	Score float64
}

// PastIncidents reads earlier incidents. Errors are *Error. What the account's plan
// or the token's rights refuse is asked again an hour later at the earliest; until
// then the error is the one of before.
type PastIncidents interface {
	// PastIncidents reads the incidents of the last six months that PagerDuty finds
	// similar to an incident, the most similar first.
	PastIncidents(ctx context.Context, incidentID string) ([]PastIncident, Extent, error)
	// ResolvedIncidents reads the resolved incidents of a service that began since a
	// time, newest first, in at most two requests.
	ResolvedIncidents(ctx context.Context, serviceID string, since time.Time) ([]Incident, Extent, error)
}
