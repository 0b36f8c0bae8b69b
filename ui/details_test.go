package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/escalation"
	"firstline/internal/respond"
	"firstline/internal/rollout"
	"firstline/internal/triage"
	"firstline/internal/weekhours"
	"firstline/sources"
	"firstline/ui/pane"
)

// detailsOf is the details as text.
func detailsOf(t testing.TB, g triage.Group, width int) (plain, raw string) {
	t.Helper()
	h := newHarness(t, 120, 30, nil)
	s := &pane.Writer{Screen: h.m.Screen, Options: h.m.pane.Options}
	raw = strings.Join(s.DetailsContent(pane.DetailsOf{Group: g, Now: noon}, width).Lines, "\n")
	for _, line := range strings.Split(raw, "\n") {
		if got := s.WidthOf(line); got > width {
			t.Errorf("a line for %d cells is %d wide: %q", width, got, line)
		}
	}
	return ansi.Strip(raw), raw
}

func alertWith(source string, labels ...string) triage.Alert {
	a := triage.Alert{Sources: []string{source}}
	a.State, a.ActiveSince, a.Labels, a.Annotations = sources.AlertFiring, noon.Add(-time.Minute), map[string]string{}, map[string]string{"summary": "all say this"}
	for i := 0; i < len(labels); i += 2 {
		a.Labels[labels[i]] = labels[i+1]
	}
	return a
}

func TestDetailsShowWhatDiffersFirstAndTheRestOnce(t *testing.T) {
	g := triage.Group{State: triage.Firing, Alerts: []triage.Alert{
		alertWith("eu", "alertname", "Down", "job", "api", "pod", "a"),
		alertWith("us", "alertname", "Down", "job", "api", "pod", "b", "zone", "x"),
	}}
	text, _ := detailsOf(t, g, 60)
	for _, once := range []string{"job=api", "all say this", "pod=a", "pod=b  zone=x"} {
		if n := strings.Count(text, once); n != 1 {
			t.Errorf("%q stands %d times in\n%s", once, n, text)
		}
	}
	if strings.Index(text, "pod=b") > strings.Index(text, "job=api") {
		t.Errorf("what all have stands before what differs:\n%s", text)
	}
	// An alert alone has all its labels.
	text, _ = detailsOf(t, triage.Group{Alerts: g.Alerts[:1]}, 60)
	if !strings.Contains(text, "Down  firing since") || !strings.Contains(text, "job=api  pod=a") || strings.Contains(text, "All of them") {
		t.Errorf("one alert:\n%s", text)
	}
	// A storm is cut, but what all have is still shown.
	for i := range 2 * pane.MostAlerts {
		g.Alerts = append(g.Alerts, alertWith("eu", "alertname", "Down", "job", "api", "pod", fmt.Sprint(i)))
	}
	if text, _ = detailsOf(t, g, 60); !strings.Contains(text, "… and 202 more") || !strings.Contains(text, "job=api") {
		t.Error("a storm is not told as one")
	}
}

