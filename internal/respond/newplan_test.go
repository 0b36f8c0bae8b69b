package respond

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

func TestNewPlanTable(t *testing.T) {
	triggered := fixture.GroupOf(fixture.Incident("I1"))
	acked := fixture.GroupOf(fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-3*time.Second)))
	ackedByMe := fixture.GroupOf(fixture.AcknowledgedIncident("I1", fixture.Dana, fixture.Sunday.Add(-5*time.Minute)))
	resolved := fixture.GroupOf(fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday.Add(-2*time.Hour)))
	unowned := fixture.GroupOf(fixture.Incident("I1"))
	unowned.OwnerPolicyID = ""
	mine := fixture.Incident("I1")
	mine.Assignments = []sources.Assignment{{User: fixture.Bo}}
	mine.AssignedVia = sources.AssignedDirectly
	withBo := fixture.GroupOf(mine)
	alerts, stray := fixture.AlertsGroup(), fixture.StrayGroup()

	const (
		noPagerDuty = "refused: Without PagerDuty there is nobody to notify: copy the summary and send it to "
		silence     = `silence {alertname="HighErrorRate", cluster="eu", service="checkout"}`
	)
	to := func(s string) Target {
		if s == "" {
			return Target{}
		}
		target, err := ParseTarget(s)
		if err != nil {
			t.Fatal(err)
		}
		return target
	}
	tests := []struct {
		name     string
		role     Role
		without  bool // PagerDuty
		action   Action
		group    triage.Group
		to       string
		instead  Instead
		want     string // begins with
		notified string
	}{
		// Acknowledge.
		{"ack", Developer, false, Acknowledge, triggered, "", "", "acknowledge I1", "|"},
		{"ack as first line", FirstLine, false, Acknowledge, triggered, "", "", "acknowledge I1", "|"},
		{"ack, Ann has it", Developer, false, Acknowledge, acked, "", "", "already: Already acknowledged by Ann Berg 3 s ago.", "|"},
		{"ack, I have it", Developer, false, Acknowledge, ackedByMe, "", "", "already: Already acknowledged by you 5 m ago.", "|"},
		{"ack, resolved", Developer, false, Acknowledge, resolved, "", "", "already: Already resolved by Ann Berg 2 h ago.", "|"},
		{"ack incident, choice changes nothing", Developer, false, Acknowledge, triggered, "", BySilence, "acknowledge I1", "|"},
		{"ack alerts", Developer, false, Acknowledge, alerts, "", "", "choice", "|"},
		{"ack alerts by silence", Developer, false, Acknowledge, alerts, "", BySilence, silence, "|"},
		{"ack alerts by incident", Developer, false, Acknowledge, alerts, "", ByIncident, "open SCHK->UDANA; acknowledge; note", "UDANA|"},
		{"ack stray alert", Developer, false, Acknowledge, stray, "", "", "choice", "|"},
		{"ack stray alert by incident", Developer, false, Acknowledge, stray, "", ByIncident, "refused: Which PagerDuty service", "|"},
		{"ack alerts, no PagerDuty", Developer, true, Acknowledge, alerts, "", "", silence, "|"},
		{"ack alerts by incident, no PagerDuty", Developer, true, Acknowledge, alerts, "", ByIncident, "refused: Without PagerDuty no incident", "|"},

		// Escalate.
		{"escalate", Developer, false, Escalate, triggered, "", "", "note I1; policy I1->PFIRST", "UBO|UCY"},
		{"escalate as first line", FirstLine, false, Escalate, triggered, "", "", "note I1; policy I1->PPAY", "UANN|UEVE"},
		{"escalate to the other", FirstLine, false, Escalate, triggered, "first-line", "", "note I1; policy I1->PFIRST", "UBO|UCY"},
		{"escalate to owner", Developer, false, Escalate, triggered, "owner", "", "note I1; policy I1->PPAY", "UANN|UEVE"},
		{"escalate acknowledged", Developer, false, Escalate, acked, "", "", "note I1; policy I1->PFIRST", "UBO|UCY"},
		{"escalate resolved", Developer, false, Escalate, resolved, "", "", "already: Already resolved by Ann Berg 2 h ago: nothing to escalate.", "|"},
		{"escalate, owner not known", FirstLine, false, Escalate, unowned, "", "", "refused: Who owns checkout is not known", "|"},
		{"escalate to user", Developer, false, Escalate, triggered, "user:bo@example.com", "", "note I1; assign I1->UBO", "UBO|"},
		{"escalate to nobody", Developer, false, Escalate, triggered, "policy:PEMPTY", "", "refused: Nobody is on call at Nobody here: choose another target.", "|"},
		{"escalate, level 1 empty", Developer, false, Escalate, triggered, "policy:Late", "", "note I1; policy I1->PLATE", "UEVE|"},
		{"escalate alerts", Developer, false, Escalate, alerts, "", "", "open SCHK->PFIRST; note", "UBO|UCY"},
		{"escalate alerts as first line", FirstLine, false, Escalate, alerts, "", "", "open SCHK->PPAY; note", "UANN|UEVE"},
		{"escalate stray alert", Developer, false, Escalate, stray, "", "", "open SOPS->PFIRST; note", "UBO|UCY"},
		{"escalate stray alert as first line", FirstLine, false, Escalate, stray, "", "", "refused: Who owns this service is not known", "|"},
		{"escalate stray alert to user", FirstLine, false, Escalate, stray, "user:ann@example.com", "", "refused: Which PagerDuty service", "|"},
		{"escalate alerts to nobody", Developer, false, Escalate, alerts, "policy:PEMPTY", "", "refused: Nobody is on call", "|"},
		{"escalate alerts, no PagerDuty", Developer, true, Escalate, alerts, "", "", noPagerDuty + "the ops desk", "|"},
		{"escalate alerts to owner, no PagerDuty", Developer, true, Escalate, alerts, "owner", "", noPagerDuty + "the owner", "|"},

		// Hand off.
		{"hand off to nobody named", Developer, false, HandOff, triggered, "", "", "refused: No target is named", "|"},
		{"hand off to person", Developer, false, HandOff, triggered, "user:eve@example.com", "", "note I1; assign I1->UEVE", "UEVE|"},
		{"hand off to person by name", FirstLine, false, HandOff, triggered, "user:eve stone", "", "note I1; assign I1->UEVE", "UEVE|"},
		{"hand off to who has it", Developer, false, HandOff, withBo, "user:UBO", "", "already: #12 Checkout errors is assigned to Bo Larsen directly already.", "|"},
		{"hand off to who has it by policy", Developer, false, HandOff, triggered, "user:UANN", "", "note I1; assign I1->UANN", "UANN|"},
		{"hand off to myself", Developer, false, HandOff, triggered, "user:dana@example.com", "", "note I1; assign I1->UDANA", "UDANA|"},
		{"hand off to team", Developer, false, HandOff, triggered, "team:payments", "", "note I1; policy I1->PPAY", "UANN|UEVE"},
		{"hand off to policy", Developer, false, HandOff, triggered, "policy:Ops first line", "", "note I1; policy I1->PFIRST", "UBO|UCY"},
		{"hand off to owner", Developer, false, HandOff, triggered, "owner", "", "note I1; policy I1->PPAY", "UANN|UEVE"},
		{"hand off to first line", Developer, false, HandOff, triggered, "first-line", "", "note I1; policy I1->PFIRST", "UBO|UCY"},
		{"hand off resolved", Developer, false, HandOff, resolved, "user:UBO", "", "already: Already resolved by Ann Berg 2 h ago: nothing to hand off.", "|"},
		{"hand off to a team of two policies", Developer, false, HandOff, triggered, "team:Twins", "", "refused: The team Twins has several escalation policies", "|"},
		{"hand off to a team of none", Developer, false, HandOff, triggered, "team:Loners", "", "refused: The team Loners has no escalation policy", "|"},
		{"hand off to a stranger", Developer, false, HandOff, triggered, "user:bob@example.com", "", `refused: PagerDuty has no user "bob@example.com"`, "|"},
		{"hand off alerts to person", Developer, false, HandOff, alerts, "user:UEVE", "", "open SCHK->UEVE; note", "UEVE|"},
		{"hand off alerts to team", Developer, false, HandOff, alerts, "team:TPAY", "", "open SCHK->PPAY; note", "UANN|UEVE"},
		{"hand off alerts, no PagerDuty", Developer, true, HandOff, alerts, "user:UEVE", "", noPagerDuty + "UEVE", "|"},

		// Note.
		{"note", Developer, false, AddNote, triggered, "", "", "note I1", "|"},
		{"note on resolved", Developer, false, AddNote, resolved, "", "", "note I1", "|"},
		{"note on alerts", Developer, false, AddNote, alerts, "", "", "refused: There is no incident to put a note on", "|"},
		{"note on alerts, no PagerDuty", Developer, true, AddNote, alerts, "", "", "refused: There is no incident to put a note on", "|"},
		{"no such action", Developer, false, "dance", triggered, "", "", `refused: "dance" is no action.`, "|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := testData(tt.role)
			if tt.without {
				w = dataWithoutPagerDuty()
			}
			r := Request{Action: tt.action, Groups: []triage.Group{tt.group}, Target: to(tt.to), Instead: tt.instead}
			if tt.action != Acknowledge && !strings.HasPrefix(tt.want, "already") {
				r.Reason = "the fix did not help"
			}
			p := NewPlan(r, w)
			got := brief(p, p.Items[0])
			if !strings.HasPrefix(got, tt.want) || !strings.Contains(got, "refused") && strings.Count(got, ";") != strings.Count(tt.want, ";") {
				t.Errorf("plan = %q, want %q", got, tt.want)
			}
			if got := notified(p); got != tt.notified {
				t.Errorf("paged = %q, want %q", got, tt.notified)
			}
			if p.Summary == "" || !strings.Contains(p.Summary, "HighErrorRate") && !strings.Contains(p.Summary, "DiskFull") {
				t.Errorf("the summary does not say what fires: %q", p.Summary)
			}
		})
	}
}

