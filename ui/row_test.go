package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/list"
)

func clockUTC(t time.Time) string { return t.UTC().Format("15:04") }

// What is assigned to nobody says so at each width, and that nobody knows who has
// it is another case.
func TestRowsAndDetailsOfNobody(t *testing.T) {
	s := newHarness(t, 120, 30, nil).m.list
	none, untold := []sources.Assignment{}, []sources.Assignment(nil)
	for _, c := range []struct {
		width   int
		people  []sources.Assignment
		status  sources.IncidentStatus
		why     string
		firing  int
		row     string
		details []string
	}{
		{200, none, sources.Triggered, "nobody is on call at Ops", 0, "nobody notified: nobody is on call at Ops", []string{"Assigned    to nobody", "nobody was notified: nobody is on call at Ops"}},
		{200, none, sources.Triggered, "", 0, "assigned to nobody", []string{"assigned to nobody, why is unknown"}},
		{118, none, sources.Triggered, "nobody is on call at Ops", 2, "2 firing, nobody notified", nil},
		{88, none, sources.Triggered, "nobody is on call at Ops", 0, "nobody notified", nil},
		{78, none, sources.Triggered, "nobody is on call at Ops", 2, "none notified  nobody", nil},
		{118, none, sources.Triggered, "", 2, "2 firing, assigned to nobody", nil},
		{78, none, sources.Triggered, "", 2, "nobody has it  nobody", nil},
		{58, none, sources.Triggered, "nobody is on call at Ops", 2, "none notified  nobody", nil},
		{58, none, sources.Triggered, "", 2, "nobody has it  nobody", nil},
		{78, untold, sources.Triggered, "nobody is on call at Ops", 2, "2 firing       ?", []string{"Assigned    unknown, because PagerDuty did not say who has it"}},
		{78, untold, sources.Triggered, "", 0, "paged: unknown ?", nil},
		{78, untold, sources.Acknowledged, "", 0, "acked          ?", []string{"Acked by    unknown, because PagerDuty did not say by whom"}},
	} {
		in := &sources.Incident{AlertsRead: true, Status: c.status, Assignments: c.people}
		g := triage.Group{State: triage.State(c.status), Incident: in, WhyNobody: c.why, Title: "x"}
		for range c.firing {
			g.Alerts = append(g.Alerts, triage.Alert{Alert: sources.Alert{State: sources.AlertFiring}})
		}
		if line := ansi.Strip(s.DrawRow(list.RowKey{Row: list.NewRow(g, triage.Shared{}, nil, noon, clockUTC), Width: c.width})); !strings.Contains(line, " "+c.row) {
			t.Errorf("at %d: %q, want %q", c.width, line, c.row)
		}
		text, _ := detailsOf(t, g, 72)
		for _, want := range c.details {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " ")) {
				t.Errorf("the details lack %q:\n%s", want, text)
			}
		}
	}
}

func TestRowsOfWhatIsNullOrDeleted(t *testing.T) {
	for _, c := range []struct {
		name     string
		incident sources.Incident
		service  string
		title    string
		who      string
	}{
		{"all null", sources.Incident{}, "no service", "(no title)", "?"},
		{"a deleted service", sources.Incident{Service: sources.Reference{ID: "P1", Deleted: true}, Title: "x"}, "a deleted service", "x", "?"},
		{"one with a name", sources.Incident{Service: sources.Reference{ID: "P1", Name: "shop", Deleted: true}, Title: "x"}, "shop (deleted)", "x", "?"},
		{"only its id", sources.Incident{Service: sources.Reference{ID: "P1"}, Title: "x"}, "an unnamed service", "x", "?"},
	} {
		for _, number := range []int{0, 12} {
			c.incident.Number, c.incident.AlertsRead = number, true
			g := triage.Group{ID: "P1", Incident: &c.incident, Service: c.incident.Service.Name, Title: c.incident.Title, State: triage.Triggered}
			if r := list.NewRow(g, triage.Shared{}, nil, noon, clockUTC); r.Service != c.service || r.Title != c.title || r.Who != c.who {
				t.Errorf("%s: %q %q %q", c.name, r.Service, r.Title, r.Who)
			}
			text, _ := detailsOf(t, g, 72)
			if !strings.Contains(text, c.service) {
				t.Errorf("%s: the details lack %q:\n%s", c.name, c.service, text)
			}
		}
	}
	deleted := sources.Reference{ID: "P1", Deleted: true}
	text, _ := detailsOf(t, triage.Group{Incident: &sources.Incident{
		Policy: deleted, Assignments: []sources.Assignment{{User: deleted}}, Acknowledgers: []sources.Assignment{{User: sources.Reference{}}},
		Responders: []sources.Responder{{User: deleted, State: "pending"}},
	}}, 72)
	for _, want := range []string{"Policy      a deleted escalation policy", "Assigned    a deleted user", "Acked by    no user", "Asked       a deleted user (not answered yet)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the details lack %q:\n%s", want, text)
		}
	}
}

