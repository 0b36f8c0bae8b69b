package accounts

import (
	"context"

	"firstline/sources"
)

// PastLog implements sources.Past.
func (s *Several) PastLog(ctx context.Context, span sources.Span, teamIDs []string) (sources.Batch[sources.LogEntry], error) {
	return ofTeams(s, teamIDs, func(a Account, ids []string) (sources.Batch[sources.LogEntry], error) {
		return a.PastLog(ctx, span, ids)
	})
}

// IncidentsBegun implements sources.Past.
func (s *Several) IncidentsBegun(ctx context.Context, span sources.Span, teamIDs []string) (sources.Batch[sources.Incident], error) {
	b, err := ofTeams(s, teamIDs, func(a Account, ids []string) (sources.Batch[sources.Incident], error) {
		b, err := a.IncidentsBegun(ctx, span, ids)
		for i := range b.Items {
			s.meet(b.Items[i].ID, a)
		}
		return b, err
	})
	return b, err
}

// IncidentAlone implements sources.Past.
func (s *Several) IncidentAlone(ctx context.Context, id string) (sources.Incident, error) {
	return find(s, id, func(a Account) (sources.Incident, error) { return a.IncidentAlone(ctx, id) })
}

// PastOnCalls implements sources.Past.
func (s *Several) PastOnCalls(ctx context.Context, span sources.Span, policyIDs []string) (sources.Batch[sources.OnCall], error) {
	return batch(divided(s, policyIDs, func(a Account, ids []string) (sources.Batch[sources.OnCall], error) {
		return a.PastOnCalls(ctx, span, ids)
	}))
}

// AllUsers implements sources.Past.
func (s *Several) AllUsers(ctx context.Context) ([]sources.User, sources.Extent, error) {
	return eachList(s, func(a Account) ([]sources.User, sources.Extent, error) { return a.AllUsers(ctx) })
}

// PoliciesOf implements sources.Past.
func (s *Several) PoliciesOf(ctx context.Context, teamIDs []string) ([]sources.Policy, sources.Extent, error) {
	ask := func(a Account, ids []string) ([]sources.Policy, sources.Extent, error) {
		all, extent, err := a.PoliciesOf(ctx, ids)
		for i := range all {
			s.meet(all[i].ID, a)
		}
		return all, extent, err
	}
	if len(teamIDs) > 0 {
		return dividedLists(s, teamIDs, ask)
	}
	return eachList(s, func(a Account) ([]sources.Policy, sources.Extent, error) { return ask(a, nil) })
}

// TeamsNamed finds each team in the accounts that have it.
func (s *Several) TeamsNamed(ctx context.Context, names []string) ([]sources.Reference, error) {
	var all []sources.Reference
	for _, name := range names {
		found, err := concat(each(s, true, func(a Account) ([]sources.Reference, error) {
			teams, err := a.TeamsNamed(ctx, []string{name})
			for _, t := range teams {
				s.meet(t.ID, a)
			}
			return teams, err
		}))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// ofTeams asks the accounts that have the teams, or all without any.
func ofTeams[T any](s *Several, teamIDs []string, ask func(Account, []string) (sources.Batch[T], error)) (sources.Batch[T], error) {
	if len(teamIDs) > 0 {
		return batch(divided(s, teamIDs, ask))
	}
	return batch(each(s, false, func(a Account) (sources.Batch[T], error) { return ask(a, nil) }))
}

// batch puts batches together: too many in one are too many in all.
func batch[T any](all []sources.Batch[T], err error) (sources.Batch[T], error) {
	var sum sources.Batch[T]
	if err != nil {
		return sum, err
	}
	for _, b := range all {
		sum.TooMany = sum.TooMany || b.TooMany
	}
	for _, b := range all {
		sum.Lost += b.Lost
		switch {
		case !sum.TooMany:
			sum.Items = append(sum.Items, b.Items...)
		case b.TooMany:
			sum.Total += b.Total
		}
	}
	return sum, nil
}
