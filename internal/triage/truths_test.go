package triage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"firstline/internal/labelset"
	"firstline/internal/routing"
	"firstline/sources"
)

func TestReferences(t *testing.T) {
	for _, c := range []struct {
		name                string
		annotations, labels map[string]string
		want                string // "text|anchor|values|from", space between
	}{
		{"an annotation", map[string]string{"runbook_url": "https://r.example.com/a"}, nil, "https://r.example.com/a||map[]|runbook_url"},
		{"any case", map[string]string{"RunbookURL": "https://r.example.com/a"}, nil, "https://r.example.com/a||map[]|RunbookURL"},
		{"a label, relative", nil, map[string]string{"playbook": "docs/support/playbook/billing/disk"}, "docs/support/playbook/billing/disk||map[]|playbook"},
		{"a label, absolute", nil, map[string]string{"playbook": "https://docs.example.com/docs/disk"}, "https://docs.example.com/docs/disk||map[]|playbook"},
		{"a label runbook_url", nil, map[string]string{"runbook_url": "https://git.example.com/x/disk.md"}, "https://git.example.com/x/disk.md||map[]|runbook_url"},
		{"a relative annotation", map[string]string{"runbook": "docs/disk.md"}, nil, "docs/disk.md||map[]|runbook"},
		{"an anchor", map[string]string{"runbook_url": "/docs/disk.md#disk"}, nil, "/docs/disk.md#disk|disk|map[]|runbook_url"},
		{"an anchor with values", map[string]string{"runbook_url": "https://r.example.com/a#disk?HOST=db-1&N=2"}, nil, "https://r.example.com/a#disk|disk|map[HOST:db-1 N:2]|runbook_url"},
		{"values of the address stay", map[string]string{"runbook_url": "https://r.example.com/a?x=1#disk"}, nil, "https://r.example.com/a?x=1#disk|disk|map[]|runbook_url"},
		{"Slack's form", map[string]string{"runbook": "<https://r.example.com/a|the runbook>"}, nil, "https://r.example.com/a||map[]|runbook"},
		{"Slack's form without a text", map[string]string{"runbook": "<https://r.example.com/a>"}, nil, "https://r.example.com/a||map[]|runbook"},
		{"Markdown", map[string]string{"sop": "[runbook](https://r.example.com/a)"}, nil, "https://r.example.com/a||map[]|sop"},
		{"HTML", map[string]string{"runbook": `<a href="https://r.example.com/a">here</a>`}, nil, "https://r.example.com/a||map[]|runbook"},
		{"in a sentence", map[string]string{"runbook": "See https://r.example.com/a."}, nil, "https://r.example.com/a||map[]|runbook"},
		{"other names", map[string]string{"documentation": "https://r.example.com/a", "runbook_link": "https://r.example.com/b", "playbook_url": "https://r.example.com/c"}, nil, "https://r.example.com/b||map[]|runbook_link https://r.example.com/c||map[]|playbook_url https://r.example.com/a||map[]|documentation"},
		{"the same twice", map[string]string{"runbook": "https://r.example.com/a"}, map[string]string{"runbook_url": "https://r.example.com/a"}, "https://r.example.com/a||map[]|runbook"},
		{"annotations before labels", map[string]string{"runbook": "a.md"}, map[string]string{"playbook": "b/c"}, "a.md||map[]|runbook b/c||map[]|playbook"},
		{"a failed template", map[string]string{"runbook_url": "<error expanding template: x>"}, nil, ""},
		{"a word", map[string]string{"runbook": "none"}, nil, ""},
		{"a sentence", map[string]string{"runbook": "ask the team / look at the wiki"}, nil, ""},
		{"code", map[string]string{"runbook_url": "javascript:alert(1)"}, nil, ""},
		{"a file's address", map[string]string{"runbook_url": "file:///etc/passwd"}, nil, ""},
		{"a user in it", map[string]string{"runbook_url": "https://u:p@r.example.com/a"}, nil, ""},
		{"a link that is no path", map[string]string{"link": "a/b"}, nil, ""},
		{"none", map[string]string{"summary": "https://r.example.com/a"}, map[string]string{"team": "a/b"}, ""},
	} {
		a := metricAlert("alertname=X service=s")
		a.Annotations = c.annotations
		for name, value := range c.labels {
			a.Labels[name] = value
		}
		g := Join([]sources.Snapshot{metrics(sources.Data{Alerts: []*sources.Alert{a}})}, Options{}, testNow)[0]
		var got []string
		for _, r := range g.References {
			got = append(got, fmt.Sprintf("%s|%s|%v|%s", r.Text, r.Anchor, r.Values, r.From))
			if r.URL != "" && r.URL != r.Text {
				t.Errorf("%s: URL %q of %q", c.name, r.URL, r.Text)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
	a := metricAlert("alertname=X service=s wiki_page=https://wiki.example.com/x")
	a.Annotations = map[string]string{"runbook_url": "https://r.example.com/a"}
	g := Join([]sources.Snapshot{metrics(sources.Data{Alerts: []*sources.Alert{a}})}, Options{References: []string{"Wiki-Page"}}, testNow)[0]
	if len(g.References) != 1 || g.RunbookURL != "https://wiki.example.com/x" {
		t.Errorf("configured names: %+v, %q", g.References, g.RunbookURL)
	}
}

// Owner, severity and runbook are the most severe alert's, and several are
// named.
func TestTheGravestAlertDecides(t *testing.T) {
	alert := func(labels string, change func(*sources.Alert)) *sources.Alert {
		a := with(routedAlert(labels), func(a *sources.Alert) {
			a.Annotations = map[string]string{"runbook_url": "https://r.example.com/" + a.Name()}
		})
		if change != nil {
			change(a)
		}
		return a
	}
	silenced := func(a *sources.Alert) { a.State = sources.AlertSilenced }
	old := func(a *sources.Alert) { a.ActiveSince = at(-600) }
	shop := []*sources.Alert{
		alert("alertname=DiskFull service=db team=db-team severity=warning", old),
		alert("alertname=CertExpiring service=web team=web-team severity=warning", nil),
		alert("alertname=QueueStuck service=mq team=mq-team severity=critical", nil),
		alert("alertname=DiskFull service=cache team=cache-team severity=warning", nil),
	}
	for _, c := range []struct {
		name                    string
		alerts                  []*sources.Alert
		service, team, severity string
		services, teams         int
		runbook                 string
	}{
		{"four of four services", shop, "mq", "mq-team", "critical", 4, 4, "QueueStuck"},
		{"one", shop[:1], "db", "db-team", "warning", 1, 1, "DiskFull"},
		{"equally grave: the oldest, not the first in the alphabet", []*sources.Alert{shop[1], shop[3], shop[0]}, "db", "db-team", "warning", 3, 3, "DiskFull"},
		{"a silenced one decides nothing", []*sources.Alert{shop[0], alert("alertname=Z service=a team=a severity=critical", silenced)}, "db", "db-team", "warning", 2, 2, "DiskFull"},
		{"the gravest tells no team", []*sources.Alert{shop[0], alert("alertname=Z service=z severity=P1", nil)}, "z", "db-team", "critical", 2, 1, "Z"},
		{"the gravest tells no service", []*sources.Alert{shop[0], alert("alertname=Z team=z severity=P1", nil)}, "db", "z", "critical", 1, 2, "Z"},
		{"many against one", []*sources.Alert{shop[0], alert("alertname=DiskFull service=db team=db-team severity=warning pod=b", nil), shop[2]}, "mq", "mq-team", "critical", 2, 2, "QueueStuck"},
		{"an unknown word beside info", []*sources.Alert{alert("alertname=A service=a team=a severity=info", nil), alert("alertname=B service=b team=b severity=gold", nil)}, "b", "b", "gold", 2, 2, "B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			const routing = "route: {receiver: pd}\nreceivers: [{name: pd, pagerduty_configs: [{}]}]"
			groups := Join([]sources.Snapshot{manager(sources.Data{Routing: routing, Alerts: c.alerts})}, Options{}, testNow)
			if len(groups) != 1 {
				t.Fatalf("%d groups", len(groups))
			}
			g := groups[0]
			if g.Service != c.service || g.Team != c.team || g.SeverityName() != c.severity || len(g.Services) != c.services || len(g.Teams) != c.teams || g.RunbookURL != "https://r.example.com/"+c.runbook {
				t.Errorf("%s, %s, %s, %v, %v, %s", g.Service, g.Team, g.SeverityName(), g.Services, g.Teams, g.RunbookURL)
			}
			if names := g.AlertNames(); names[0] != c.runbook {
				t.Errorf("names %v", names)
			}
		})
	}
}

func TestHeartbeats(t *testing.T) {
	beat := metricAlert("alertname=Watchdog severity=none")
	rule := evaluated("Watchdog")
	rule[0].Query, rule[0].State = "vector(1)", "firing"
	still := evaluated("Watchdog")
	still[0].Query = "vector(1)"
	failing := evaluated("Watchdog")
	failing[0].Health, failing[0].LastError = "err", "oh"
	inhibitor := evaluated("InfoInhibitor")
	inhibitor[0].Query = `ALERTS{severity="info"} == 1 unless on (namespace) ALERTS{severity=~"warning|critical"} == 1`
	prom := metrics
	part := func(s sources.Snapshot) sources.Snapshot { s.Data.Extents.Rules.Missing = "x"; return s }
	for _, c := range []struct {
		name      string
		snapshots []sources.Snapshot
		o         Options
		want      []string // titles
	}{
		{"there", []sources.Snapshot{prom(sources.Data{Alerts: []*sources.Alert{beat}, Rules: rule})}, Options{}, nil},
		{"at Alertmanager", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=Watchdog"), routedAlert("alertname=InfoInhibitor namespace=a")}})}, Options{}, nil},
		{"missing", []sources.Snapshot{prom(sources.Data{Rules: still})}, Options{}, []string{"Watchdog is missing at prom"}},
		{"its rule fails", []sources.Snapshot{prom(sources.Data{Rules: failing})}, Options{}, []string{"Watchdog is missing at prom"}},
		{"no rule of it", []sources.Snapshot{prom(sources.Data{})}, Options{}, nil},
		{"the source does not answer", []sources.Snapshot{failingSnapshot(prom(sources.Data{Rules: still}))}, Options{}, nil},
		{"the source answers in part", []sources.Snapshot{part(prom(sources.Data{Rules: still}))}, Options{}, nil},
		{"one of two has none", []sources.Snapshot{prom(sources.Data{Rules: still}), snapshot(sources.Prometheus, "us", sources.Data{Rules: rule, Alerts: []*sources.Alert{beat}})}, Options{}, []string{"Watchdog is missing at prom"}},
		{"InfoInhibitor is often not there", []sources.Snapshot{prom(sources.Data{Rules: inhibitor})}, Options{}, nil},
		{"another name", []sources.Snapshot{prom(sources.Data{Alerts: []*sources.Alert{beat, metricAlert("alertname=DeadMansSwitch")}})}, Options{Heartbeats: []string{"DeadMansSwitch"}}, []string{"Watchdog"}},
		{"none are heartbeats", []sources.Snapshot{prom(sources.Data{Alerts: []*sources.Alert{beat}})}, Options{Heartbeats: []string{}}, []string{"Watchdog"}},
		{"beside others in a group", []sources.Snapshot{manager(sources.Data{Routing: "route: {receiver: a}", Alerts: []*sources.Alert{routedAlert("alertname=Watchdog"), routedAlert("alertname=X")}})}, Options{}, []string{"X"}},
		{"paged alone", []sources.Snapshot{
			manager(sources.Data{Routing: simpleRouting, Alerts: []*sources.Alert{routedAlert("alertname=Watchdog")}}), pagerDuty(incident("P1", sent(keyFor("alertname=Watchdog"), nil))),
		}, Options{}, []string{"incident P1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, g := range Join(c.snapshots, c.o, testNow) {
				got = append(got, g.Title)
				if strings.Contains(g.Title, "missing") && (g.Missing != "prom" || g.State != Firing || g.Why == "" || len(g.ID) != 12) {
					t.Errorf("%+v", g)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("rows %q, want %q", got, c.want)
			}
		})
	}
}

func failingSnapshot(s sources.Snapshot) sources.Snapshot { s.Err = errDown; return s }

func TestTimeIntervalsAreComputed(t *testing.T) {
	// testNow is Sunday, 22 November 2026, 21:00 UTC.
	routing := func(route, intervals string) string {
		return "route:\n  receiver: none\n  group_by: [alertname]\n  routes: [{receiver: pd, matchers: ['team=\"web\"'], " + route + "}]\n" + intervals +
			"\nreceivers: [{name: none}, {name: pd, pagerduty_configs: [{}]}]\n"
	}
	intervals := func(s string) string { return "time_intervals: [{name: i, time_intervals: [" + s + "]}]" }
	const mute, active = "mute_time_intervals: [i]", "active_time_intervals: [i]"
	const notified, muted, outside = "no PagerDuty incident", "muted by the time interval i", "muted outside the time interval i"
	for _, c := range []struct {
		name, route, intervals, version, want string
	}{
		{"always", mute, intervals("{times: [{start_time: '00:00', end_time: '24:00'}]}"), "0.25.0", muted},
		{"now", mute, intervals("{times: [{start_time: '20:30', end_time: '21:30'}]}"), "0.25.0", muted},
		{"not now", mute, intervals("{times: [{start_time: '09:00', end_time: '17:00'}]}"), "0.25.0", notified},
		{"this day", mute, intervals("{weekdays: ['saturday', 'sunday']}"), "0.27.0", muted},
		{"another day", mute, intervals("{weekdays: ['monday:friday']}"), "0.27.0", notified},
		{"in another zone", mute, intervals("{times: [{start_time: '06:00', end_time: '08:00'}], location: 'Asia/Tokyo'}"), "0.26.0", muted},
		{"the second of two", mute, intervals("{years: ['1999']}, {months: ['november'], days_of_month: ['22']}"), "0.25.0", muted},
		{"active now", active, intervals("{weekdays: ['sunday']}"), "0.25.0", notified},
		{"active at another time", active, intervals("{weekdays: ['monday']}"), "0.25.0", outside},
		{"by the old name", mute, "mute_time_intervals: [{name: i, time_intervals: [{weekdays: ['sunday']}]}]", "0.23.0", muted},
		{"an interval that is not there", mute, "", "0.25.0", notified},
		{"an unknown version", mute, intervals("{weekdays: ['sunday']}"), "", muted},
		{"a version that tells by itself", mute, intervals("{weekdays: ['sunday']}"), "0.28.1", notified},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := routedAlert("alertname=B team=web")
			am := manager(sources.Data{
				Routing: routing(c.route, c.intervals), Version: c.version, Alerts: []*sources.Alert{a},
				Groups: []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("alertname=B"), Fingerprints: []string{a.Fingerprint}}},
			})
			if g := Join([]sources.Snapshot{am, pagerDuty()}, Options{}, testNow)[0]; g.Why != c.want {
				t.Errorf("why %q, want %q", g.Why, c.want)
			}
		})
	}
}

