package respond

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// TestPlansInsteadOfAnIncident is of the actions that leave an incident with whom it is
// with, and of levels.
func TestPlansInsteadOfAnIncident(t *testing.T) {
	triggered := fixture.GroupOf(fixture.Incident("I1"))
	low := fixture.Incident("I1")
	low.Urgency = "low"
	urgent := fixture.Incident("I1")
	urgent.Priority = &sources.Priority{ID: "PR1", Name: "P1"}
	byName := fixture.Incident("I1")
	byName.Assignments = []sources.Assignment{{User: fixture.Bo}}
	last := fixture.Incident("I1")
	last.Assignments = []sources.Assignment{{User: fixture.Eve}}
	resolved := fixture.GroupOf(fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday.Add(-2*time.Hour)))
	acked := fixture.GroupOf(fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute)))
	escalated := func(level int) Facts {
		return Facts{Logs: map[string][]sources.LogEntry{"I1": {
			{Type: "annotate", CreatedAt: fixture.Sunday},
			{Type: "escalate", Level: level, CreatedAt: fixture.Sunday.Add(-time.Minute)},
			{Type: "assign", Level: 1, CreatedAt: fixture.Sunday.Add(-time.Hour)},
		}}}
	}
	at := fixture.Sunday.Add
	type R = Request
	for _, tt := range []struct {
		name     string
		group    triage.Group
		r        Request
		want     string // begins with
		notified string
		warns    string
	}{
		{"next level", triggered, R{Action: NextLevel}, "note I1; level I1 1->2", "UEVE|", ""},
		{"next level, the log tells", fixture.GroupOf(byName), R{Action: NextLevel, Facts: escalated(1)}, "note I1; level I1 1->2", "UEVE|", "nobody who has it is on call at level 1 of Payments on call now"},
		{"next level after the last", fixture.GroupOf(last), R{Action: NextLevel}, "refused: #12 Checkout errors is on level 2 of Payments on call, and no level after it", "|", ""},
		{"next level, assigned by name", fixture.GroupOf(byName), R{Action: NextLevel}, "refused: #12 Checkout errors is assigned to Bo Larsen, who is on no level", "|", ""},
		{"next level, acknowledged by another", acked, R{Action: NextLevel}, "note I1; level I1 1->2", "UEVE|", "Ann Berg acknowledged"},
		{"next level, resolved", resolved, R{Action: NextLevel}, "already: Already resolved by Ann Berg 2 h ago: nothing to escalate.", "|", ""},
		{"next level of alerts", fixture.AlertsGroup(), R{Action: NextLevel}, "refused: There is no incident to escalate, and without one it is on no level", "|", ""},

		{"resolve", triggered, R{Action: Resolve}, "resolve I1", "|", "2 alerts of #12 Checkout errors still fire: Alertmanager will notify again."},
		{"resolve resolved", resolved, R{Action: Resolve}, "already: Already resolved by Ann Berg 2 h ago.", "|", ""},
		{"resolve alerts", fixture.AlertsGroup(), R{Action: Resolve}, "refused: There is no incident to resolve", "|", ""},

		{"snooze", triggered, R{Action: Snooze, Until: at(2 * time.Hour)}, "snooze I1 until 04:30", "|", ""},
		{"snooze and say why", triggered, R{Action: Snooze, Until: at(2 * time.Hour), Reason: "why"}, "snooze I1 until 04:30; note I1", "|", ""},
		{"snooze without an end", triggered, R{Action: Snooze}, "refused: Until when is not said", "|", ""},
		{"snooze into the past", triggered, R{Action: Snooze, Until: at(-time.Second)}, "refused: The end is past", "|", ""},
		{"snooze for long", triggered, R{Action: Snooze, Until: at(169 * time.Hour)}, "refused: PagerDuty snoozes for at most 7 days", "|", ""},
		{"snooze alerts", fixture.AlertsGroup(), R{Action: Snooze, Until: at(time.Hour)}, "refused: There is no incident to snooze: silence the alerts.", "|", ""},

		{"merge", triggered, R{Action: Merge, Into: "I2"}, "merge I1->I2", "|", ""},
		{"merge and say why", triggered, R{Action: Merge, Into: "I2", Reason: "why"}, "merge I1->I2; note I1", "|", ""},
		{"merge into another service's", triggered, R{Action: Merge, Into: "I9"}, "merge I1->I9", "|", "is of the service checkout, #12 Checkout errors of search"},
		{"merge into itself", triggered, R{Action: Merge, Into: "I1"}, "already: The others are merged into this one.", "|", ""},
		{"merge into nothing", triggered, R{Action: Merge, Into: "I8"}, "refused: The incident to merge into is not among the open ones", "|", ""},
		{"merge resolved", resolved, R{Action: Merge, Into: "I2"}, "already: Already resolved", "|", ""},
		{"merge alerts", fixture.AlertsGroup(), R{Action: Merge, Into: "I2"}, "refused: There is no incident to merge.", "|", ""},

		{"urgency", triggered, R{Action: SetUrgency, Urgency: "low"}, "urgency I1->low", "|", ""},
		{"urgency up pages", fixture.GroupOf(low), R{Action: SetUrgency, Urgency: "HIGH", Reason: "why"}, "urgency I1->high; note I1", "UANN|", ""},
		{"urgency as it is", triggered, R{Action: SetUrgency, Urgency: "high"}, "already: The urgency of #12 Checkout errors is high already.", "|", ""},
		{"urgency of no kind", triggered, R{Action: SetUrgency, Urgency: "loud"}, "refused: An urgency is high or low", "|", ""},
		{"urgency of alerts", fixture.AlertsGroup(), R{Action: SetUrgency, Urgency: "low"}, "refused: There is no incident to change.", "|", ""},

		{"priority", triggered, R{Action: SetPriority, PriorityID: "p2"}, "priority I1->PR2", "|", ""},
		{"priority as it is", fixture.GroupOf(urgent), R{Action: SetPriority, PriorityID: "PR1"}, "already: The priority of #12 Checkout errors is P1 already.", "|", ""},
		{"priority of no kind", triggered, R{Action: SetPriority, PriorityID: "P7"}, `refused: PagerDuty has no priority "P7"`, "|", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			other := fixture.Incident("I9")
			other.Service = fixture.Ref("SSRCH", "search")
			w := testData(Developer)
			w.Incidents = []sources.Incident{fixture.Incident("I1"), fixture.Incident("I2"), other}
			tt.r.Groups = []triage.Group{tt.group}
			if tt.r.Action == NextLevel && !strings.HasPrefix(tt.want, "already") {
				tt.r.Reason = "why"
			}
			p := NewPlan(tt.r, w)
			got := brief(p, p.Items[0])
			if !strings.HasPrefix(got, tt.want) || p.Ready() && got != tt.want {
				t.Errorf("plan = %q, want %q", got, tt.want)
			}
			if got := notified(p); got != tt.notified {
				t.Errorf("paged = %q, want %q", got, tt.notified)
			}
			if warnings := strings.Join(p.Warnings, "\n"); !strings.Contains(warnings, tt.warns) || tt.warns == "" && warnings != "" {
				t.Errorf("warnings = %q, want %q", warnings, tt.warns)
			}
			if lines := strings.Join(p.Lines(), "\n"); !strings.Contains(lines, tt.warns) {
				t.Errorf("the preview does not warn: %s", lines)
			}
		})
	}
}