// What a row says of alerts and titles, wherever the title names none.
func TestRowsSayWhatIsWrong(t *testing.T) {
	alert := func(name, severity string, state sources.AlertState) triage.Alert {
		return triage.Alert{
			Alert:    sources.Alert{Labels: map[string]string{"alertname": name, "severity": severity}, State: state},
			Severity: triage.SeverityOf(severity),
		}
	}
	fires := sources.AlertFiring
	several := []triage.Alert{alert("DiskFull", "warning", fires), alert("CertExpiring", "warning", fires), alert("QueueStuck", "critical", fires), alert("DiskFull", "warning", fires)}
	in := &sources.Incident{ID: "P1", Number: 7, Assignments: []sources.Assignment{{User: sources.Reference{ID: "PANN", Name: "Ann"}}}}
	for _, c := range []struct {
		name  string
		g     triage.Group
		title string
		note  string
	}{
		{"grouped by nothing", triage.Group{ID: "P1", Incident: in, Title: "[FIRING:4] ", Alerts: several}, "QueueStuck, DiskFull, CertExpiring", "4 firing"},
		{"grouped by namespace", triage.Group{ID: "P1", Incident: in, Title: "[FIRING:4] shop (monitoring/k8s)", Alerts: several}, "QueueStuck, DiskFull, CertExpiring: shop (monitoring/k8s)", "4 firing"},
		{"the title names a lesser one", triage.Group{ID: "P1", Incident: in, Title: "[FIRING:1] DiskFull db", Alerts: several}, "QueueStuck, DiskFull, CertExpiring: DiskFull db", "4 firing"},
		{"the title names it", triage.Group{ID: "P1", Incident: in, Title: "[FIRING:9] QueueStuck mq (critical)", Alerts: several}, "QueueStuck mq (critical)", "4 firing"},
		{"many names", triage.Group{ID: "P1", Incident: in, Title: "[FIRING:9]", Alerts: append(several[:3:3], alert("A", "info", fires), alert("B", "none", fires))}, "QueueStuck, DiskFull, CertExpiring and 2 more", "5 firing"},
		{"what is quiet does not fire", triage.Group{ID: "P1", Incident: in, Title: "[FIRING:3] X", Alerts: []triage.Alert{alert("X", "critical", sources.AlertInhibited), alert("X", "critical", fires), alert("X", "critical", sources.AlertSilenced)}}, "X", "1 firing"},
		{"a silenced critical one is not the gravest", triage.Group{ID: "P1", Incident: in, Title: "[FIRING:2]", Alerts: []triage.Alert{alert("Loud", "warning", fires), alert("Quiet", "critical", sources.AlertSilenced)}}, "Loud, Quiet", "1 firing"},
		{"without alerts, by what was told", triage.Group{ID: "P1", Incident: in, Title: "[FIRING:2]", SentNames: []string{"DiskFull"}, Over: triage.Over{State: triage.OverUnknown, Because: "prom does not answer"}}, "DiskFull", "paged, firing unknown: prom does not answer"},
		{"the rule fails", triage.Group{ID: "P1", Incident: in, State: triage.Acknowledged, Title: "DiskFull", Alerts: several[:1], Over: triage.Over{State: triage.OverUnknown, Because: "the rule X of p fails"}}, "DiskFull", "acked, firing unknown: the rule X of p fails"},
		{"opened by hand", triage.Group{ID: "P1", Incident: in, Title: "Mail is slow", Over: triage.Over{State: triage.OverUnknown, Because: "x"}}, "Mail is slow", "paged"},
		{"HTML", triage.Group{ID: "P1", Incident: in, Title: "<b>Down</b> &amp; out<br>now"}, "Down & out now", "paged"},
		{"other incidents", triage.Group{ID: "P1", Incident: in, Title: "X", Alerts: several[:1], Incidents: []*sources.Incident{{ID: "P0", Number: 6}, in}}, "DiskFull: X", "1 firing, also #6"},
		{"a missing heartbeat", triage.Group{ID: "0", State: triage.Firing, Title: "Watchdog is missing at prom", Missing: "prom", Why: "prom does not fire it"}, "Watchdog is missing at prom", "prom does not fire it"},
		{"nothing at all", triage.Group{ID: "P1", Incident: in}, "(no title)", "paged"},
	} {
		r := list.NewRow(c.g, triage.Shared{}, nil, noon, func(t time.Time) string { return t.Format("15:04") })
		note := slices.DeleteFunc(r.Notes[:], func(s string) bool { return s == "" })[0]
		if r.Title != c.title || note != c.note {
			t.Errorf("%s: %q, %q; want %q, %q", c.name, r.Title, note, c.title, c.note)
		}
	}
	over := alert("Flappy", "critical", fires)
	over.KeepFiringSince = noon.Add(-time.Minute)
	r := list.NewRow(triage.Group{ID: "P1", Incident: in, Title: "Flappy", Alerts: []triage.Alert{over}}, triage.Shared{}, nil, noon, func(t time.Time) string { return t.Format("15:04") })
	if !slices.Contains(r.Notes[:], "1 firing, condition over since 11:59") {
		t.Errorf("notes %q", r.Notes)
	}
}