func TestDetailsSayWhatNoSingleSourceKnows(t *testing.T) {
	alert := alertWith("prom-eu", "alertname", "Down")
	alert.Sources = []string{"prom-eu", "prom-us"}
	g := triage.Group{
		State: triage.Triggered, Since: noon.Add(-time.Hour), Alerts: []triage.Alert{alert}, Stale: []string{"prom-us"},
		EscalatesAt: noon.Add(4 * time.Minute), EscalatesTo: []string{"Ben Ortiz", "Cho\x1b[31m Minh"}, AckEnds: noon.Add(12 * time.Minute),
		InhibitedBy: []string{"NodeDown"}, Flaps: 4, Unpaged: true, Why: "no route to PagerDuty",
		Silences: []sources.Silence{{
			EndsAt: noon.Add(2 * time.Hour), CreatedBy: "ann", Comment: "being replaced",
			Matchers: []sources.Matcher{{Name: "pod", Value: "a.*", Regex: true, Equal: true}},
		}},
	}
	text, _ := detailsOf(t, g, 72)
	quiet, _ := detailsOf(t, triage.Group{State: triage.Triggered, Over: triage.Over{State: triage.IsOver}, NotFiringSince: noon.Add(-time.Hour)}, 72)
	if !strings.Contains(quiet, "firing any more,") || !strings.Contains(quiet, "since 11:00 (1h ago)") {
		t.Errorf("since when nothing fires is missing:\n%s", quiet)
	}
	unread, _ := detailsOf(t, triage.Group{State: triage.Triggered, Urgency: "high", Incident: &sources.Incident{}, AlertsUnread: true, UnreadCount: 3}, 72)
	for _, want := range []string{"3 alerts not read yet", "Severity    not read yet", "Urgency     high"} {
		if !strings.Contains(unread, want) {
			t.Errorf("%q is missing:\n%s", want, unread)
		}
	}
	unsure, _ := detailsOf(t, triage.Group{State: triage.Firing, NotifiedUnknown: triage.NotifiedUnknown{Cause: triage.AlertsUnread, Incidents: 12}}, 100)
	if !strings.Contains(unsure, "it is not known whether somebody was paged, because the alerts of 12") || strings.Contains(unsure, "nobody") {
		t.Errorf("what is not known is not told as such:\n%s", unsure)
	}
	urgent, _ := detailsOf(t, triage.Group{State: triage.Triggered, Urgency: "high", Incident: &sources.Incident{AlertsRead: true}}, 72)
	if strings.Contains(urgent, "Severity") || !strings.Contains(urgent, "Urgency     high") {
		t.Errorf("urgency is told as a severity:\n%s", urgent)
	}
	for _, want := range []string{
		"flapping: began firing 4 times within the last hour", "nobody was paged: no route to PagerDuty", "inhibited by NodeDown", "the acknowledgement ends 12:12 (in 12m)",
		"escalates 12:04 (in 4m) to Ben Ortiz, Cho Minh", "prom-eu, prom-us ✗ can't be read",
		"14:00 (in 2h)", "ann", "“being replaced”", `pod=~"a.*"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

func TestDetailsHaveLinksThatCanBeOpened(t *testing.T) {
	long := "https://example.com/" + strings.Repeat("way/", 30)
	alert := alertWith("prom-eu", "alertname", "Down")
	alert.GeneratorURL, alert.Annotations["dashboard_url"] = long, "javascript:alert(1)"
	g := triage.Group{
		RunbookURL: "https://runbooks.example.com/down", Alerts: []triage.Alert{alert},
		Incident: &sources.Incident{
			URL: "https://example.pagerduty.com/incidents/Q1",
			Alerts: []sources.IncidentAlert{{Links: []sources.Link{
				{Text: "Dashboard", Href: "https://grafana.example.com/d/1"},
				{Text: "Graph", Href: "https://grafana.example.com/d/2", Image: "https://grafana.example.com/render/2.png"},
				{Text: "evil", Href: "file:///etc/passwd"},
				{Text: "worse", Href: "https://x/\x1b]8;;file:///\x07"},
			}}},
		},
	}
	text, raw := detailsOf(t, g, 60)
	hostile(t, raw)
	for _, url := range []string{
		long, "https://runbooks.example.com/down", "https://example.pagerduty.com/incidents/Q1",
		"https://grafana.example.com/d/1", "https://grafana.example.com/d/2", "https://grafana.example.com/render/2.png",
	} {
		if !strings.Contains(raw, ";"+url+"\x07") {
			t.Errorf("%s is no link:\n%q", url, raw)
		}
	}
	if !strings.Contains(text, "Dashboard") || strings.Contains(text, "evil") || strings.Contains(text, "javascript") {
		t.Errorf("the links' texts:\n%s", text)
	}
	if !strings.Contains(text, "expression  example.com/…/way\n") {
		t.Errorf("a long address is not short:\n%s", text)
	}
	// Each line of a link is one, and ends before the next field.
	if open, end := strings.Count(raw, "\x1b]8;id="), strings.Count(raw, "\x1b]8;;\x07"); open != end || open < 6 {
		t.Errorf("%d links begin and %d end", open, end)
	}
}

// The details name who follows, or say why nobody does, whatever else is doubted.
func TestDetailsOfWhoFollows(t *testing.T) {
	ann := escalation.Person{User: sources.Reference{ID: "UANN", Name: "Ann Berg"}}
	in30 := noon.Add(30 * time.Minute)
	for name, tt := range map[string]struct {
		state    triage.State
		at       time.Time
		f        escalation.Forecast
		say, not string
	}{
		"a doubt stands beside a name": {
			triage.Triggered, in30,
			escalation.Forecast{Next: []escalation.Stage{{Level: 2, People: []escalation.Person{ann}}}, Doubts: []string{"It may differ."}},
			"to level 2: Ann Berg It may differ.", "",
		},
		"a doubt hides no reason": {
			triage.Triggered, in30,
			escalation.Forecast{Next: []escalation.Stage{{Level: 2, Missing: "nobody is on call by Backup now"}}, Doubts: []string{"It may differ."}},
			"to whom is not known: nobody is on call by Backup now", "It may differ",
		},
		"acknowledged, directly": {
			triage.Acknowledged,
			time.Time{},
			escalation.Forecast{Via: sources.AssignedDirectly, End: escalation.End{Kind: escalation.Acknowledged, At: in30}},
			"nor after that, because it is assigned directly", "acknowledgement ends",
		},
		"acknowledged, low": {
			triage.Acknowledged,
			time.Time{},
			escalation.Forecast{Via: sources.AssignedByPolicy, Urgency: escalation.Low, End: escalation.End{Kind: escalation.Acknowledged}},
			"nor after that while its urgency is low", "",
		},
		"acknowledged, by policy": {
			triage.Acknowledged,
			time.Time{},
			escalation.Forecast{Via: sources.AssignedByPolicy, Urgency: escalation.High, End: escalation.End{Kind: escalation.Acknowledged}},
			"", "nor after that",
		},
	} {
		plain, _ := detailsOf(t, triage.Group{State: tt.state, EscalatesAt: tt.at, Escalation: &tt.f}, 90)
		text := strings.Join(strings.Fields(plain), " ")
		if !strings.Contains(text, tt.say) || tt.not != "" && strings.Contains(text, tt.not) {
			t.Errorf("%s: want %q and not %q in\n%s", name, tt.say, tt.not, plain)
		}
	}
}

// Long comments of silences fold as long notes do, have their own lines, and are
// whole on request.
func TestLongCommentsFold(t *testing.T) {
	h := newHarness(t, 120, 30, nil)
	s := &pane.Writer{Screen: h.m.Screen, Options: h.m.pane.Options}
	lines := func(n int) string { return strings.TrimSpace(strings.Repeat("a line\n", n)) }
	for _, c := range []struct {
		name, comment string
		whole         bool
		rows          int // of the comment; 0: no comment
		more          string
	}{
		{"none", "", false, 0, ""},
		{"blank", " \n ", false, 0, ""},
		{"one line", "deploying", false, 1, ""},
		{"a short one", lines(3), false, 3, ""},
		{"just not long", lines(8), false, 8, ""},
		{"long", lines(9), false, 7, "… 3 more lines, R shows them"},
		{"very long", lines(400), false, 7, "… 394 more lines, R shows them"},
		{"one line that wraps", strings.Repeat("word ", 300), false, 7, "more lines, R shows them"},
		{"long, whole", lines(9), true, 9, ""},
		{"very long, whole", lines(400), true, 400, ""},
		{"control characters", "a\x1b[31m\nb", false, 2, ""},
	} {
		g := triage.Group{State: triage.Silenced, Silences: []sources.Silence{{ID: "s", CreatedBy: "ann", Comment: c.comment, EndsAt: noon.Add(time.Hour)}}}
		text := ansi.Strip(strings.Join(s.DetailsContent(pane.DetailsOf{Group: g, Now: noon, Whole: c.whole}, 80).Lines, "\n"))
		rows, inside := 0, false
		for line := range strings.SplitSeq(text, "\n") {
			if label := strings.TrimSpace(line[:min(len(line), pane.LabelWidth)]); label != "" {
				inside = label == "Comment"
			}
			if inside && strings.TrimSpace(line) != "" {
				rows++
			}
		}
		if rows != c.rows || !strings.Contains(text, c.more) || (c.more == "") == strings.Contains(text, "more line") {
			t.Errorf("%s: %d rows, want %d, %q\n%s", c.name, rows, c.rows, c.more, text)
		}
	}
}

// R folds and unfolds on the details too.
func TestKeyUnfoldsComments(t *testing.T) {
	h := newHarness(t, 140, 40, nil)
	snapshots := story(noon)
	snapshots[2].Data.Silences[0].Comment = strings.Repeat("why\n", 14) + "the end"
	h.send(snapshotsMsg{list: snapshots})
	h.put("NodeDown")
	h.press("2")
	h.reads("… 9 more lines, R shows them")
	h.seesNot("the end")
	h.press("R")
	h.reads("the end")
}

func TestDetailsShowOriginals(t *testing.T) {
	a := alertWith("am", "alertname", "Down", "job", "api")
	a.Originals = []map[string]string{{"alertname": "Down", "job": "api", "pod": "a"}, {"alertname": "Down", "job": "api", "pod": "b\x1b[31m"}}
	text, _ := detailsOf(t, triage.Group{State: triage.Firing, Alerts: []triage.Alert{a}}, 100)
	if !strings.Contains(text, "2 alerts there, which alert_relabel_configs make one: pod=a; pod=b") || strings.Contains(text, "\x1b") {
		t.Error(text)
	}
}

// The details name the stage of a service that is not in full.
func TestDetailsNameTheStage(t *testing.T) {
	hours, err := weekhours.Parse("Mon-Fri 09:00-17:00 Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for stage, want := range map[rollout.Stage]string{
		rollout.Shadow: "shadow: firstline notifies nobody", rollout.BusinessHours: "business-hours: developers are notified Mon-Fri 09:00-17:00 Europe/Berlin; now ", rollout.Full: "",
	} {
		g := triage.Group{ID: "G1", Title: "It hurts", Service: "checkout", State: triage.Firing}
		say := stageOf(respond.Settings{Services: map[string]respond.ServiceSettings{"checkout": {Stage: stage, Hours: hours}}})
		h := newHarness(t, 120, 30, nil)
		s := &pane.Writer{Screen: h.m.Screen, Options: h.m.pane.Options}
		s.Options.Stage = say
		text := ansi.Strip(strings.Join(s.DetailsContent(pane.DetailsOf{Group: g, Now: noon}, 100).Lines, "\n"))
		if !strings.Contains(text, want) || strings.Contains(text, "Stage") != (want != "") {
			t.Errorf("%s:\n%s", stage, text)
		}
	}
}
