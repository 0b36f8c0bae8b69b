package execute_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/pagerduty"
)

// responder is one of two people who act on the same incidents at the same
// time, each by what their own screen showed, which may be old.
type responder struct {
	name     string
	client   *pagerduty.Client
	planData respond.Data
	groups   []triage.Group
}

func (p *responder) see(t *rapid.T) {
	snap := sources.ReadOnce(context.Background(), p.client)
	if snap.Err != nil {
		t.Fatal(snap.Err)
	}
	p.planData = respond.NewData([]sources.Snapshot{snap}, respond.Settings{
		Email: p.name + "@example.com", FirstLineName: "first line", FirstLinePolicy: "Ops first line", HasPagerDuty: true,
	}, time.Now())
	p.groups = nil
	for _, i := range snap.Data.Incidents {
		p.groups = append(p.groups, triage.Group{
			ID: i.ID, Title: i.Title, Service: i.Service.Name, Since: i.CreatedAt, Incident: &i, ServiceID: i.Service.ID, OwnerPolicyID: "PPAY",
		})
	}
}

// standing is the state of an incident, as far as the actions change it.
type standing struct {
	status         sources.IncidentStatus
	policy, holder string
}

func standingOf(i sources.Incident) standing {
	if i.Status == sources.Resolved {
		return standing{status: sources.Resolved}
	}
	return standing{i.Status, i.Policy.ID, assignees(i)}
}

// move is what one responder asked for of one incident and how it ended.
type move struct {
	action  respond.Action
	to      string // whom a hand-off gives it to
	outcome respond.Outcome
}

// after returns the state of an incident after the move, and false when the
// move was impossible then.
func (m move) after(s standing) (standing, bool) {
	if s.status == sources.Resolved {
		return s, m.action == respond.AddNote
	}
	switch m.action {
	case respond.Acknowledge:
		s.status = sources.Acknowledged
	case respond.Escalate:
		s = standing{sources.Triggered, "POPS", "Bo Larsen"}
	case respond.HandOff:
		s.status, s.holder = sources.Triggered, m.to
	case respond.Resolve:
		s = standing{status: sources.Resolved}
	}
	return s, true
}

// explained reports whether some order of the moves, which all certainly or
// possibly happened, leads from one state to the other.
func explained(from, to standing, moves []move) bool {
	if len(moves) == 0 {
		return from == to
	}
	for n, m := range moves {
		rest := slices.Delete(slices.Clone(moves), n, n+1)
		if m.outcome != respond.Done && explained(from, to, rest) {
			return true // it never came about, or left nothing behind
		}
		if m.outcome == respond.Already || m.outcome == respond.Refused {
			continue
		}
		if next, possible := m.after(from); possible && explained(next, to, rest) {
			return true
		}
	}
	return false
}

// Two responders act at the same time, with views of any age. Some order of
// their actions explains the result, no note exists twice, and every new
// assignee was named in a preview.
func TestTwoRespondersAtOnce(t *testing.T) {
	people := []struct{ id, name string }{{"UDANA", "Dana Reyes"}, {"UANN", "Ann Berg"}, {"UBO", "Bo Larsen"}}
	rapid.Check(t, func(rt *rapid.T) {
		a := newAccount(t)
		for n := range 2 {
			a.trigger(fmt.Sprint("k", n))
		}
		pair := []*responder{{name: "dana", client: a.dana}, {name: "ann", client: a.ann}}
		pair[0].see(rt)
		pair[1].see(rt)
		ids := []string{pair[0].groups[0].ID, pair[0].groups[1].ID}
		states, named := map[string]standing{}, map[string]bool{"UANN": true} // the first assignees
		for _, id := range ids {
			states[id] = standingOf(a.incident(id))
		}
		reason := 0
		for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			var running sync.WaitGroup
			plans := make([]respond.Plan, 2)
			results := make([][]respond.Result, 2)
			asked := make([]move, 2)
			for n, p := range pair {
				if rapid.Bool().Draw(rt, "looks") {
					p.see(rt)
				}
				groups := slices.DeleteFunc(slices.Clone(p.groups), func(triage.Group) bool { return rapid.IntRange(0, 2).Draw(rt, "leaves out") == 0 })
				if len(groups) == 0 {
					continue
				}
				r := respond.Request{Action: rapid.SampledFrom([]respond.Action{
					respond.Acknowledge, respond.Escalate, respond.HandOff, respond.AddNote, respond.Resolve,
				}).Draw(rt, "action"), Groups: groups}
				reason++
				r.Reason = fmt.Sprint("reason ", reason)
				asked[n].action = r.Action
				if r.Action == respond.HandOff {
					to := rapid.SampledFrom(people).Draw(rt, "to")
					r.Target, asked[n].to = respond.Target{Kind: respond.ToUser, ID: to.id}, to.name
				}
				plan := respond.NewPlan(r, p.planData)
				if !plan.Ready() {
					continue
				}
				plans[n] = plan
				for _, one := range plan.Recipients {
					named[one.UserID] = true
				}
				d := &execute.Doer{Incidents: p.client, Email: p.name + "@example.com", Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
				running.Go(func() { results[n] = d.Do(context.Background(), plan, nil) })
			}
			running.Wait()
			for _, id := range ids {
				var moves []move
				for n := range pair {
					for _, res := range results[n] {
						if res.GroupID == id {
							m := asked[n]
							m.outcome = res.Outcome
							moves = append(moves, m)
						}
					}
				}
				i := a.incident(id)
				if now := standingOf(i); !explained(states[id], now, moves) {
					rt.Fatalf("from %+v to %+v: no order of %+v explains it\n%+v", states[id], now, moves, results)
				}
				states[id] = standingOf(i)
				for _, assignment := range i.Assignments {
					if !named[assignment.User.ID] {
						rt.Fatalf("%s has it, whom no preview named", assignment.User.Name)
					}
				}
			}
		}
		for _, id := range ids {
			notes := a.notes(id)
			slices.Sort(notes)
			for n := 1; n < len(notes); n++ {
				if reasonIn(notes[n]) == reasonIn(notes[n-1]) {
					rt.Fatalf("twice: %q", notes[n])
				}
			}
		}
	})
}

// reasonIn returns the responder's reason in a note, which identifies the note.
func reasonIn(note string) string {
	at := strings.Index(note, "reason ")
	if at < 0 {
		return note
	}
	line, _, _ := strings.Cut(note[at:], "\n")
	return line
}
