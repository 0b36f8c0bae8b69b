package accounts

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/sources"
)

// account has some objects, knows some of them by itself, and notes what it is asked.
type account struct {
	Account
	name       string
	has, knows map[string]bool
	fails      error
	mu         sync.Mutex
	asked      []string
}

func (a *account) Source() sources.Source {
	return sources.Source{Kind: sources.PagerDuty, Name: a.name}
}
func (a *account) Knows(id string) bool { return a.knows[id] }

func (a *account) answer(what string, ids ...string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, what+" "+strings.Join(ids, ","))
	if a.fails != nil {
		return a.fails
	}
	for _, id := range ids {
		if !a.has[id] {
			return &sources.Error{Source: a.Source(), Reason: sources.NotFound, Sentence: "PagerDuty has no " + id}
		}
	}
	return nil
}

func (a *account) Incident(_ context.Context, id string) (sources.Incident, error) {
	return sources.Incident{Source: a.name, ID: id}, a.answer("incident", id)
}

func (a *account) IncidentByNumber(_ context.Context, n int) (sources.Incident, error) {
	id := fmt.Sprint("#", n)
	return sources.Incident{Source: a.name, ID: a.name + id, Number: n}, a.answer("number", id)
}

func (a *account) Acknowledge(_ context.Context, ids ...string) error {
	return a.answer("acknowledge", ids...)
}

func (a *account) OnCallsUntil(_ context.Context, _ time.Time, ids ...string) (list []sources.OnCall, e sources.Extent, err error) {
	for _, id := range ids {
		if a.has[id] {
			list = append(list, sources.OnCall{Policy: sources.Reference{ID: id}, User: sources.Reference{ID: "of " + a.name}})
		}
	}
	e = sources.Whole
	if a.name == "b" {
		e.Missing = "b has more"
	}
	return list, e, a.answer("on call", slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !a.has[id] && !a.knows[id] })...)
}

func (a *account) PastLog(_ context.Context, _ sources.Span, teams []string) (sources.Batch[sources.LogEntry], error) {
	b := sources.Batch[sources.LogEntry]{Lost: 1, TooMany: a.has["many entries"], Total: 7}
	if !b.TooMany {
		b.Items = []sources.LogEntry{{ID: a.name}}
	}
	return b, a.answer("log", teams...)
}

func (a *account) TeamsNamed(_ context.Context, names []string) ([]sources.Reference, error) {
	return []sources.Reference{{ID: a.name + names[0]}}, a.answer("teams", names...)
}

func reason(err error) sources.Reason { return sources.ReasonOf(err) }

// TestEachIDGoesToItsAccount: whatever accounts have and know, what is asked of an id is
// answered by the account that has it; that none has it is said only where all said so.
func TestEachIDGoesToItsAccount(t *testing.T) {
	down := &sources.Error{Reason: sources.Unreachable, Sentence: "it does not answer"}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		var all []Account
		var owner, failing []string
		for _, name := range []string{"a", "b", "c"}[:1+r.IntN(3)] {
			one := &account{name: name, has: map[string]bool{}, knows: map[string]bool{}}
			if r.IntN(4) == 0 {
				one.fails, failing = down, append(failing, name)
			}
			all = append(all, one)
		}
		if r.IntN(5) > 0 {
			one := all[r.IntN(len(all))].(*account)
			one.has["X"], one.knows["X"] = true, r.IntN(2) == 0
			owner = append(owner, one.name)
		}
		var unusable []*sources.Error
		if r.IntN(4) == 0 {
			unusable = []*sources.Error{{Source: sources.Source{Name: "d"}, Reason: sources.Unauthorized, Sentence: "d has no token"}}
		}
		s := New(all, unusable)
		for range 2 { // the second time from what was learned
			i, err := s.Incident(t.Context(), "X")
			switch {
			case len(owner) > 0 && !slices.Contains(failing, owner[0]):
				if err != nil || i.Source != owner[0] {
					t.Fatalf("seed %d: %s has it, and the answer is of %q, %v", seed, owner[0], i.Source, err)
				}
			case len(failing) > 0 || len(unusable) > 0:
				if err == nil || reason(err) == sources.NotFound {
					t.Fatalf("seed %d: %v fail, and it says %v", seed, failing, err)
				}
			case reason(err) != sources.NotFound:
				t.Fatalf("seed %d: nobody has it, and it says %v", seed, err)
			}
		}
	}
}

func two() (*Several, *account, *account) {
	a := &account{name: "a", has: map[string]bool{"PA": true, "#1": true, "#2": true, "QA": true}, knows: map[string]bool{"PA": true, "QA": true}}
	b := &account{name: "b", has: map[string]bool{"PB": true, "#1": true, "QB": true}, knows: map[string]bool{"PB": true, "QB": true}}
	return New([]Account{a, b}, nil), a, b
}

func TestNumbersOfSeveralAccounts(t *testing.T) {
	s, a, b := two()
	if i, err := s.IncidentByNumber(t.Context(), 2); err != nil || i.Source != "a" {
		t.Errorf("#2 is of %q, %v", i.Source, err)
	}
	if _, err := s.IncidentByNumber(t.Context(), 1); reason(err) != sources.Rejected || !strings.Contains(sources.Sentence(err), "a#1 (a) or b#1 (b)") {
		t.Errorf("#1 is of both: %v", err)
	}
	if _, err := s.IncidentByNumber(t.Context(), 3); reason(err) != sources.NotFound {
		t.Errorf("#3 is of none: %v", err)
	}
	b.fails = errors.New("down")
	if i, err := s.IncidentByNumber(t.Context(), 2); err == nil {
		t.Errorf("whether b has a #2 is not known, and it is %+v", i)
	}
	_ = a
}

