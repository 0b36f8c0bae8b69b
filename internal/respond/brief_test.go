package respond

import (
	"slices"
	"strings"
	"testing"

	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/race"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// briefKinds are groups that an action does something else for, by kind.
func briefKinds() map[string]triage.Group {
	of := func(id, urgency string) sources.Incident {
		i := fixture.Incident(id)
		i.Urgency = urgency
		return i
	}
	direct := of("I4", escalation.High)
	direct.AssignedVia, direct.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: fixture.Ref("UBO", "Bo"), At: fixture.Sunday}}
	moved := of("I6", escalation.High)
	moved.Policy = fixture.Ref("PFIRST", "")
	kinds := map[string]triage.Group{
		"high": fixture.GroupOf(of("I1", escalation.High)), "low": fixture.GroupOf(of("I3", escalation.Low)), "direct": fixture.GroupOf(direct),
		"resolved":     fixture.GroupOf(fixture.ResolvedIncident("I5", fixture.Ann, fixture.Sunday)),
		"acknowledged": fixture.GroupOf(fixture.AcknowledgedIncident("I7", fixture.Ann, fixture.Sunday)),
		"other policy": fixture.GroupOf(moved), "alerts": fixture.AlertsGroup(), "stray": fixture.StrayGroup(),
	}
	for kind, g := range kinds {
		g.ID = kind
		kinds[kind] = g
	}
	return kinds
}

// namedIn are the users of the data whom a text names.
func namedIn(text string, w Data) []string {
	var names []string
	for _, u := range w.Users {
		if strings.Contains(text, u.Name) {
			names = append(names, u.Name)
		}
	}
	slices.Sort(names)
	return names
}

func namesAt(s escalation.Stage, w Data) []string {
	var names []string
	for _, person := range s.People {
		if name := w.userName(person.User); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// For every action, target and two groups: what the brief says of who is notified
// and who follows holds for each group that something is sent for, or it says
// that they differ.
func TestTheBriefHoldsForEachGroup(t *testing.T) {
	race.Skip(t)
	w := previewData(t)
	kinds := briefKinds()
	differ, same, some := 0, 0, 0
	check := func(name string, p Plan) {
		if !p.Ready() {
			return
		}
		b := p.Brief()
		sent := 0
		for _, i := range p.Items {
			if i.Sends() {
				sent++
			}
		}
		if part := sent < len(p.Items); part != strings.Contains(b.Now, " groups)") {
			t.Errorf("%s: %q, and something is sent for %d of %d", name, b.Now, sent, len(p.Items))
		} else if part {
			some++
		}
		for _, i := range p.Items {
			f := i.Escalation
			if !i.Sends() || f == nil {
				f = &escalation.Forecast{}
			}
			if !i.Sends() {
				continue
			}
			if !strings.HasPrefix(b.Now, differs) {
				same++
				if got, want := namedIn(b.Now, w), namesAt(f.Now, w); len(want) <= mostBrief && !slices.Equal(got, want) {
					t.Errorf("%s: now %q, and %q has %q", name, b.Now, i.ID, want)
				}
			}
			if strings.HasPrefix(b.Follows, differs) {
				differ++
				continue
			}
			if len(f.Next) == 0 {
				certain := f.End.Kind == escalation.LowUrgency || f.End.Kind == escalation.Direct
				if len(namedIn(b.Follows, w)) > 0 || strings.HasPrefix(b.Follows, "in ") || certain && len(i.Follows) > 0 && !strings.HasPrefix(b.Follows, "nobody") {
					t.Errorf("%s: follows %q, and for %q %v", name, b.Follows, i.ID, f.End)
				}
				continue
			}
			next := f.Next[0]
			if got, want := namedIn(b.Follows, w), namesAt(next, w); len(want) <= mostBrief && !slices.Equal(got, want) {
				t.Errorf("%s: follows %q, and %q has %q", name, b.Follows, i.ID, want)
			}
			if !next.At.IsZero() && !strings.Contains(b.Follows, describe.In(next.At, w.Now)) {
				t.Errorf("%s: follows %q, and %q at %v", name, b.Follows, i.ID, next.At)
			}
		}
		if len(p.Items) == 1 && (strings.HasPrefix(b.Now, differs) || strings.HasPrefix(b.Follows, differs)) {
			t.Errorf("%s: one group differs from itself: %+v", name, b)
		}
	}
	for name, r := range everyRequest() {
		if strings.Contains(name, ", ") {
			continue // the wording changes nobody
		}
		r.Confirmed = true
		requests := map[string]Request{"": r}
		if r.Action == HandOff {
			for _, target := range w.allTargets() {
				r.Target = target
				requests[" to "+NameOf(target)] = r
			}
		}
		for to, r := range requests {
			for first, a := range kinds {
				for second, b := range kinds {
					r.Groups = []triage.Group{a, b}
					check(name+to+"/"+first+"+"+second, NewPlan(r, w))
				}
			}
		}
	}
	if differ < 20 || same < 20 || some < 20 {
		t.Errorf("%d differed, %d were the same, %d were a part", differ, same, some)
	}
}

// A group of high urgency and one of low urgency, escalated together.
func TestTheBriefOfHighAndLowUrgencySaysThatTheyDiffer(t *testing.T) {
	kinds := briefKinds()
	for _, tt := range []struct{ first, second, follows string }{
		{"high", "low", differs + ": see the next step"},
		{"low", "high", differs + ": see the next step"},
		{"low", "low", "nobody: low urgency does not escalate"},
	} {
		p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{kinds[tt.first], kinds[tt.second]}, Confirmed: true}, previewData(t))
		if b := p.Brief(); b.Follows != tt.follows {
			t.Errorf("%s and %s: %+v, %v", tt.first, tt.second, b, p.Lines())
		}
	}
}