func TestPlansWithoutPagerDuty(t *testing.T) {
	for _, a := range []Action{NextLevel, Resolve, Snooze, Merge, SetUrgency, SetPriority} {
		p := NewPlan(possible(a, fixture.AlertsGroup()), dataWithoutPagerDuty())
		if !strings.HasPrefix(p.Refused, "Without PagerDuty there is no incident to ") {
			t.Errorf("%s: %q", a, p.Refused)
		}
	}
}

func TestResolutionSaysWhyAndWhatWasTried(t *testing.T) {
	p := NewPlan(Request{Action: Resolve, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}, Reason: "rolled back", Tried: map[string][]string{"I1": {"restart"}}}, testData(Developer))
	want := "Resolved by Dana Reyes (dana@example.com) with firstline.\nWhy: rolled back\nTried:\n- restart"
	if got := p.Items[0].Steps[0].Resolution; got != want {
		t.Errorf("resolution = %q, want %q", got, want)
	}
	p = NewPlan(Request{Action: Resolve, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}}, testData(Developer))
	if got := p.Items[0].Steps[0].Resolution; got != "" || p.Note != "" {
		t.Errorf("resolution = %q, note %q, want none", got, p.Note)
	}
}

func TestMoveGoesAlong(t *testing.T) {
	owned := fixture.GroupOf(fixture.Incident("I1"))
	atFirstLine := fixture.Incident("I1")
	atFirstLine.Service, atFirstLine.Policy = fixture.Ref("SOPS", "ops"), fixture.Ref("PFIRST", "Ops first line")
	back := fixture.GroupOf(atFirstLine)
	for _, tt := range []struct {
		name    string
		group   triage.Group
		service ServiceSettings
		account string // first line's service
		to      string
		want    string
	}{
		{"to first line", owned, ServiceSettings{Move: true}, "", "first-line", "note I1; move I1->SOPS PFIRST"},
		{"to first line's configured service", owned, ServiceSettings{Move: true}, "checkout", "first-line", "note I1; policy I1->PFIRST"},
		{"back to the owner", back, ServiceSettings{Move: true}, "", "owner", "note I1; move I1->SCHK PPAY"},
		{"back to the owner's named service", back, ServiceSettings{Move: true, PagerDuty: "SCHK"}, "", "owner", "note I1; move I1->SCHK PPAY"},
		{"without move", owned, ServiceSettings{}, "", "first-line", "note I1; policy I1->PFIRST"},
		{"a policy without a service", owned, ServiceSettings{Move: true}, "", "policy:PLATE", "note I1; policy I1->PLATE"},
		{"to a person", owned, ServiceSettings{Move: true}, "", "user:UBO", "note I1; assign I1->UBO"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := testData(Developer)
			w.Settings.Services = map[string]ServiceSettings{"checkout": tt.service}
			w.Settings.FirstLineService = tt.account
			target, err := ParseTarget(tt.to)
			if err != nil {
				t.Fatal(err)
			}
			p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{tt.group}, Target: target, Reason: "why"}, w)
			if got := brief(p, p.Items[0]); got != tt.want {
				t.Errorf("plan = %q, want %q", got, tt.want)
			}
			if stays := strings.Contains(strings.Join(p.Warnings, "\n"), "so #12 Checkout errors stays on checkout"); stays != (tt.to == "policy:PLATE") {
				t.Errorf("warnings = %q", p.Warnings)
			}
		})
	}
}

