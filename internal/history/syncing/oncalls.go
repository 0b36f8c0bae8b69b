package syncing

import (
	"context"
	"slices"
	"strings"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/store"
	"firstline/sources"
)

// policiesOfRequest is how many policies one request asks about.
const policiesOfRequest = 25

// readOnCalls reads who was on call in what is not stored.
func (r *run) readOnCalls(ctx context.Context) error {
	windows, err := r.Store.PastWindows(ctx, r.scope, store.OnCallWindow)
	if err != nil {
		return err
	}
	want := sources.Span{Since: r.plan.Since.UTC().Truncate(time.Second), Until: r.started}
	gaps := past.Gaps(want, past.Covered(windows))
	if len(gaps) == 0 {
		return nil
	}
	policies, err := r.policies(ctx, want)
	if err != nil {
		return err
	}
	length := longestWindow
	for _, gap := range slices.Backward(gaps) {
		for until := gap.Until; until.After(gap.Since); {
			span := sources.Span{Since: gap.Since, Until: until}
			if from := until.Add(-length); from.After(span.Since) {
				span.Since = from
			}
			tooMany, err := r.readTurns(ctx, span, policies)
			switch {
			case err != nil:
				return err
			case tooMany && span.Until.Sub(span.Since) > time.Hour:
				length = (span.Until.Sub(span.Since) / 2).Truncate(time.Second)
				continue
			case tooMany:
				r.missing("who was on call in the hour to %s, because there are more than 10,000 entries", span.Until.Format(time.RFC3339))
			}
			until = span.Since
		}
	}
	return nil
}

// policies returns the ids of the policies that count: all of the account, or those
// of the teams, of the incidents and of the configuration.
func (r *run) policies(ctx context.Context, span sources.Span) ([]string, error) {
	all, extent, err := r.Past.PoliciesOf(ctx, nil)
	if err != nil {
		return nil, err
	}
	if !extent.Whole() {
		r.missing("who was on call for some escalation policies, because %s", extent.Why())
	}
	used, err := r.Store.PastPolicies(ctx, span)
	if err != nil {
		return nil, err
	}
	used = append(used, r.Policies...)
	var ids []string
	for _, p := range all {
		ofTeam := slices.ContainsFunc(p.Teams, func(t sources.Reference) bool { return slices.Contains(r.plan.TeamIDs, t.ID) })
		named := slices.ContainsFunc(used, func(one string) bool { return one == p.ID || strings.EqualFold(one, p.Name) })
		if len(r.plan.TeamIDs) == 0 || ofTeam || named {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// readTurns reads and stores the on-call entries of a span.
func (r *run) readTurns(ctx context.Context, span sources.Span, policies []string) (tooMany bool, err error) {
	u := store.PastUpdate{Scope: r.scope, Kind: store.OnCallWindow, Policies: policies}
	u.Window = past.Window{Span: span, ReadAt: r.Now().UTC()}
	for chunk := range slices.Chunk(policies, policiesOfRequest) {
		b, err := r.Past.PastOnCalls(ctx, span, chunk)
		if err != nil || b.TooMany {
			return b.TooMany, err
		}
		if b.Lost > 0 {
			r.missing("on-call entries that could not be understood")
		}
		for _, o := range b.Items {
			if t, ok := turnIn(o, span); ok {
				u.Turns = append(u.Turns, t)
			}
		}
	}
	if err := r.Store.SavePast(ctx, u); err != nil {
		return false, err
	}
	r.result.Turns += len(u.Turns)
	return false, nil
}

// turnIn returns the part of an on-call entry in a span. Without a start or an end
// it is always.
func turnIn(o sources.OnCall, span sources.Span) (past.Turn, bool) {
	t := past.Turn{
		Person: o.User.ID, Level: o.Level, Policy: past.Name{ID: o.Policy.ID, Name: o.Policy.Name},
		Schedule: past.Name{ID: o.Schedule.ID, Name: o.Schedule.Name}, Start: span.Since, End: span.Until,
	}
	if o.Start.After(t.Start) {
		t.Start = o.Start.UTC().Truncate(time.Second)
	}
	if !o.End.IsZero() && o.End.Before(t.End) {
		t.End = o.End.UTC().Truncate(time.Second)
	}
	return t, t.Person != "" && t.End.After(t.Start)
}
