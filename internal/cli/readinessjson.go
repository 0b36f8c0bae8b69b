package cli

import (
	"time"

	"firstline/internal/readiness"
)

// readinessJSON is what readiness --json prints.
type readinessJSON struct {
	// Verdict is that of all services together.
	Verdict  string                 `json:"verdict"`
	Services []serviceReadinessJSON `json:"services"`
}

type serviceReadinessJSON struct {
	Service string  `json:"service"`
	Team    *string `json:"team"`
	Verdict string  `json:"verdict"`
	// Since and Until are the time in which incidents were counted, or null.
	Since          *time.Time `json:"since"`
	Until          *time.Time `json:"until"`
	FirstLine      *string    `json:"first_line"`
	UnderFirstLine bool       `json:"under_first_line"`
	// GoesBack are the limits for which it should go back to its owner.
	GoesBack []string        `json:"should_go_back"`
	Criteria []criterionJSON `json:"criteria"`
	ToDo     []string        `json:"to_do"`
}

type criterionJSON struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Verdict string  `json:"verdict"`
	Value   *string `json:"value"`
	Limit   string  `json:"limit"`
	Because *string `json:"because"`
	Fix     *string `json:"fix"`
}

func readinessJSONOf(all []readiness.Report) readinessJSON {
	j := readinessJSON{Verdict: string(readiness.Worst(all)), Services: []serviceReadinessJSON{}}
	for n := range all {
		r := &all[n]
		one := serviceReadinessJSON{
			Service: r.Service, Team: textOf(r.Team), Verdict: string(r.Verdict), Since: timeOf(r.Window.Since), Until: timeOf(r.Window.Until),
			FirstLine: textOf(r.FirstLine), UnderFirstLine: r.UnderFirstLine, GoesBack: listOrNone(r.GoesBack), ToDo: listOrNone(r.Do),
		}
		for _, f := range r.Findings {
			one.Criteria = append(one.Criteria, criterionJSON{
				ID: f.Criterion.ID, Title: f.Criterion.Title, Verdict: string(f.Verdict), Value: textOf(f.Value), Limit: f.Limit, Because: textOf(f.Because), Fix: textOf(f.Fix),
			})
		}
		j.Services = append(j.Services, one)
	}
	return j
}
