package cli

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"firstline/internal/readiness"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/sources"
)

// measuredFor is how long what was measured of a service is valid on the screen, where
// several groups may be of the same one.
const measuredFor = 10 * time.Minute

// screenReadiness measures the readiness of services for the screen, one at a time.
type screenReadiness struct {
	s    *setup
	slos *measure.Reader

	mu      sync.Mutex
	reports map[string]readiness.Report // by the name of the service
}

// readReadiness measures the readiness of a group's service for the screen.
func (s *setup) readReadiness() func(context.Context, triage.Group, []sources.Snapshot) (readiness.Report, bool) {
	if s.state == nil {
		return nil
	}
	r := &screenReadiness{s: s, slos: s.slos(), reports: map[string]readiness.Report{}}
	return r.of
}

// of returns the readiness of a group's service. It is empty where no history is
// stored, and where the service is not found. It has failed where a source lacked an
// answer, so that more will be known soon.
func (r *screenReadiness) of(ctx context.Context, g triage.Group, snapshots []sources.Snapshot) (report readiness.Report, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.s.demo {
		if scopes, err := r.s.state.PastScopes(ctx); err != nil || len(scopes) == 0 {
			return readiness.Report{}, false
		}
	}
	now := r.s.now()
	if stored, found := r.reports[g.Service]; found && now.Sub(stored.At) < measuredFor && !now.Before(stored.At) {
		return stored, false
	}
	choose := func(all []*ownedService) *ownedService { return serviceOf(all, g) }
	m := r.s.measuring(r.slos)
	m.take(ctx, reading{at: now, snapshots: snapshots}, choose)
	one := serviceOf(m.services, g)
	if one == nil || ctx.Err() != nil {
		return readiness.Report{}, one != nil
	}
	report = m.reports(ctx, []*ownedService{one})[0]
	failed = ctx.Err() != nil || slices.ContainsFunc(snapshots, func(s sources.Snapshot) bool { return !s.OK() || s.Partial || s.Earlier })
	if !failed {
		r.reports[g.Service] = report
	}
	return report, failed
}

// serviceOf returns the service of a group, or nil.
func serviceOf(all []*ownedService, g triage.Group) *ownedService {
	for _, is := range []func(*ownedService) bool{
		func(o *ownedService) bool { return o.configured && o.name == g.Service },
		func(o *ownedService) bool { return g.ServiceID != "" && o.pagerDuty.ID == g.ServiceID },
		func(o *ownedService) bool { return g.Service != "" && strings.EqualFold(o.name, g.Service) },
	} {
		if at := slices.IndexFunc(all, is); at >= 0 {
			return all[at]
		}
	}
	return nil
}