func TestSeveralGroupsEachTheirOwn(t *testing.T) {
	second := fixture.GroupOf(fixture.AcknowledgedIncident("I2", fixture.Ann, fixture.Sunday.Add(-time.Minute)))
	p := NewPlan(Request{
		Action: Acknowledge,
		Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1")), second, fixture.AlertsGroup(), fixture.GroupOf(fixture.Incident("I1"))},
	}, testData(Developer))
	var got []string
	for _, i := range p.Items {
		got = append(got, brief(p, i))
	}
	want := "[acknowledge I1 already: Already acknowledged by Ann Berg 1 m ago. choice]"
	if fmt.Sprint(got) != want {
		t.Errorf("items = %v, want %s", got, want)
	}
	if len(p.Choices) != 2 || p.Ready() {
		t.Errorf("choices = %+v, ready %v", p.Choices, p.Ready())
	}

	p = NewPlan(Request{Action: Escalate, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1")), fixture.StrayGroup(), fixture.AlertsGroup()}, Reason: "why"}, testData(FirstLine))
	if p.Refused != "" || !p.Ready() {
		t.Fatalf("one that can't be escalated must not refuse the others: %q", p.Refused)
	}
	if p.Items[1].Refused == "" || len(p.Items[0].Steps) != 2 || len(p.Items[2].Steps) != 2 {
		t.Errorf("items = %+v", p.Items)
	}
	if got := notified(p); got != "UANN|UEVE" {
		t.Errorf("each is named once: %q", got)
	}
	for _, s := range []string{p.Items[0].Steps[0].Note, p.Items[2].Steps[1].Note} {
		if !strings.HasPrefix(s, p.Note) || !strings.Contains(s, "HighErrorRate") {
			t.Errorf("the note of each begins with what they share and goes on with its own: %q", s)
		}
	}
}

func TestChoicesSayWhatCannotBe(t *testing.T) {
	p := NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{fixture.StrayGroup()}}, testData(Developer))
	if len(p.Choices) != 2 || p.Choices[0].Refused != "" || p.Choices[1].Refused == "" {
		t.Errorf("choices = %+v", p.Choices)
	}
	s := settings(Developer)
	s.Silencers = nil
	w := NewData([]sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, Data: fixture.PagerDutyData(), AsOf: fixture.Sunday}}, s, fixture.Sunday)
	p = NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{fixture.StrayGroup()}}, w)
	if p.Refused == "" || len(p.Choices) > 0 || !strings.Contains(p.Refused, "no Alertmanager") && !strings.Contains(p.Refused, "No Alertmanager") {
		t.Errorf("with neither possible it is refused: %+v", p)
	}
}

