package respond

import (
	"context"
	"time"

	"firstline/sources"
)

// Doer carries plans out.
type Doer struct {
	// Incidents is PagerDuty; nil without one.
	Incidents sources.Incidents
	Silencers []sources.Silencer
	// ReadOnly refuses every write.
	ReadOnly bool
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Email is whom actions are taken as.
	Email string
	// Journal may be nil.
	Journal Journal
	// Wait waits between looks at what a write did; nil: a timer. It returns
	// early with ctx's error.
	Wait func(ctx context.Context, d time.Duration) error
}
