package respond

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// notifying are the actions that notify somebody, each with those whose rules
// have to be known: at once, and later.
func notifying() map[string]struct {
	r     Request
	rules string
} {
	low := fixture.Incident("I1")
	low.Urgency = "low"
	toBo := Target{Kind: ToUser, ID: "UBO"}
	open := []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}
	return map[string]struct {
		r     Request
		rules string
	}{
		"escalate":                {Request{Action: Escalate, Groups: open}, "UBO UCY"},
		"escalate to the owner":   {Request{Action: Escalate, Groups: open, Target: Target{Kind: ToOwner}}, "UANN UEVE"},
		"hand off":                {Request{Action: HandOff, Groups: open, Target: toBo}, "UBO"},
		"hand off to a team":      {Request{Action: HandOff, Groups: open, Target: Target{Kind: ToTeam, ID: "TPAY"}}, "UANN UEVE"},
		"ask to join":             {Request{Action: HandOff, Groups: open, Target: toBo, Responders: true}, "UBO"},
		"ask a policy to join":    {Request{Action: HandOff, Groups: open, Target: Target{Kind: ToPolicy, ID: "PFIRST"}, Responders: true}, "UBO"},
		"next level":              {Request{Action: NextLevel, Groups: open}, "UEVE"},
		"raise the urgency":       {Request{Action: SetUrgency, Urgency: "high", Groups: []triage.Group{fixture.GroupOf(low)}}, "UANN"},
		"open to escalate":        {Request{Action: Escalate, Groups: []triage.Group{fixture.AlertsGroup()}}, "UBO UCY"},
		"open to hand off":        {Request{Action: HandOff, Groups: []triage.Group{fixture.AlertsGroup()}, Target: toBo}, "UBO"},
		"acknowledge by incident": {Request{Action: Acknowledge, Instead: ByIncident, Groups: []triage.Group{fixture.AlertsGroup()}}, "UDANA"},
	}
}

// asked are the ids of the users whose rules were asked for.
func asked(f *fixture.Fake) string {
	var ids []string
	for _, c := range f.Calls {
		if id, is := strings.CutPrefix(c, "user "); is && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// Whoever would be notified, at once or later, by whatever action: where their
// rules are not known the preview says so, and why.
func TestRulesThatAreNotReadAreSaid(t *testing.T) {
	names := map[string]string{"UDANA": "Dana Reyes", "UANN": "Ann Berg", "UBO": "Bo Larsen", "UCY": "Cy Park", "UEVE": "Eve Stone"}
	for name, tt := range notifying() {
		for _, id := range strings.Fields(tt.rules) {
			for cause, fails := range map[string]func(sources.User) (sources.User, error){
				"reading their notification rules failed: no answer from PagerDuty": func(u sources.User) (sources.User, error) { return u, fixture.LostAnswer() },
				"reading their notification rules failed: you have no right":        func(u sources.User) (sources.User, error) { return u, fixture.RefusedWith(sources.Forbidden) },
				"PagerDuty does not report their notification rules":                func(u sources.User) (sources.User, error) { u.RulesRead = false; return u, nil },
				"": nil,
			} {
				f := fixture.NewFake()
				f.ChangeUser = func(u sources.User) (sources.User, error) {
					u.RulesRead, u.Rules = true, []sources.NotificationRule{{Urgency: "high"}, {Urgency: "low"}}
					if u.ID == id && fails != nil {
						return fails(u)
					}
					return u, nil
				}
				r := tt.r
				w := testData(Developer)
				facts, err := ReadFacts(t.Context(), f, r, w)
				if err != nil {
					t.Fatal(err)
				}
				r.Facts = facts
				p := NewPlan(r, w)
				if !p.Ready() || asked(f) != tt.rules {
					t.Fatalf("%s: ready %v, asked for the rules of %q, want %q\n%s", name, p.Ready(), asked(f), tt.rules, strings.Join(p.Lines(), "\n"))
				}
				said := false
				for _, warning := range p.Warnings {
					is := strings.HasPrefix(warning, "Whether PagerDuty notifies "+names[id]+" is not known, because "+cause)
					said = said || is
					if strings.HasPrefix(warning, "Whether PagerDuty notifies") && (cause == "" || !is) {
						t.Errorf("%s: says %q", name, warning)
					}
				}
				if said != (cause != "") {
					t.Errorf("%s: that %s's rules are not known, because %q, is not said: %q", name, names[id], cause, p.Warnings)
				}
			}
		}
	}
}

// More people than are read for one plan are named, or counted.
func TestMoreRulesThanAreRead(t *testing.T) {
	f := fixture.NewFake()
	var w Data
	data := fixture.PagerDutyData()
	for n := range 14 {
		u := sources.User{ID: fmt.Sprintf("UX%02d", n), Name: fmt.Sprintf("Extra %02d", n)}
		data.Users = append(data.Users, u)
		data.OnCalls = append(data.OnCalls, sources.OnCall{User: fixture.Ref(u.ID, u.Name), Policy: fixture.Ref("PFIRST", ""), Level: 1})
	}
	f.Turns = data.OnCalls
	f.ChangeUser = func(u sources.User) (sources.User, error) { u.RulesRead = true; return u, nil }
	w = NewData([]sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, Data: data, AsOf: fixture.Sunday}}, settings(Developer), fixture.Sunday)
	facts, err := ReadFacts(t.Context(), f, Request{Action: Escalate, Groups: f.Groups("I1")}, w)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Fields(asked(f))); n != mostRules {
		t.Errorf("the rules of %d were asked for", n)
	}
	if got := strings.Join(facts.Trouble, "\n"); !strings.Contains(got, "and 1 more is not known, because those of 10 others were read") {
		t.Errorf("says %q", got)
	}
}

