package accounts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
)

// owner returns the account that has all of the ids. A write goes to one account: plans
// are of one.
func (s *Several) owner(doing string, ids ...string) (Account, error) {
	refused := func(format string, a ...any) error {
		return &sources.Error{Source: s.Source(), Doing: doing, Reason: sources.Rejected, Sentence: fmt.Sprintf(format, a...)}
	}
	if len(s.all) == 0 && len(s.unusable) > 0 {
		return nil, s.unusable[0]
	}
	var owner Account
	for _, id := range ids {
		switch of := s.of(id); {
		case of == nil:
			return nil, refused("which of the PagerDuty accounts %s has %s is not known: refresh and try again", clean.Line(strings.Join(s.names(), ", ")), clean.Line(id))
		case owner != nil && of != owner:
			return nil, refused("%s and %s are in different PagerDuty accounts: act on those of one account", clean.Line(ids[0]), clean.Line(id))
		default:
			owner = of
		}
	}
	if owner == nil {
		return nil, refused("no incident is named")
	}
	return owner, nil
}

// change makes a write in the account that has the ids.
func (s *Several) change(doing string, ids []string, write func(Account) error) error {
	a, err := s.owner(doing, ids...)
	if err != nil {
		return err
	}
	return write(a)
}

// Acknowledge implements sources.Incidents.
func (s *Several) Acknowledge(ctx context.Context, ids ...string) error {
	return s.change("acknowledging", ids, func(a Account) error { return a.Acknowledge(ctx, ids...) })
}

// Resolve implements sources.Incidents.
func (s *Several) Resolve(ctx context.Context, resolution string, ids ...string) error {
	return s.change("resolving", ids, func(a Account) error { return a.Resolve(ctx, resolution, ids...) })
}

// AddNote implements sources.Incidents.
func (s *Several) AddNote(ctx context.Context, id, content string) (note sources.Note, err error) {
	err = s.change("adding a note", []string{id}, func(a Account) (err error) {
		note, err = a.AddNote(ctx, id, content)
		return err
	})
	return note, err
}

// ChangeNote implements sources.Incidents.
func (s *Several) ChangeNote(ctx context.Context, id, noteID, content string) error {
	return s.change("changing a note", []string{id}, func(a Account) error { return a.ChangeNote(ctx, id, noteID, content) })
}

// SetPolicy implements sources.Incidents.
func (s *Several) SetPolicy(ctx context.Context, policyID string, ids ...string) error {
	return s.change("escalating", append([]string{policyID}, ids...), func(a Account) error { return a.SetPolicy(ctx, policyID, ids...) })
}

// SetLevel implements sources.Incidents.
func (s *Several) SetLevel(ctx context.Context, level int, ids ...string) error {
	return s.change("escalating", ids, func(a Account) error { return a.SetLevel(ctx, level, ids...) })
}

// Assign implements sources.Incidents.
func (s *Several) Assign(ctx context.Context, userIDs []string, ids ...string) error {
	return s.change("assigning", ids, func(a Account) error { return a.Assign(ctx, userIDs, ids...) })
}

// AskResponders implements sources.Incidents.
func (s *Several) AskResponders(ctx context.Context, id, message string, userIDs, policyIDs []string) error {
	return s.change("asking responders", []string{id}, func(a Account) error { return a.AskResponders(ctx, id, message, userIDs, policyIDs) })
}

// Move implements sources.Incidents.
func (s *Several) Move(ctx context.Context, id, serviceID, policyID string) error {
	return s.change("moving", []string{id, serviceID, policyID}, func(a Account) error { return a.Move(ctx, id, serviceID, policyID) })
}

// Snooze implements sources.Incidents.
func (s *Several) Snooze(ctx context.Context, id string, d time.Duration) error {
	return s.change("snoozing", []string{id}, func(a Account) error { return a.Snooze(ctx, id, d) })
}

// Merge implements sources.Incidents.
func (s *Several) Merge(ctx context.Context, into string, ids ...string) error {
	return s.change("merging", append([]string{into}, ids...), func(a Account) error { return a.Merge(ctx, into, ids...) })
}

// SetUrgency implements sources.Incidents.
func (s *Several) SetUrgency(ctx context.Context, urgency string, ids ...string) error {
	return s.change("changing the urgency", ids, func(a Account) error { return a.SetUrgency(ctx, urgency, ids...) })
}

// SetPriority implements sources.Incidents.
func (s *Several) SetPriority(ctx context.Context, priorityID string, ids ...string) error {
	return s.change("changing the priority", append([]string{priorityID}, ids...), func(a Account) error { return a.SetPriority(ctx, priorityID, ids...) })
}

// Open implements sources.Incidents.
func (s *Several) Open(ctx context.Context, n sources.NewIncident) (i sources.Incident, err error) {
	err = s.change("opening an incident", []string{n.ServiceID}, func(a Account) (err error) {
		i, err = a.Open(ctx, n)
		return err
	})
	return i, err
}
