package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/sources"
)

// syncedLoads are the loads up to a time.
type syncedLoads struct {
	*report.Loads
	until time.Time
}

// readLoads reads the history that the windows need, of one service where one is given.
func (m *measuring) readLoads(ctx context.Context, only *ownedService) {
	if err := m.s.openPast(ctx, m.long()); err != nil {
		m.loadUnread = oneLine(err.Error())
		return
	}
	m.takeLoads(ctx, only)
}

// long is how far back the windows of all days go.
func (m *measuring) long() time.Duration {
	limits := m.s.config.Readiness
	return limits.Window + time.Duration(limits.Back)*24*time.Hour
}

// takeLoads is readLoads of a state that is open.
func (m *measuring) takeLoads(ctx context.Context, only *ownedService) {
	long := m.long()
	now := m.s.now()
	o := report.Options{Span: sources.Span{Since: now.Add(-long), Until: now}, FirstLine: m.s.config.FirstLine.EscalationPolicy, Zone: now.Location()}
	var wanted func(*past.Incident) bool
	if only != nil {
		wanted = func(i *past.Incident) bool { return !i.Read() || i.Service.ID == only.pagerDuty.ID }
	}
	h, err := m.s.state.PastWith(ctx, "", sources.Span{Since: now.Add(-long - oldSync), Until: now}, wanted)
	if err == nil {
		err = m.addLoads(ctx, h, o)
	}
	switch {
	case err != nil:
		m.loads, m.loadUnread = nil, oneLine(err.Error())
		return
	case len(m.loads) == 0:
		m.loadUnread = "no history is stored: run `firstline sync`"
		return
	}
	m.opened = map[string][]string{}
	for n := range h.Incidents {
		i := &h.Incidents[n]
		if i.Alert != "" && !slices.Contains(m.opened[i.Alert], i.Service.ID) {
			m.opened[i.Alert] = append(m.opened[i.Alert], i.Service.ID)
		}
	}
}

// addLoads adds the loads of each scope that was read.
func (m *measuring) addLoads(ctx context.Context, h past.History, o report.Options) error {
	scopes, err := m.s.state.PastScopes(ctx)
	if err != nil {
		return err
	}
	m.loads = map[string]syncedLoads{}
	for _, scope := range scopes {
		if h.Log, h.OnCalls, h.ReadAt, err = m.s.state.PastSpans(ctx, scope); err != nil {
			return err
		}
		synced := o
		if upToSync(&synced, h, true) > oldSync {
			synced = o // the time since then counts as not read
		}
		m.loads[scope] = syncedLoads{report.NewLoads(h, synced), synced.Span.Until}
	}
	return nil
}

// loadsOf returns the loads that have all incidents of a service: those of a sync of
// its team, else of the account.
func (m *measuring) loadsOf(one *ownedService) (syncedLoads, bool) {
	for _, scope := range slices.Sorted(maps.Keys(m.loads)) {
		teams := strings.Split(scope, ",")
		if slices.ContainsFunc(one.pagerDuty.Teams, func(t sources.Reference) bool { return slices.Contains(teams, t.ID) }) {
			return m.loads[scope], true
		}
	}
	loads, found := m.loads[""]
	return loads, found
}
