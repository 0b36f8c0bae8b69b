// Package accounts makes one of several PagerDuty accounts: what is asked of an object
// goes to the account that has it, and what is asked of all goes to each.
//
// An id is taken to be of one account alone, as those of PagerDuty are.
package accounts

import (
	"context"
	"slices"
	"sync"
	"time"

	"firstline/internal/clean"
	"firstline/internal/crash"
	"firstline/sources"
)

// Account is one PagerDuty account.
type Account interface {
	sources.Incidents
	sources.Past
	sources.ChangeEvents
	sources.PastIncidents
	sources.Analytics
	Source() sources.Source
	// Knows reports whether the account was seen to have the object with an id.
	Knows(id string) bool
	// IncidentByNumber reads one incident, open or not.
	IncidentByNumber(ctx context.Context, number int) (sources.Incident, error)
	// Overrides reads the overrides of a schedule from now until a time.
	Overrides(ctx context.Context, scheduleID string, until time.Time) ([]sources.Override, sources.Extent, error)
	// Log reads what happened to all incidents in a span of time.
	Log(ctx context.Context, since, until time.Time) ([]sources.LogEntry, sources.Extent, error)
}

// Several are several accounts. It is safe for concurrent use.
type Several struct {
	all []Account
	// unusable are those that can't be asked, with the reason.
	unusable []*sources.Error

	mu sync.Mutex
	// met are the accounts of ids that were found by asking.
	met map[string]Account
}

// New makes one of several accounts. unusable are those that are configured and can't be
// asked, with the reason: what no other has may be theirs.
func New(all []Account, unusable []*sources.Error) *Several {
	return &Several{all: all, unusable: unusable, met: map[string]Account{}}
}

// Account returns the account with the name, for sources.OfAccount. Where it can't be
// asked, its answers are the reason.
func (s *Several) Account(name string) sources.Incidents {
	for _, a := range s.all {
		if a.Source().Name == name {
			return a
		}
	}
	for _, e := range s.unusable {
		if e.Source.Name == name {
			return New(nil, []*sources.Error{e})
		}
	}
	return New(nil, []*sources.Error{{
		Source: sources.Source{Kind: sources.PagerDuty, Name: name}, Doing: "looking for the account", Reason: sources.Misconfigured,
		Sentence: "the PagerDuty account " + clean.Line(name) + " is not configured any more: add it again to [[pagerduty]]",
	}})
}

// of returns the account that is known to have an id, or nil.
func (s *Several) of(id string) Account {
	if id == "" {
		return nil
	}
	s.mu.Lock()
	met := s.met[id]
	s.mu.Unlock()
	if met != nil {
		return met
	}
	if at := slices.IndexFunc(s.all, func(a Account) bool { return a.Knows(id) }); at >= 0 {
		return s.all[at]
	}
	return nil
}

// mostMet bounds the ids whose accounts are remembered.
const mostMet = 100_000

func (s *Several) meet(id string, a Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.met) >= mostMet {
		clear(s.met)
	}
	s.met[id] = a
}

// find asks the account that has an id, or each until one has it. That none has it is
// known where all have said so.
func find[T any](s *Several, id string, ask func(Account) (T, error)) (T, error) {
	var none T
	if a := s.of(id); a != nil {
		return ask(a)
	}
	var missing, failed error
	for _, a := range s.all {
		answer, err := ask(a)
		switch {
		case err == nil:
			s.meet(id, a)
			return answer, nil
		case sources.ReasonOf(err) == sources.NotFound:
			missing = err
		case failed == nil:
			failed = err
		}
	}
	return none, s.worst(failed, missing)
}

// worst is the error to return: a failure before what is unusable before what is missing.
func (s *Several) worst(failed, missing error) error {
	switch {
	case failed != nil:
		return failed
	case len(s.unusable) > 0:
		return s.unusable[0]
	}
	return missing
}

// listed is a list with how much of it was read.
type listed[T any] struct {
	items  []T
	extent sources.Extent
}

// findList is find for a list.
func findList[T any](s *Several, id string, ask func(Account) ([]T, sources.Extent, error)) ([]T, sources.Extent, error) {
	l, err := find(s, id, func(a Account) (listed[T], error) { return list(ask(a)) })
	return l.items, l.extent, err
}

// share is what one account is asked: about the ids that it has, or about all.
type share struct {
	account Account
	ids     []string
	// unsure: it may have nothing of the kind, which is no failure where others have.
	unsure bool
}

// gather asks accounts at once.
func gather[T any](shares []share, ask func(share) (T, error)) ([]T, error) {
	answers, errs := make([]T, len(shares)), make([]error, len(shares))
	var running crash.Group
	for i, one := range shares {
		running.Go(func() { answers[i], errs[i] = ask(one) })
	}
	running.Wait()
	var found []T
	var missing error
	for i, err := range errs {
		switch {
		case err == nil:
			found = append(found, answers[i])
		case shares[i].unsure && sources.ReasonOf(err) == sources.NotFound:
			missing = err
		default:
			return nil, err
		}
	}
	if len(found) == 0 {
		return nil, missing
	}
	return found, nil
}

// each asks all accounts, and fails where one does; unsure: but for one that says that it
// has nothing of the kind.
func each[T any](s *Several, unsure bool, ask func(Account) (T, error)) ([]T, error) {
	if len(s.unusable) > 0 {
		return nil, s.unusable[0]
	}
	shares := make([]share, len(s.all))
	for i, a := range s.all {
		shares[i] = share{account: a, unsure: unsure}
	}
	return gather(shares, func(one share) (T, error) { return ask(one.account) })
}

// divided asks each account about its ids. An id that none is known to have is asked of
// each. Without ids nobody is asked.
func divided[T any](s *Several, ids []string, ask func(Account, []string) (T, error)) ([]T, error) {
	owners := make([]Account, len(ids))
	for i, id := range ids {
		if owners[i] = s.of(id); owners[i] == nil && len(s.unusable) > 0 {
			return nil, s.unusable[0]
		}
	}
	var shares []share
	for _, a := range s.all {
		one := share{account: a}
		for i, id := range ids {
			if owners[i] == nil || owners[i] == a {
				one.ids, one.unsure = append(one.ids, id), one.unsure || owners[i] == nil
			}
		}
		if len(one.ids) > 0 {
			shares = append(shares, one)
		}
	}
	return gather(shares, func(one share) (T, error) { return ask(one.account, one.ids) })
}

// eachList is each for lists, which it puts together, and dividedLists is divided.
func eachList[T any](s *Several, ask func(Account) ([]T, sources.Extent, error)) ([]T, sources.Extent, error) {
	return together(each(s, false, func(a Account) (listed[T], error) { return list(ask(a)) }))
}

func dividedLists[T any](s *Several, ids []string, ask func(Account, []string) ([]T, sources.Extent, error)) ([]T, sources.Extent, error) {
	return together(divided(s, ids, func(a Account, ids []string) (listed[T], error) { return list(ask(a, ids)) }))
}

func list[T any](items []T, extent sources.Extent, err error) (listed[T], error) {
	return listed[T]{items, extent}, err
}

func together[T any](answers []listed[T], err error) ([]T, sources.Extent, error) {
	if err != nil {
		return nil, sources.Extent{}, err
	}
	var all []T
	extent := sources.Whole
	for _, l := range answers {
		all, extent = append(all, l.items...), extent.And(l.extent)
	}
	return all, extent, nil
}