func TestTitlesOfNamelessAlerts(t *testing.T) {
	a, b := routedAlert("host=a check=disk"), routedAlert("host=a check=cpu")
	a.Annotations = map[string]string{"message": "disk <b>full</b>"}
	for _, c := range []struct {
		alerts []*sources.Alert
		want   string
	}{
		{[]*sources.Alert{a}, "disk full"},
		{[]*sources.Alert{b}, `{check="cpu", host="a"}`},
		{[]*sources.Alert{a, b}, `{host="a"} (2 alerts without a name)`},
		{[]*sources.Alert{routedAlert("x=1"), routedAlert("y=1")}, "2 alerts without a name"},
		{[]*sources.Alert{routedAlert("x=1 y=1"), routedAlert("x=1 y=2"), routedAlert("x=1 y=3")}, `{x="1"} (3 alerts without a name)`},
		{[]*sources.Alert{routedAlert("x='a\nb'")}, `{x="a\nb"}`},
		{[]*sources.Alert{with(routedAlert("x=1"), func(a *sources.Alert) { a.Annotations = map[string]string{"summary": " \n "} })}, `{x="1"}`},
		{[]*sources.Alert{with(routedAlert("x=1"), func(a *sources.Alert) { a.Annotations = map[string]string{"description": "it\nbroke"} })}, "it"},
	} {
		g := Join([]sources.Snapshot{manager(sources.Data{Routing: "route: {receiver: a}", Alerts: c.alerts})}, Options{}, testNow)[0]
		if g.Title != c.want || g.Headline() != c.want {
			t.Errorf("%q, want %q", g.Title, c.want)
		}
	}
}