func TestHandOffToWhoeverIsNext(t *testing.T) {
	turn := func(u sources.Reference, from time.Duration) sources.OnCall {
		return sources.OnCall{User: u, Schedule: fixture.Ref("SPayments primary", "Payments primary"), Start: fixture.Sunday.Add(from), End: fixture.Sunday.Add(from + time.Hour)}
	}
	next := Request{
		Action: HandOff, Target: Target{Kind: ToNextOnCall}, Reason: "my shift ends", Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))},
		Facts: Facts{Upcoming: []sources.OnCall{turn(fixture.Cy, 12*time.Hour), turn(fixture.Ann, 5*time.Hour), turn(fixture.Bo, 6*time.Hour), turn(fixture.Eve, -time.Hour)}},
	}
	p := NewPlan(next, testData(Developer))
	if got := brief(p, p.Items[0]); got != "note I1; assign I1->UBO" || notified(p) != "UBO|" {
		t.Errorf("plan = %q, pages %s", got, notified(p))
	}
	about := func(p Plan, name string) []string {
		return slices.DeleteFunc(slices.Clone(p.Warnings), func(s string) bool { return !strings.Contains(s, name) })
	}
	// One warning says it all.
	if got := about(p, "Bo Larsen"); len(got) != 1 || got[0] != "Bo Larsen is next on Payments primary and not on call yet: the turn begins Sun 09:30 in Europe/Oslo." {
		t.Errorf("warnings = %q", p.Warnings)
	}
	zoneless := next
	zoneless.Facts.Upcoming = []sources.OnCall{turn(fixture.Cy, 12*time.Hour)}
	if got := about(NewPlan(zoneless, testData(Developer)), "Cy Park"); len(got) != 1 || !strings.HasSuffix(got[0], "the turn begins Sun 14:30 UTC, and what time it is for them is not known.") {
		t.Errorf("warnings = %q", got)
	}
	// The note names whom the preview named, for each group.
	other := fixture.Incident("I2")
	other.Assignments, other.Policy = []sources.Assignment{{User: fixture.Bo, At: fixture.Sunday}}, fixture.Ref("PFIRST", "Ops first line")
	ops := turn(fixture.Eve, time.Hour)
	ops.Schedule = fixture.Ref("SOps primary", "Ops primary")
	for name, tt := range map[string]struct {
		groups     []triage.Group
		responders bool
		note       string
		names      []string
	}{
		"one":             {next.Groups, false, "", []string{"to hand this off to Bo Larsen,"}},
		"one, asked":      {next.Groups, true, "", []string{"asks Bo Larsen to join,"}},
		"two":             {[]triage.Group{fixture.GroupOf(fixture.Incident("I1")), fixture.GroupOf(other)}, false, "", []string{"off to Bo Larsen,", "off to Eve Stone,"}},
		"in own words":    {next.Groups, false, "Good night.", []string{"Good night."}},
		"nobody is known": {[]triage.Group{fixture.AlertsGroup()}, false, "", nil},
	} {
		r := next
		r.Groups, r.Responders, r.Note = tt.groups, tt.responders, tt.note
		r.Facts.Upcoming = append(slices.Clone(next.Facts.Upcoming), ops)
		p := NewPlan(r, testData(Developer))
		for n, want := range tt.names {
			for _, s := range p.Items[n].Steps {
				if (s.Kind == StepNote || s.Kind == StepResponders) && (!strings.Contains(s.Note, want) || strings.Contains(s.Note, "next on call")) {
					t.Errorf("%s: the %s says %q", name, s.Kind, s.Note)
				}
			}
			if len(p.Items[n].Steps) == 0 {
				t.Errorf("%s: %s", name, p.Items[n].Refused)
			}
		}
	}

	for _, tt := range []struct {
		facts Facts
		want  string
	}{
		{Facts{}, "Who is next on Payments primary is not known, because it has not been read yet"},
		{Facts{UpcomingExtent: sources.Extent{Read: true, Missing: "PagerDuty lists no more"}}, "Who is next on Payments primary is not known, because PagerDuty lists no more"},
		{Facts{UpcomingExtent: sources.Whole}, "Nobody but Ann Berg is on Payments primary for the next two weeks"},
	} {
		unread := next
		unread.Facts = tt.facts
		if p := NewPlan(unread, testData(Developer)); !strings.HasPrefix(p.Refused, tt.want) {
			t.Errorf("refused = %q, want %q", p.Refused, tt.want)
		}
	}
	alone := fixture.Incident("I1")
	alone.Assignments = []sources.Assignment{{User: fixture.Eve}} // directly, by no schedule
	next.Groups = []triage.Group{fixture.GroupOf(alone)}
	if p := NewPlan(next, testData(Developer)); !strings.Contains(p.Refused, "not by a schedule") {
		t.Errorf("refused = %q", p.Refused)
	}
	next.Groups = []triage.Group{fixture.AlertsGroup()}
	if p := NewPlan(next, testData(Developer)); !strings.HasPrefix(p.Refused, "There is no incident") {
		t.Errorf("refused = %q", p.Refused)
	}
}

