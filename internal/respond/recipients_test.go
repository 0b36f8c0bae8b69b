package respond

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

func recipientOf(t *testing.T, p Plan, userID string) Recipient {
	t.Helper()
	for _, recipient := range p.Recipients {
		if recipient.UserID == userID {
			return recipient
		}
	}
	t.Fatalf("%s is not among %+v", userID, p.Recipients)
	return Recipient{}
}

func TestRecipientsSayWhoAndWhen(t *testing.T) {
	g := []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}
	p := NewPlan(Request{Action: Escalate, Groups: g, Reason: "why"}, testData(FirstLine))

	first := recipientOf(t, p, "UANN")
	if !first.Now || first.Level != 1 || first.Via != "Payments primary" || first.Zone != "America/New_York" {
		t.Errorf("level 1 = %+v", first)
	}
	// 02:30 UTC on Sunday is 21:30 on Saturday in New York: no night yet.
	if first.Night || !first.Weekend || first.Local.Format("Mon 15:04") != "Sat 21:30" || !first.Until.Equal(fixture.Sunday.Add(6*time.Hour)) {
		t.Errorf("local time = %+v", first)
	}
	next := recipientOf(t, p, "UEVE")
	if next.Now || next.Level != 2 || next.Via != "directly" || !next.At.Equal(fixture.Sunday.Add(30*time.Minute)) || !next.Until.IsZero() || !next.OnCall {
		t.Errorf("level 2 = %+v", next)
	}

	p = NewPlan(Request{Action: Escalate, Groups: g, Reason: "why"}, testData(Developer))
	if bo := recipientOf(t, p, "UBO"); !bo.Night || bo.Local.Format("15:04") != "03:30" {
		t.Errorf("Bo is asleep: %+v", bo)
	}
	if cy := recipientOf(t, p, "UCY"); cy.Zone != "" || cy.Night {
		t.Errorf("Cy's zone is not known: %+v", cy)
	}
}

func TestNightHours(t *testing.T) {
	w := testData(Developer)
	for clock, night := range map[string]bool{"21:59": false, "22:00": true, "23:30": true, "00:00": true, "06:59": true, "07:00": false, "12:00": false} {
		at, err := time.Parse("2006-01-02 15:04", "2026-11-25 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		// Berlin is an hour ahead of UTC in November.
		if p := w.recipient(fixture.Dana, at.Add(-time.Hour)); p.Night != night || p.Weekend {
			t.Errorf("at %s night = %v, weekend = %v", clock, p.Night, p.Weekend)
		}
	}
}

func TestZoneThatNobodyKnows(t *testing.T) {
	w := testData(Developer)
	for _, zone := range []string{"", "Local", "Mars/Olympus", "../../etc/passwd", "Europe/Berlin\x00"} {
		w.Users = []sources.User{{ID: "U1", Name: "X", TimeZone: zone}}
		if p := w.recipient(fixture.Ref("U1", "X"), fixture.Sunday); p.Zone != "" || p.Night || !p.Local.Equal(fixture.Sunday) {
			t.Errorf("%q gives %+v", zone, p)
		}
	}
}

func TestLevelWithNobodyTakesNoTime(t *testing.T) {
	w := testData(Developer)
	w.Policies = []sources.Policy{{ID: "P", Name: "P", Levels: []sources.Level{{Delay: time.Hour}, {Delay: 10 * time.Minute}, {Delay: 5 * time.Minute}, {}}}}
	w.OnCalls, w.Extents.OnCalls = nil, map[string]sources.Extent{"P": sources.Whole}
	for level, u := range map[int]sources.Reference{2: fixture.Ann, 4: fixture.Bo} {
		w.OnCalls = append(w.OnCalls, sources.OnCall{User: u, Policy: fixture.Ref("P", "P"), Level: level})
	}
	p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}, Target: Target{Kind: ToPolicy, ID: "P"}, Reason: "why"}, w)
	if len(p.Recipients) != 2 {
		t.Fatalf("%+v", p)
	}
	for _, p := range p.Recipients {
		want := map[string]time.Time{"UANN": fixture.Sunday, "UBO": fixture.Sunday.Add(10 * time.Minute)}[p.UserID]
		if !p.At.Equal(want) || p.Now != (p.UserID == "UANN") {
			t.Errorf("%s is paged at %v", p.UserID, p.At)
		}
	}
}

func TestLinesShowTheDecision(t *testing.T) {
	p := NewPlan(Request{
		Action: Escalate, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}, Reason: "rollback did not help", Tried: map[string][]string{"I1": {"rolled back"}},
	}, testData(FirstLine))
	text := strings.Join(p.Lines(), "\n")
	for _, want := range []string{
		"Escalate HighErrorRate: Checkout errors to the owner (Payments on call)",
		"Notified now:\n  Ann Berg, level 1 of Payments on call via Payments primary, Sat 21:30 in America/New_York (weekend), on call until Sun 08:30 UTC",
		"If nobody answers:\n  Eve Stone, level 2 of Payments on call, in 30 m, Sun 12:00 in Asia/Tokyo (weekend), always on call",
		"What changes:\n  Puts the note on #12 Checkout errors, then sets its escalation policy to Payments on call.",
		"The note that goes along:\n  Dana Reyes (dana@example.com) asks to escalate this to the owner (Payments on call), with firstline.\n  Why: rollback did not help\n  Tried:\n  - rolled back",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}

	p = NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{fixture.AlertsGroup()}, Instead: BySilence}, testData(Developer))
	text = strings.Join(p.Lines(), "\n")
	for _, want := range []string{"Nobody is notified.", "silence 2 alerts in am-eu for 15 m", "pod=a", "pod=b"} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "pod=c") {
		t.Errorf("the silence does not match search:\n%s", text)
	}

	p = NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{fixture.AlertsGroup()}}, testData(Developer))
	text = strings.Join(p.Lines(), "\n")
	if !strings.Contains(text, "Choose first:\n  silence: Makes 1 silence of 15 m") || !strings.Contains(text, "incident: Opens an incident on checkout, assigned to you, acknowledges it, and adds the note.") {
		t.Errorf("the choices are missing in\n%s", text)
	}
}

