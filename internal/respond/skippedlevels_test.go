package respond

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// A level is said to have nobody on call only where that is so: a plan may start
// a policy at one level and escalate it to a later one.
func TestSkippedLevels(t *testing.T) {
	people := []sources.Reference{fixture.Ann, fixture.Bo, fixture.Cy}
	// staffed are the levels of Pay with somebody on call.
	dataWith := func(staffed string) Data {
		w := testData(Developer)
		w.Me = &w.Users[0]
		w.Policies[1].Levels = []sources.Level{{Delay: time.Minute}, {Delay: time.Minute}, {Delay: time.Minute}}
		w.OnCalls = w.OnCalls[:2]
		for at, mark := range staffed {
			if mark == 'x' {
				w.OnCalls = append(w.OnCalls, sources.OnCall{User: people[at], Policy: fixture.Ref("PPAY", ""), Level: at + 1})
			}
		}
		return w
	}
	on := func(level int) sources.Incident {
		i := fixture.Incident("I1")
		i.AssignedVia = sources.AssignedByPolicy
		i.Assignments = []sources.Assignment{{User: people[level-1], At: fixture.Sunday.Add(-time.Minute)}}
		return i
	}
	undo := func(level int, did StepKind) func(Data) Plan {
		return func(w Data) Plan {
			step := Step{Kind: did, IncidentID: "I1", PolicyID: "PFIRST", PolicyName: "Ops first line"}
			switch did {
			case StepMove:
				step.ServiceID, step.ServiceName = "SOPS", "ops"
			case StepLevel:
				step.PolicyID, step.Level, step.From = "PPAY", level+1, level
			}
			before := on(level)
			done := Plan{Action: Escalate, Items: []Item{{Group: fixture.GroupOf(before), ID: "I1", Steps: []Step{{Kind: StepNote, IncidentID: "I1"}, step}}}}
			after := before
			p, _ := UndoOf(done, []Result{{Outcome: Done, Incident: &after}}, w, Facts{})
			return p
		}
	}
	pass := func(change func(*Request)) func(Data) Plan {
		return func(w Data) Plan {
			r := Request{Action: HandOff, Groups: []triage.Group{fixture.GroupOf(on(1))}, Reason: "why", Target: Target{Kind: ToPolicy, ID: "PPAY"}}
			if change != nil {
				change(&r)
			}
			return NewPlan(r, w)
		}
	}
	alertsOnly := pass(func(r *Request) { r.Groups = []triage.Group{fixture.AlertsGroup()} })
	byIncident := func(w Data) Plan {
		w.Me = nil
		return NewPlan(Request{Action: Acknowledge, Instead: ByIncident, Groups: []triage.Group{fixture.AlertsGroup()}, Reason: "why"}, w)
	}
	nextLevel := pass(func(r *Request) { r.Action, r.Target = NextLevel, Target{} })
	join := pass(func(r *Request) { r.Responders = true })
	const one, two = "Nobody is on call at level 1 of Payments on call: level 2 is notified at once.",
		"Nobody is on call at levels 1 to 2 of Payments on call: level 3 is notified at once."
	for _, tt := range []struct {
		name    string
		staffed string
		plan    func(Data) Plan
		want    string // "": no such sentence
		again   string // at which level it is said to start again
	}{
		{"undo to level 1", "xxx", undo(1, StepPolicy), "", ""},
		{"undo to level 2", "xxx", undo(2, StepPolicy), "", ""},
		{"undo to level 3", "xxx", undo(3, StepPolicy), "", ""},
		{"undo of a hand-off to level 3", "xxx", undo(3, StepAssign), "", ""},
		{"undo of a move to level 3", "xxx", undo(3, StepMove), "", ""},
		{"undo of a next level to level 2", "xxx", undo(2, StepLevel), "", ""},
		{"undo to level 3 of a policy whose level 1 is empty", "-xx", undo(3, StepPolicy), one, ""},
		{"undo to level 3, the only one", "--x", undo(3, StepPolicy), two, ""},
		{"undo to level 3, level 2 is empty", "x-x", undo(3, StepPolicy), "", ""},
		{"hand off", "xxx", pass(nil), "", "level 1"},
		{"hand off, level 1 is empty", "-xx", pass(nil), one, "level 2"},
		{"hand off, level 2 is empty", "x-x", pass(nil), "", "level 1"},
		{"hand off, levels 1 and 2 are empty", "--x", pass(nil), two, "level 3"},
		{"join", "xxx", join, "", ""},
		{"join, level 1 is empty", "-xx", join, one, ""},
		{"open an incident", "xxx", alertsOnly, "", ""},
		{"open an incident, level 1 is empty", "-xx", alertsOnly, one, ""},
		{"acknowledge by an incident", "xxx", byIncident, "", ""},
		{"acknowledge by an incident, level 1 is empty", "-xx", byIncident, one, ""},
		{"next level", "xxx", nextLevel, "", ""},
		{"next level, the next is empty", "x-x", nextLevel, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.plan(dataWith(tt.staffed))
			if !p.Ready() {
				t.Fatalf("not ready: %q", p.Refused)
			}
			text := strings.Join(p.Lines(), "\n")
			if got := strings.Contains(text, "notified at once"); got != (tt.want != "") || !strings.Contains(text, tt.want) {
				t.Errorf("want %q in\n%s", tt.want, text)
			}
			if again := "this starts it again at " + tt.again + "."; tt.again != "" && !strings.Contains(text, again) {
				t.Errorf("want %q in\n%s", again, text)
			}
		})
	}
}
