package accounts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
)

var _ Account = (*Several)(nil)

// Source returns a name for all accounts together.
func (s *Several) Source() sources.Source {
	return sources.Source{Kind: sources.PagerDuty, Name: strings.Join(s.names(), ", ")}
}

func (s *Several) names() []string {
	var names []string
	for _, a := range s.all {
		names = append(names, a.Source().Name)
	}
	for _, e := range s.unusable {
		names = append(names, e.Source.Name)
	}
	return names
}

// Knows implements Account.
func (s *Several) Knows(id string) bool { return s.of(id) != nil }

// Incident implements sources.Incidents.
func (s *Several) Incident(ctx context.Context, id string) (sources.Incident, error) {
	return find(s, id, func(a Account) (sources.Incident, error) { return a.Incident(ctx, id) })
}

// IncidentByNumber reads the incident of the account that alone has one of that number:
// each account counts its own.
func (s *Several) IncidentByNumber(ctx context.Context, number int) (sources.Incident, error) {
	found, err := each(s, true, func(a Account) (sources.Incident, error) { return a.IncidentByNumber(ctx, number) })
	if err != nil {
		return sources.Incident{}, err
	}
	if len(found) > 1 {
		var all []string
		for _, i := range found {
			all = append(all, fmt.Sprintf("%s (%s)", clean.Line(i.ID), clean.Line(i.Source)))
		}
		return sources.Incident{}, &sources.Error{
			Source: s.Source(), Doing: "looking for an incident", Reason: sources.Rejected,
			Sentence: fmt.Sprintf("several accounts have an incident #%d: write the id of the one that is meant, %s", number, strings.Join(all, " or ")),
		}
	}
	return found[0], nil
}

// IncidentsByKey implements sources.Incidents.
func (s *Several) IncidentsByKey(ctx context.Context, key string) ([]sources.Incident, error) {
	return concat(each(s, false, func(a Account) ([]sources.Incident, error) { return a.IncidentsByKey(ctx, key) }))
}

func concat[T any](lists [][]T, err error) ([]T, error) {
	var all []T
	for _, l := range lists {
		all = append(all, l...)
	}
	return all, err
}

// Notes implements sources.Incidents.
func (s *Several) Notes(ctx context.Context, id string) ([]sources.Note, error) {
	return find(s, id, func(a Account) ([]sources.Note, error) { return a.Notes(ctx, id) })
}

// ServerTime implements sources.Incidents. All accounts have one clock.
func (s *Several) ServerTime(ours time.Time) (time.Time, bool) {
	for _, a := range s.all {
		if t, found := a.ServerTime(ours); found {
			return t, true
		}
	}
	return time.Time{}, false
}

// LogEntries implements sources.Incidents.
func (s *Several) LogEntries(ctx context.Context, id string) ([]sources.LogEntry, sources.Extent, error) {
	return findList(s, id, func(a Account) ([]sources.LogEntry, sources.Extent, error) { return a.LogEntries(ctx, id) })
}

// Log implements Account.
func (s *Several) Log(ctx context.Context, since, until time.Time) ([]sources.LogEntry, sources.Extent, error) {
	return eachList(s, func(a Account) ([]sources.LogEntry, sources.Extent, error) { return a.Log(ctx, since, until) })
}

// OnCalls implements sources.Incidents.
func (s *Several) OnCalls(ctx context.Context, policyIDs ...string) ([]sources.OnCall, sources.Extent, error) {
	return dividedLists(s, policyIDs, func(a Account, ids []string) ([]sources.OnCall, sources.Extent, error) { return a.OnCalls(ctx, ids...) })
}

// OnCallsUntil implements sources.Incidents.
func (s *Several) OnCallsUntil(ctx context.Context, until time.Time, policyIDs ...string) ([]sources.OnCall, sources.Extent, error) {
	return dividedLists(s, policyIDs, func(a Account, ids []string) ([]sources.OnCall, sources.Extent, error) {
		return a.OnCallsUntil(ctx, until, ids...)
	})
}

// Upcoming implements sources.Incidents.
func (s *Several) Upcoming(ctx context.Context, scheduleIDs ...string) ([]sources.OnCall, sources.Extent, error) {
	return dividedLists(s, scheduleIDs, func(a Account, ids []string) ([]sources.OnCall, sources.Extent, error) {
		return a.Upcoming(ctx, ids...)
	})
}

// Overrides implements Account.
func (s *Several) Overrides(ctx context.Context, scheduleID string, until time.Time) ([]sources.Override, sources.Extent, error) {
	return findList(s, scheduleID, func(a Account) ([]sources.Override, sources.Extent, error) {
		return a.Overrides(ctx, scheduleID, until)
	})
}

// FindUsers implements sources.Incidents.
func (s *Several) FindUsers(ctx context.Context, query string) ([]sources.User, sources.Extent, error) {
	return eachList(s, func(a Account) ([]sources.User, sources.Extent, error) { return a.FindUsers(ctx, query) })
}

// User implements sources.Incidents.
func (s *Several) User(ctx context.Context, id string) (sources.User, error) {
	return find(s, id, func(a Account) (sources.User, error) { return a.User(ctx, id) })
}

// ChangeEvents implements sources.ChangeEvents.
func (s *Several) ChangeEvents(ctx context.Context, serviceID string, since, until time.Time) ([]sources.ChangeEvent, sources.Extent, error) {
	return findList(s, serviceID, func(a Account) ([]sources.ChangeEvent, sources.Extent, error) {
		return a.ChangeEvents(ctx, serviceID, since, until)
	})
}

// RelatedChangeEvents implements sources.ChangeEvents.
func (s *Several) RelatedChangeEvents(ctx context.Context, incidentID string) ([]sources.ChangeEvent, sources.Extent, error) {
	return findList(s, incidentID, func(a Account) ([]sources.ChangeEvent, sources.Extent, error) {
		return a.RelatedChangeEvents(ctx, incidentID)
	})
}

// PastIncidents implements sources.PastIncidents.
func (s *Several) PastIncidents(ctx context.Context, incidentID string) ([]sources.PastIncident, sources.Extent, error) {
	return findList(s, incidentID, func(a Account) ([]sources.PastIncident, sources.Extent, error) {
		return a.PastIncidents(ctx, incidentID)
	})
}

// ResolvedIncidents implements sources.PastIncidents.
func (s *Several) ResolvedIncidents(ctx context.Context, serviceID string, since time.Time) ([]sources.Incident, sources.Extent, error) {
	return findList(s, serviceID, func(a Account) ([]sources.Incident, sources.Extent, error) {
		return a.ResolvedIncidents(ctx, serviceID, since)
	})
}

// AnalyzedIncidents implements sources.Analytics.
func (s *Several) AnalyzedIncidents(ctx context.Context, span sources.Span, serviceIDs []string) ([]sources.AnalyzedIncident, sources.Extent, error) {
	return dividedLists(s, serviceIDs, func(a Account, ids []string) ([]sources.AnalyzedIncident, sources.Extent, error) {
		return a.AnalyzedIncidents(ctx, span, ids)
	})
}