func TestLinesAreClean(t *testing.T) {
	evil := "x\x1b]52;c;ZXZpbA==\a\x1b[2Jy\r\n\u202ez"
	i := fixture.Incident("I1")
	i.Title, i.Assignments[0].User.Name = evil, evil
	g := fixture.GroupOf(i)
	g.Title, g.Service, g.Stale = evil, evil, []string{evil}
	g.Alerts[0].Labels = map[string]string{"alertname": evil, "pod": evil}
	w := testData(Developer)
	for n := range w.Users {
		w.Users[n].Name, w.Users[n].Email = evil, evil
	}
	for n := range w.Policies {
		w.Policies[n].Name = evil
	}
	w.Settings.FirstLineName = evil
	for _, action := range []Action{Acknowledge, Escalate, HandOff, AddNote} {
		p := NewPlan(Request{Action: action, Groups: []triage.Group{g}, Target: Target{Kind: ToUser, ID: "UBO"}, Reason: evil, Tried: map[string][]string{g.ID: {evil}}}, w)
		for _, line := range append(p.Lines(), p.Note, p.Summary) {
			if strings.ContainsAny(strings.ReplaceAll(line, "\n", ""), "\x1b\a\r\u202e") {
				t.Errorf("%s: %q", action, line)
			}
		}
		for _, line := range p.Lines() {
			if strings.Contains(line, "\n") {
				t.Errorf("%s: more than a line: %q", action, line)
			}
		}
	}
}

// The heading over somebody says whether they are notified, and a line for one of
// several groups says for which.
func TestHeadingsOverPeopleAndTheirGroups(t *testing.T) {
	other := fixture.Incident("I2")
	other.Number, other.Title = 13, "Search slow"
	both := []triage.Group{fixture.GroupOf(fixture.Incident("I1")), fixture.GroupOf(other)}
	rule := func(delay time.Duration) []sources.NotificationRule {
		return []sources.NotificationRule{{Urgency: "high", Delay: delay}}
	}
	none := []sources.NotificationRule{{Urgency: "low"}}
	rules := func(list []sources.NotificationRule) Facts {
		return Facts{Rules: map[string]sources.User{"UANN": {ID: "UANN", Rules: list, RulesRead: true}}}
	}
	policies := func(w Data) Data {
		w.Policies = append(slices.Clone(w.Policies), sources.Policy{ID: "P2", Name: "Search on call", Levels: []sources.Level{{Delay: time.Hour}}})
		w.OnCalls = append(slices.Clone(w.OnCalls), sources.OnCall{User: fixture.Ann, Policy: fixture.Ref("P2", "Search on call"), Level: 1})
		w.Extents.OnCalls = maps.Clone(w.Extents.OnCalls)
		if w.Extents.OnCalls != nil {
			w.Extents.OnCalls["P2"] = sources.Whole
		}
		return w
	}
	apart := []triage.Group{both[0], both[1]}
	apart[1].OwnerPolicyID = "P2"
	one := both[:1]
	for _, c := range []struct {
		name   string
		facts  Facts
		data   Data
		groups []triage.Group
		want   []string
		not    []string
	}{
		{"with a rule", rules(rule(0)), testData(FirstLine), one, []string{"Notified now:\n  Ann Berg, level 1 of Payments on call via"}, []string{"Not notified", "Nobody is notified", "for #"}},
		{"without a rule", rules(none), testData(FirstLine), one, []string{"Nobody is notified.\nNot notified:\n  Ann Berg, level 1", "NOT NOTIFIED"}, []string{"Notified now"}},
		{"rules not read", Facts{}, testData(FirstLine), one, []string{"Notified now:\n  Ann Berg"}, []string{"Not notified"}},
		{"too late", rules(rule(2 * time.Hour)), testData(FirstLine), one, []string{"Nobody is notified.\nNot notified:\n  Ann Berg"}, []string{"Notified now"}},
		{"two groups, one policy", Facts{}, testData(FirstLine), both, []string{"Notified now:\n  Ann Berg, level 1 of Payments on call via"}, []string{"for #", "for Checkout"}},
		{"two groups, two policies", Facts{}, policies(testData(FirstLine)), apart, []string{
			"Ann Berg, level 1 of Payments on call via Payments primary, for #12 Checkout errors, ",
			"Ann Berg, level 1 of Search on call, for #13 Search slow, ",
		}, nil},
		{"two groups, one resolved", Facts{}, testData(FirstLine), []triage.Group{both[0], fixture.GroupOf(fixture.ResolvedIncident("I3", fixture.Bo, fixture.Sunday))}, []string{"Notified now:\n  Ann Berg, level 1"}, []string{"for #"}},
	} {
		text := strings.Join(NewPlan(Request{Action: Escalate, Groups: c.groups, Reason: "why", Facts: c.facts}, c.data).Lines(), "\n")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: missing %q in\n%s", c.name, want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q in\n%s", c.name, not, text)
			}
		}
	}
}