func TestFactsAreOnlyWhatThePlanNeeds(t *testing.T) {
	for want, r := range map[string]Request{
		"[turns PPAY log I1 log I2 user UEVE]":    {Action: NextLevel},
		"[turns PPAY upcoming SPayments primary]": {Action: HandOff, Target: Target{Kind: ToNextOnCall}},
		"[turns PFIRST user UBO user UCY]":        {Action: Escalate},
		"[user UBO]":                              {Action: HandOff, Target: Target{Kind: ToUser, ID: "UBO"}},
		"[]":                                      {Action: Acknowledge},
	} {
		f := fixture.NewFake()
		second := fixture.Incident("I2")
		second.Assignments = nil
		r.Groups = []triage.Group{fixture.GroupOf(fixture.Incident("I1")), fixture.AlertsGroup(), fixture.GroupOf(second)}
		if _, err := ReadFacts(t.Context(), f, r, testData(Developer)); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(f.Calls); got != want {
			t.Errorf("%s read %s, want %s", r.Action, got, want)
		}
	}
	if _, err := ReadFacts(t.Context(), nil, Request{Action: NextLevel}, Data{}); err != nil {
		t.Errorf("without PagerDuty: %v", err)
	}
	f := fixture.NewFake()
	f.Troubles["log"] = []fixture.Trouble{{Err: fixture.RefusedWith(sources.Unreachable)}}
	if _, err := ReadFacts(t.Context(), f, Request{Action: NextLevel, Groups: f.Groups("I1")}, testData(Developer)); sources.ReasonOf(err) != sources.Unreachable {
		t.Errorf("err = %v", err)
	}
}

func TestAskingRespondersTakesTheIncidentFromNobody(t *testing.T) {
	for to, want := range map[string]string{"user:UBO": "note I1; responders I1->UBO", "first-line": "note I1; responders I1->PFIRST"} {
		target, err := ParseTarget(to)
		if err != nil {
			t.Fatal(err)
		}
		p := NewPlan(Request{Action: HandOff, Responders: true, Target: target, Reason: "help", Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}}, testData(Developer))
		if got := brief(p, p.Items[0]); got != want {
			t.Errorf("plan = %q, want %q", got, want)
		}
		if !strings.Contains(p.Items[0].Sentence, "It stays assigned to Ann Berg.") || !strings.Contains(p.Note, "Dana Reyes (dana@example.com) asks ") {
			t.Errorf("%q, note %q", p.Items[0].Sentence, p.Note)
		}
	}
}
