package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/history"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/pane"
)

func TestLinksOfAGroup(t *testing.T) {
	in := func(url, bridge string, hrefs ...string) *sources.Incident {
		i := &sources.Incident{URL: url, Conference: sources.Conference{URL: bridge}}
		for _, h := range hrefs {
			i.Alerts = append(i.Alerts, sources.IncidentAlert{Links: []sources.Link{{Href: h}}})
		}
		return i
	}
	alert := func(graph, dashboard string) triage.Alert {
		return triage.Alert{Alert: sources.Alert{GeneratorURL: graph, Annotations: map[string]string{"dashboard_url": dashboard}}}
	}
	for _, c := range []struct {
		name  string
		group triage.Group
		want  string
	}{
		{"none", triage.Group{}, ""},
		{"the incident", triage.Group{Incident: in("https://pd/1", "")}, "incident https://pd/1"},
		{"with a bridge", triage.Group{Incident: in("https://pd/1", "https://meet/1")}, "incident https://pd/1, bridge https://meet/1"},
		{"a bridge by phone", triage.Group{Incident: &sources.Incident{URL: "https://pd/1", Conference: sources.Conference{Number: "+49 1"}}}, "incident https://pd/1"},
		{
			"all",
			triage.Group{Incident: in("https://pd/1", "https://meet/1", "https://wiki/1"), RunbookURL: "https://rb/1", Alerts: []triage.Alert{alert("https://prom/1", "https://grafana/1")}},
			"incident https://pd/1, bridge https://meet/1, runbook https://rb/1, dashboard https://grafana/1, graph https://prom/1, link https://wiki/1",
		},
		{"each once", triage.Group{RunbookURL: "https://rb/1", Alerts: []triage.Alert{alert("https://prom/1", ""), alert("https://prom/1", "https://rb/1")}}, "runbook https://rb/1, graph https://prom/1"},
		{"two graphs", triage.Group{Alerts: []triage.Alert{alert("https://prom/1", ""), alert("https://prom/2", "")}}, "graph https://prom/1, graph https://prom/2"},
		{"no web page", triage.Group{Incident: in("javascript:alert(1)", "file:///etc/passwd"), RunbookURL: "runbooks/x.md", Alerts: []triage.Alert{alert("ftp://x", "")}}, ""},
		{"steering characters", triage.Group{RunbookURL: "https://rb/\x1b[31m"}, ""},
	} {
		var got []string
		for _, l := range pane.LinksOf(c.group) {
			got = append(got, l.Name+" "+l.Address)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, strings.Join(got, ", "), c.want)
		}
	}
}

// withRequest adds a request to the person at the screen, on another's incident.
func withRequest(h *harness) {
	changed := story(noon)[0]
	for i := range changed.Data.Incidents {
		if in := &changed.Data.Incidents[i]; in.ID == "Q2REPLICA" {
			in.Responders = []sources.Responder{{User: userReference(dana), State: "pending", By: sources.Reference{ID: "PU4", Name: "User 4"}, At: noon.Add(-2 * time.Minute), Message: "The replica \x1b[31mis yours."}}
			in.Conference = sources.Conference{Number: "+49 30 1234", URL: "https://meet.example.com/replica"}
			in.Pending = append(in.Pending, sources.PendingAction{Type: "resolve", At: noon.Add(2 * time.Hour)})
		}
	}
	h.send(snapshotsMsg{list: []sources.Snapshot{changed}})
}

func TestARequestToJoinIsOnTop(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
		var opened string
		h := withStory(t, size[0], size[1], func(o *Options) {
			newAccount().with(o)
			o.OpenURL = func(url string) error { opened = url; return nil }
		})
		withRequest(h)
		h.put("Q2REPLICA")
		if size[0] == 200 {
			h.list("asked to join by User 4")
		} else {
			h.list("join")
		}
		if h.m.list.Cursor > 1 { // one's own triggered incident is urgent as well
			t.Errorf("it does not stand on top:\n%s", h.screen())
		}
		text, _ := detailsOf(t, *h.m.list.Current(), 70)
		for _, want := range []string{"asked to join by User 4", "The replica is yours.", "o opens the incident", "no call for it", "+49 30 1234", "meet.example.com/replica", "resolves by itself"} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
		h.press("o")
		h.reads("Open in the browser", "incident", "bridge")
		h.press("2")
		if opened != "https://meet.example.com/replica" {
			t.Errorf("opened %q", opened)
		}
		h.press("y", "down", "enter")
		if h.clipboard != "https://meet.example.com/replica" {
			t.Errorf("copied %q", h.clipboard)
		}
	}
}