func TestOpenedIncidentHasTheGroupsKey(t *testing.T) {
	p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{fixture.AlertsGroup()}, Reason: "why"}, testData(Developer))
	open := p.Items[0].Steps[0].Open
	if open.Key != "0123456789ab" || open.Title != "HighErrorRate checkout" || open.Details != "" || p.Items[0].Steps[1].Note != p.Note || !strings.Contains(p.Note, "Why: why") {
		t.Errorf("open = %+v", open)
	}
}

func TestIncidentInsteadNotifiesTheOwnerOnlyWhenNobodyKnowsMe(t *testing.T) {
	w := testData(Developer)
	w.Me = nil
	p := NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{fixture.AlertsGroup()}, Instead: ByIncident}, w)
	if got := notified(p); got != "UANN|UEVE" {
		t.Errorf("paged = %q", got)
	}
	if s := p.Items[0].Steps[0]; s.Open.PolicyID != "PPAY" || fmt.Sprint(s.Recipients) != "[UANN]" {
		t.Errorf("step = %+v", s)
	}
}

func TestWarnings(t *testing.T) {
	base := func() Request {
		return Request{Action: Escalate, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}, Reason: "why"}
	}
	tests := []struct {
		name string
		r    func(*Request)
		w    func(*Data)
		want string
	}{
		{"no reason", func(r *Request) { r.Reason = " \n" }, nil, "No reason is given"},
		{"same policy", func(r *Request) { r.Target = Target{Kind: ToOwner} }, nil, "starts it again at level 1"},
		{"level 1 empty", func(r *Request) { r.Target = Target{Kind: ToPolicy, ID: "PLATE"} }, nil, "Nobody is on call at level 1 of Late: level 2 is notified at once."},
		{"not on call", func(r *Request) { r.Target = Target{Kind: ToUser, ID: "UDANA"} }, func(w *Data) { w.Me = nil }, "Dana Reyes is not on call now."},
		{"zone not known", func(r *Request) { r.Target = Target{Kind: ToUser, ID: "UCY"} }, nil, "What time it is for Cy Park is not known."},
		{"another works on it", func(r *Request) {
			r.Groups = []triage.Group{fixture.GroupOf(fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-3*time.Second)))}
		}, nil, "Ann Berg acknowledged #12 Checkout errors 3 s ago and may be working on it."},
		{"guessed service", func(r *Request) { r.Groups = []triage.Group{fixture.StrayGroup()} }, nil, "the incident is opened on ops"},
		{"source fails", nil, func(w *Data) {
			w.PagerDutyErr = errors.New("no")
			w.PagerDutyRead = fixture.Sunday.Add(-76 * time.Second)
		}, "known before, 1 m ago"},
		{"stale alerts", func(r *Request) { r.Groups[0].Stale = []string{"prom-eu"} }, nil, "prom-eu could not be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, w := base(), testData(Developer)
			if p := NewPlan(r, w); len(p.Warnings) > 0 {
				t.Fatalf("without cause: %q", p.Warnings)
			}
			if tt.r != nil {
				tt.r(&r)
			}
			if tt.w != nil {
				tt.w(&w)
			}
			p := NewPlan(r, w)
			if !strings.Contains(strings.Join(p.Warnings, "\n"), tt.want) {
				t.Errorf("warnings = %q, want %q", p.Warnings, tt.want)
			}
			if !strings.Contains(strings.Join(p.Lines(), "\n"), tt.want) {
				t.Error("the preview does not show it")
			}
		})
	}
}

