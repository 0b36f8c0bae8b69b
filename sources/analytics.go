package sources

import (
	"context"
	"time"
)

// AnalyzedIncident is what PagerDuty's Analytics says of an incident.
type AnalyzedIncident struct {
	ID        string
	CreatedAt time.Time
	// Metrics are numbers by Analytics' own names, such as total_interruptions. Those
	// that it does not know are left out.
	Metrics map[string]float64
}

// Analytics reads what PagerDuty's Analytics says. Not every plan has it.
type Analytics interface {
	// AnalyzedIncidents reads the incidents of services that began in a span.
	AnalyzedIncidents(ctx context.Context, span Span, serviceIDs []string) ([]AnalyzedIncident, Extent, error)
}
