package cli

import (
	"context"
	"fmt"
	"time"

	"firstline/internal/slo"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/sources"
)

// The most groups whose SLOs are read for a list, and the time for all of them.
const (
	mostWithSLO = 50
	sloTime     = 2 * time.Minute
)

// slos reads the SLOs of groups.
func (s *setup) slos() *measure.Reader {
	return &measure.Reader{Metrics: s.metrics, Configured: s.config.SLOs, Now: s.now}
}

// sloJSON is an SLO in list --json --slo.
type sloJSON struct {
	Name      string   `json:"name"`
	Origin    string   `json:"origin"`
	Objective *float64 `json:"objective"`
	Window    *float64 `json:"window_seconds"`
	// BudgetLeft is the part that is left; below 0 more than all is used.
	BudgetLeft    *float64   `json:"budget_left"`
	BudgetUnknown *string    `json:"budget_unknown_because"`
	BurnRates     []burnJSON `json:"burn_rates"`
	// GoneIn is null as well where the budget is used up, or lasts.
	GoneIn *float64  `json:"gone_in_seconds"`
	AsOf   time.Time `json:"as_of"`
}

type alertSLOJSON struct {
	Name    string  `json:"name"`
	Service *string `json:"service"`
	Origin  string  `json:"origin"`
}

type burnJSON struct {
	Over    float64  `json:"over_seconds"`
	Rate    *float64 `json:"rate"`
	Unknown *string  `json:"unknown_because"`
}

// addSLOs adds to the groups of a list the SLOs of their services and alerts.
func (s *setup) addSLOs(ctx context.Context, l reading, out *listJSON) {
	ctx, cancel := context.WithTimeout(ctx, sloTime)
	defer cancel()
	byID := map[string]triage.Group{}
	for _, members := range triage.Problems(l.groups) {
		g := triage.Merged(members)
		byID[g.ID] = g
	}
	reader, unread := s.slos(), ""
	if !reader.Any() {
		unread = "no Prometheus is configured"
	}
	query := triage.QueriesOf(l.snapshots)
	for i := range out.Groups {
		g := &out.Groups[i]
		switch {
		case unread != "":
		case i >= mostWithSLO:
			unread = fmt.Sprintf("the SLOs of at most %d groups are read: use --filter", mostWithSLO)
		case ctx.Err() != nil:
			unread = "the time for reading SLOs is over: use --filter"
		}
		if unread != "" {
			g.SLOMissing = &[]string{unread}
			continue
		}
		for k, a := range byID[g.ID].Alerts {
			if ref, is := slo.Of(a.Labels, query(a)); is {
				g.Alerts[k].SLO = &alertSLOJSON{ref.Name, textOf(ref.Service), string(ref.Origin)}
			}
		}
		found := reader.Of(ctx, byID[g.ID], query)
		slos, missing := []sloJSON{}, listOrNone(found.Missing)
		for _, r := range found.Readings {
			slos = append(slos, sloOf(r))
		}
		g.SLOs, g.SLOMissing = &slos, &missing
	}
}

func sloOf(r slo.Reading) sloJSON {
	number := func(v float64, is bool) *float64 {
		if !is {
			return nil
		}
		return &v
	}
	out := sloJSON{
		Name: r.Name, Origin: string(r.Origin), Objective: number(r.Target, r.Target > 0 && r.Target < 1), Window: number(r.Window.Seconds(), r.Window > 0),
		BudgetLeft: number(r.Left.Number, r.Left.Read()), BudgetUnknown: textOf(r.Left.Why), BurnRates: []burnJSON{},
		GoneIn: number(r.Gone.Seconds(), r.Gone > 0), AsOf: *timeOf(r.At),
	}
	for i, v := range r.Burn {
		out.BurnRates = append(out.BurnRates, burnJSON{slo.Spans[i].Seconds(), number(v.Number, v.Read()), textOf(v.Why)})
	}
	return out
}

// readSLOs reads the SLOs of a group for the screen.
func (s *setup) readSLOs() func(context.Context, triage.Group, []sources.Snapshot) measure.Found {
	reader := s.slos()
	if !reader.Any() {
		return nil
	}
	return func(ctx context.Context, g triage.Group, snapshots []sources.Snapshot) measure.Found {
		return reader.Of(ctx, g, triage.QueriesOf(snapshots))
	}
}