// The names are those that --dry-run --json documents.
func TestPlanAsJSON(t *testing.T) {
	p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}, Reason: "why"}, testData(FirstLine))
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Action, Note, Reason, By, Summary string
		Target                            struct{ Kind string }
		Items                             []struct {
			ID, Title, Sentence string
			Target              struct {
				Kind     string
				PolicyID string `json:"policy_id"`
			}
			Steps []struct {
				Kind       string
				IncidentID string   `json:"incident_id"`
				PolicyID   string   `json:"policy_id"`
				Recipients []string `json:"pages"`
			}
		}
		Recipients []struct {
			Name  string
			Level int
			Now   bool
			Local time.Time
		} `json:"pages"`
	}
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	step := back.Items[0].Steps[1]
	if back.Action != "escalate" || back.Items[0].ID != "I1" || back.Items[0].Target.PolicyID != "PPAY" || step.Kind != "policy" ||
		step.PolicyID != "PPAY" || fmt.Sprint(step.Recipients) != "[UANN]" || back.Recipients[0].Name != "Ann Berg" || back.Recipients[0].Level != 1 {
		t.Errorf("%s", text)
	}
	if strings.Contains(string(text), "\"refused\"") || strings.Contains(string(text), "\"Group\"") {
		t.Errorf("what is empty or inner shows: %s", text)
	}
}

func TestEmptyRequestIsRefused(t *testing.T) {
	if p := NewPlan(Request{Action: Acknowledge}, testData(Developer)); p.Refused == "" || p.Ready() {
		t.Errorf("plan = %+v", p)
	}
}