func TestLongCommentsFold(t *testing.T) {
	for comment, want := range map[string]string{
		"short": "short", "": "", "\na\n": "a", "first\nsecond": "first…", " \n\t ": "", " a\t": "a",
		"first\n\n":             "first",
		strings.Repeat("ä", 80): strings.Repeat("ä", 80), strings.Repeat("ä", 81): strings.Repeat("ä", 80) + "…",
	} {
		if got := folded(comment); got != want {
			t.Errorf("%q became %q", comment, got)
		}
	}
}

// Labels are compared as relabelling leaves them.
func TestRelabelledAlerts(t *testing.T) {
	alert := func(own string, sent ...string) *sources.Alert {
		a := metricAlert(own)
		for _, s := range sent {
			a.Sent = append(a.Sent, set(s))
		}
		a.Dropped = len(sent) == 0
		return a
	}
	const text = "alertname=DiskFilling service=billing cluster=dev"
	routed := routedAlert(text)
	paging := func(alerts ...*sources.Alert) sources.Snapshot {
		return manager(sources.Data{Routing: "route: {receiver: pd, group_by: ['...']}\nreceivers: [{name: pd, pagerduty_configs: [{}]}]", Alerts: alerts})
	}
	prom := func(alerts ...*sources.Alert) sources.Snapshot {
		return metrics(sources.Data{Alerts: alerts, ExternalLabels: set("cluster=dev replica=a")})
	}
	key := routing.DedupKey("{}:" + labelset.Canonical(set(text)))
	for _, c := range []struct {
		name      string
		snapshots []sources.Snapshot
		want      []string // "joined by, alerts, sources, why" of each row
	}{
		{"two become one", []sources.Snapshot{paging(routed), prom(alert("alertname=DiskFilling service=billing instance=db-0", text), alert("alertname=DiskFilling service=billing instance=db-1", text))}, []string{"alertmanager group 1 am,prom no PagerDuty incident"}},
		{"and one incident", []sources.Snapshot{paging(routed), prom(alert("alertname=DiskFilling service=billing instance=db-0", text), alert("alertname=DiskFilling service=billing instance=db-1", text)), pagerDuty(incident("P1", sent(key, nil)))}, []string{"dedup key 1 am,prom "}},
		{"without an Alertmanager", []sources.Snapshot{prom(alert("alertname=DiskFilling service=billing instance=db-0", text)), pagerDuty(incident("P1", sent("k", textOf(text))))}, []string{"label set 1 prom "}},
		{"a label changed", []sources.Snapshot{paging(routed), prom(alert("alertname=DiskFilling service=Billing", text))}, []string{"alertmanager group 1 am,prom no PagerDuty incident"}},
		{"a name changed", []sources.Snapshot{paging(routed), prom(alert("alertname=diskfilling", text))}, []string{"alertmanager group 1 am,prom no PagerDuty incident"}},
		{"sent in two forms", []sources.Snapshot{paging(routed), prom(alert("alertname=DiskFilling service=billing instance=a", "alertname=DiskFilling other=1", text))}, []string{"alertmanager group 1 am,prom no PagerDuty incident"}},
		{"dropped", []sources.Snapshot{paging(), prom(alert("alertname=Quiet service=s"))}, []string{"alertname 1 prom dropped by alert_relabel_configs"}},
		{"dropped, though it looks like one that is there", []sources.Snapshot{paging(routed), prom(alert("alertname=DiskFilling service=billing instance=z"))}, []string{"alertmanager group 1 am no PagerDuty incident", "alertname 1 prom dropped by alert_relabel_configs"}},
		{"not there yet", []sources.Snapshot{paging(), prom(alert("alertname=DiskFilling instance=a", text))}, []string{"alertmanager group 1 prom not at Alertmanager"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !slices.ContainsFunc(c.snapshots, func(s sources.Snapshot) bool { return s.Source.Kind == sources.PagerDuty }) {
				c.snapshots = append(c.snapshots, pagerDuty())
			}
			var got []string
			for _, g := range Join(c.snapshots, Options{}, testNow) {
				got = append(got, fmt.Sprintf("%s %d %s %s", g.JoinedBy, len(g.Alerts), strings.Join(g.Alerts[0].Sources, ","), g.Why))
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("rows %q, want %q", got, c.want)
			}
		})
	}
}