func TestAlertsOfAnIncidentAreCounted(t *testing.T) {
	incident := func(n, open, count int, read bool) *sources.Incident {
		i := &sources.Incident{ID: "P1", AlertCount: count, AlertsRead: read}
		for k := range n {
			a := sources.IncidentAlert{Summary: fmt.Sprintf("alert %03d", k), Status: sources.Resolved}
			if k >= n-open {
				a.Status = sources.Triggered
			}
			i.Alerts = append(i.Alerts, a)
		}
		return i
	}
	for _, c := range []struct {
		name           string
		incident       *sources.Incident
		want, unwanted []string
	}{
		{"one", incident(1, 1, 1, true), []string{"alert 000"}, []string{"Alerts of the incident"}},
		{"two", incident(2, 2, 2, true), []string{"2 of 2"}, []string{"besides"}},
		{"none open", incident(3, 0, 3, true), []string{"0 of 3"}, nil},
		{"300, 20 open", incident(300, 20, 300, true), []string{"20 of 300", "besides: 280 alerts", "alert 299", "… and 80 more"}, []string{"alert 279\n"}},
		{"300, all open", incident(300, 300, 300, true), []string{"300 of 300", "alert 000"}, nil},
		{"the first of 300", incident(1, 1, 300, false), []string{"1 of 300 read", "not known yet"}, []string{"1 of 300\n"}},
		{"none of 300", incident(0, 0, 300, false), []string{"0 of 300 read"}, []string{"0 of 300\n"}},
		{"all there, PagerDuty's count is old", incident(5, 2, 3, true), []string{"2 of 5"}, nil},
	} {
		text, _ := detailsOf(t, triage.Group{Incident: c.incident}, 70)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", c.name, want, text)
			}
		}
		for _, unwanted := range c.unwanted {
			if strings.Contains(text, unwanted) {
				t.Errorf("%s: %q is in\n%s", c.name, unwanted, text)
			}
		}
	}
}

func TestBodiesOfMailsAreText(t *testing.T) {
	body := "<html><head><style>p{}</style></head><body><p>Disk &amp; inodes of <b>db-2</b> full</p><ul><li>90%</li></ul><script>x()</script></body></html>"
	g := triage.Group{Incident: &sources.Incident{Alerts: []sources.IncidentAlert{{Summary: "mail", Details: map[string]any{"body": body}}}}}
	text, _ := detailsOf(t, g, 70)
	if !strings.Contains(text, "Disk & inodes of db-2 full") || strings.Contains(text, "<p>") || strings.Contains(text, "x()") || strings.Contains(text, "p{}") {
		t.Errorf("the body is\n%s", text)
	}
}

func TestLongNotesFold(t *testing.T) {
	m := newHarness(t, 120, 30, nil).m
	s := &pane.Writer{Screen: m.Screen, Options: m.pane.Options}
	for _, c := range []struct {
		lines int
		whole bool
		rows  int
		more  string
	}{
		{1, false, 1, ""},
		{6, false, 6, ""},
		{8, false, 8, ""},
		{9, false, 7, "… 3 more lines"},
		{10, false, 7, "… 4 more lines"},
		{500, false, 7, "… 494 more lines"},
		{500, true, 500, ""},
		{9, true, 9, ""},
	} {
		rows := s.NoteRows(strings.TrimSuffix(strings.Repeat("line\n", c.lines), "\n"), 60, c.whole)
		last := rows[len(rows)-1]
		if len(rows) != c.rows || c.more == "" && strings.Contains(last, "more") || !strings.Contains(last, c.more) {
			t.Errorf("%+v: %d rows, the last %q", c, len(rows), last)
		}
	}
	c := newChronicle()
	c.events = append(c.events, history.Event{At: noon, Kind: history.Noted, By: "Dana Diaz", Text: strings.Repeat("line\n", 20) + "the end", Source: history.FromPagerDuty})
	h := withStory(t, 120, 40, c.with)
	h.put("Q1CHECKOUT")
	h.press("R")
	h.status("no notes are on the screen")
	h.press("3")
	h.reads("… 15 more lines, R shows them")
	h.press("R")
	h.reads("the end")
	h.press("R")
	h.seesNot("the end")
}