// TestWritesGoToOneAccount: nothing is sent where it is not known whose it is, or where
// it is of two.
func TestWritesGoToOneAccount(t *testing.T) {
	s, a, b := two()
	if err := s.Acknowledge(t.Context(), "QB"); err != nil || len(a.asked) > 0 || !slices.Equal(b.asked, []string{"acknowledge QB"}) {
		t.Errorf("a got %q, b %q, %v", a.asked, b.asked, err)
	}
	for _, ids := range [][]string{{"QA", "QB"}, {"QNEW"}, {"QA", "QNEW"}, {""}, {}} {
		if err := s.Acknowledge(t.Context(), ids...); reason(err) != sources.Rejected {
			t.Errorf("%q: %v", ids, err)
		}
	}
	if err := s.SetPolicy(t.Context(), "PA", "QB"); reason(err) != sources.Rejected {
		t.Errorf("an incident of b at a policy of a: %v", err)
	}
	if len(a.asked) > 0 || len(b.asked) > 1 {
		t.Errorf("a got %q, b %q", a.asked, b.asked)
	}
}

func TestListsOfSeveralAccounts(t *testing.T) {
	s, a, b := two()
	list, extent, err := s.OnCallsUntil(t.Context(), time.Time{}, "PA")
	if err != nil || len(list) != 1 || !extent.Whole() || len(b.asked) > 0 {
		t.Errorf("of a policy of a: %v, %v, %v; b got %q", list, extent, err, b.asked)
	}
	list, extent, err = s.OnCallsUntil(t.Context(), time.Time{}, "PA", "PB")
	if err != nil || len(list) != 2 || extent.Why() != "b has more" {
		t.Errorf("of both: %v, %v, %v", list, extent, err)
	}
	if list, extent, err := s.OnCallsUntil(t.Context(), time.Time{}); err != nil || len(list) > 0 || !extent.Whole() {
		t.Errorf("of none: %v, %v, %v", list, extent, err)
	}
	teams, err := s.TeamsNamed(t.Context(), []string{"#1", "#2"})
	if err != nil || len(teams) != 3 {
		t.Errorf("the teams are %v, %v", teams, err)
	}
	if _, err := s.TeamsNamed(t.Context(), []string{"#3"}); reason(err) != sources.NotFound {
		t.Errorf("a team that nobody has: %v", err)
	}
	all, err := s.PastLog(t.Context(), sources.Span{}, nil)
	if err != nil || len(all.Items) != 2 || all.TooMany || all.Lost != 2 {
		t.Errorf("the log is %+v, %v", all, err)
	}
	a.has["many entries"] = true
	if all, err = s.PastLog(t.Context(), sources.Span{}, nil); err != nil || len(all.Items) != 0 || !all.TooMany || all.Total != 7 {
		t.Errorf("too many in a: %+v, %v", all, err)
	}
	b.fails = &sources.Error{Reason: sources.NotFound}
	if all, err := s.PastLog(t.Context(), sources.Span{}, nil); err == nil {
		t.Errorf("without b the log is %+v", all)
	}
}

func TestAccountByName(t *testing.T) {
	s, _, b := two()
	if got := sources.OfAccount(s, "b"); got != sources.Incidents(b) {
		t.Errorf("b is %v", got)
	}
	if got := sources.OfAccount(s, ""); got != sources.Incidents(s) {
		t.Errorf("without a name it is %v", got)
	}
	for name, want := range map[string]string{"d": "d has no token", "e": "not configured any more"} {
		s := New(s.all, []*sources.Error{{Source: sources.Source{Name: "d"}, Reason: sources.Unauthorized, Sentence: "d has no token"}})
		i := sources.OfAccount(s, name)
		_, err := i.Incident(t.Context(), "QA")
		if acted := i.Acknowledge(t.Context(), "QA"); err == nil || acted == nil || !strings.Contains(sources.Sentence(err)+sources.Sentence(acted), want) {
			t.Errorf("%s: %v, %v", name, err, acted)
		}
	}
}

func TestDistinct(t *testing.T) {
	snap := func(name string, ids ...string) sources.Snapshot {
		s := sources.Snapshot{Source: sources.Source{Kind: sources.PagerDuty, Name: name}}
		for _, id := range ids {
			s.Data.Services = append(s.Data.Services, sources.Service{ID: id})
			if id != "" {
				s.Data.Policies = append(s.Data.Policies, sources.Policy{ID: "P" + id})
			}
		}
		return s
	}
	a := snap("a", "1", "2")
	if got := Distinct(snap("b", "3", ""), a, snap("c", "")); got.Err != nil {
		t.Errorf("another account: %v", got.Err)
	}
	if got := Distinct(snap("b", "3", "2"), a); !got.Misconfigured() || len(got.Data.Services) > 0 || !strings.Contains(sources.Sentence(got.Err), "as that of a") {
		t.Errorf("the same account: %+v", got)
	}
	if got := Distinct(a, a); got.Err != nil {
		t.Errorf("itself: %v", got.Err)
	}
}