// Undo reads what every action reads: who is on call now and later, on which
// level the incident was, and the notification rules of its new assignees.
func TestUndoReadsWhatEveryActionDoes(t *testing.T) {
	handedOff := Step{Kind: StepAssign, IncidentID: "I1", UserID: "UBO", UserName: "Bo Larsen"}
	escalated := Step{Kind: StepPolicy, IncidentID: "I1", PolicyID: "PFIRST", PolicyName: "Ops first line"}
	raised := Step{Kind: StepUrgency, IncidentID: "I1", Urgency: "low"}
	level := Step{Kind: StepLevel, IncidentID: "I1", PolicyID: "PPAY", PolicyName: "Payments on call", Level: 2, From: 1}
	byLog := sources.LogEntry{Type: "escalate", Level: 2, Incident: fixture.Ref("I1", ""), CreatedAt: fixture.Sunday.Add(-2 * time.Minute)}
	for name, tt := range map[string]struct {
		did     Step
		before  func(*sources.Incident)
		entries []sources.LogEntry
		calls   string
		steps   string
		err     error // of reading the log
		says    string
	}{
		"escalated":             {escalated, nil, nil, "log I1; turns PPAY; user UANN; user UEVE", "policy I1->PPAY", nil, ""},
		"handed off":            {handedOff, nil, nil, "log I1; turns PPAY; user UANN; user UEVE", "policy I1->PPAY", nil, ""},
		"the next level":        {level, nil, nil, "turns PPAY; user UANN; user UEVE", "level I1 0->1", nil, ""},
		"made low":              {raised, nil, nil, "turns PPAY; user UANN", "urgency I1->high", nil, ""},
		"the log tells a level": {handedOff, nil, []sources.LogEntry{byLog}, "log I1; turns PPAY; user UANN; user UEVE", "policy I1->PPAY; level I1 0->2", nil, "nobody who has it is on call at level 2"},
		"the log tells what came since": {
			handedOff, nil,
			[]sources.LogEntry{{Type: "escalate", Level: 2, Incident: fixture.Ref("I1", ""), CreatedAt: fixture.Sunday}},
			"log I1; turns PPAY; user UANN; user UEVE", "policy I1->PPAY", nil, "",
		},
		"the log can't be read": {handedOff, nil, nil, "log I1; turns PPAY; user UANN; user UEVE", "policy I1->PPAY", fixture.LostAnswer(), "The log of #12 Checkout errors could not be read"},
		"handed off from a person": {
			handedOff, func(i *sources.Incident) {
				i.AssignedVia, i.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: fixture.Cy, At: fixture.Sunday}}
			}, nil, "turns PPAY; user UCY", "assign I1->UCY", nil, "",
		},
		"the rules can't be read": {handedOff, nil, nil, "log I1; turns PPAY; user UANN; user UEVE", "policy I1->PPAY", nil, "Whether PagerDuty notifies Ann Berg is not known, because reading their notification rules failed"},
	} {
		f := fixture.NewFake()
		f.Entries = tt.entries
		f.ChangeUser = func(u sources.User) (sources.User, error) {
			u.RulesRead, u.Rules = true, []sources.NotificationRule{{Urgency: "high"}}
			if strings.Contains(tt.says, "their notification rules") && u.ID == "UANN" {
				return u, fixture.LostAnswer()
			}
			return u, nil
		}
		if tt.err != nil {
			f.Troubles["log"] = []fixture.Trouble{{Err: tt.err}}
		}
		i := fixture.Incident("I1")
		i.UpdatedAt = fixture.Sunday.Add(-time.Minute)
		if tt.before != nil {
			tt.before(&i)
		}
		done := Plan{Action: HandOff, Items: []Item{{Group: fixture.GroupOf(i), ID: "I1", Steps: []Step{tt.did}}}}
		results := []Result{{Outcome: Done, Incident: &i}}
		facts, err := ReadUndoFacts(t.Context(), f, done, results, testData(Developer))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(f.Calls, "; "); got != tt.calls {
			t.Errorf("%s: asked %q, want %q", name, got, tt.calls)
		}
		p, stays := UndoOf(done, results, testData(Developer), facts)
		if got := brief(p, p.Items[0]); got != tt.steps {
			t.Errorf("%s: %s, want %s", name, got, tt.steps)
		}
		said := strings.Join(append(stays, p.Warnings...), "\n")
		if !strings.Contains(said, tt.says) || tt.says == "" && (strings.Contains(said, "Whether") || strings.Contains(said, "may ")) {
			t.Errorf("%s: want %q in\n%s", name, tt.says, said)
		}
	}
	f := fixture.NewFake()
	f.Troubles["turns"] = []fixture.Trouble{{Err: fixture.LostAnswer()}}
	w := testData(Developer)
	w.OnCalls, w.Extents.OnCalls = nil, nil
	done := Plan{Action: HandOff, Items: []Item{{Group: fixture.GroupOf(fixture.Incident("I1")), ID: "I1", Steps: []Step{handedOff}}}}
	if _, err := ReadUndoFacts(t.Context(), f, done, []Result{{Outcome: Done}}, w); !errors.As(err, new(*sources.Error)) {
		t.Errorf("err = %v", err)
	}
}
