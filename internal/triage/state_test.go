package triage

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

func TestStates(t *testing.T) {
	state := func(s sources.AlertState) func(*sources.Alert) {
		return func(a *sources.Alert) { a.State = s }
	}
	acked := incident("P1")
	acked.Status = sources.Acknowledged
	tests := []struct {
		name   string
		alerts []*sources.Alert
		in     *sources.Incident
		want   State
	}{
		{"firing", []*sources.Alert{routedAlert("a=1"), with(routedAlert("a=2"), state(sources.AlertSilenced))}, nil, Firing},
		{"pending", []*sources.Alert{with(routedAlert("a=1"), state(sources.AlertPending)), with(routedAlert("a=2"), state(sources.AlertSilenced))}, nil, Pending},
		{"silenced", []*sources.Alert{with(routedAlert("a=1"), state(sources.AlertSilenced))}, nil, Silenced},
		{"inhibited", []*sources.Alert{with(routedAlert("a=1"), state(sources.AlertInhibited))}, nil, Silenced},
		{"an incident's own", nil, &acked, Acknowledged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			snapshots := []sources.Snapshot{manager(sources.Data{Alerts: test.alerts})}
			if test.in != nil {
				snapshots = append(snapshots, pagerDuty(*test.in))
			}
			groups := Join(snapshots, Options{}, testNow)
			if len(groups) != 1 || groups[0].State != test.want {
				t.Errorf("groups %+v", groups)
			}
		})
	}
}

func TestWhyNobodyWasNotified(t *testing.T) {
	const routing = `
route:
  receiver: pd
  group_by: [alertname]
  group_wait: 2m
  routes: [{matchers: [alertname="Info"], receiver: chat}]
receivers: [{name: pd, pagerduty_configs: [{}]}, {name: chat, slack_configs: [{}]}]
`
	fresh := func(a *sources.Alert) { a.ActiveSince = testNow.Add(-time.Minute) }
	inhibitor := routedAlert("alertname=ClusterDown")
	silence := sources.Silence{Source: "am", ID: "s1", CreatedBy: "ann", Comment: "being mended", EndsAt: testNow.Add(time.Hour), State: "active"}
	tomorrow := silence
	tomorrow.ID, tomorrow.EndsAt = "s2", testNow.Add(24*time.Hour)
	failing := pagerDuty()
	failing.Err = errDown
	tests := []struct {
		name    string
		routing string
		alerts  []*sources.Alert
		metrics []*sources.Alert
		pd      []sources.Snapshot
		unpaged bool
		why     string
	}{
		{"no PagerDuty to know of", routing, []*sources.Alert{routedAlert("alertname=X")}, nil, nil, false, ""},
		{"PagerDuty does not answer", routing, []*sources.Alert{routedAlert("alertname=X")}, nil, []sources.Snapshot{failing}, false, ""},
		{"one of two accounts does not answer", routing, []*sources.Alert{routedAlert("alertname=X")}, nil, []sources.Snapshot{failing, snapshot(sources.PagerDuty, "pd-2", sources.Data{})}, false, ""},
		{"a route that pages, and time enough", routing, []*sources.Alert{routedAlert("alertname=X")}, nil, []sources.Snapshot{pagerDuty()}, true, "no PagerDuty incident"},
		{"the group waits", routing, []*sources.Alert{with(routedAlert("alertname=X"), fresh)}, nil, []sources.Snapshot{pagerDuty()}, true, "waiting for the group"},
		{"no route that pages", routing, []*sources.Alert{routedAlert("alertname=Info")}, nil, []sources.Snapshot{pagerDuty()}, true, `no route to PagerDuty (goes to "chat")`},
		{"the route is not known", "", []*sources.Alert{routedAlert("alertname=X")}, nil, []sources.Snapshot{pagerDuty()}, true, "no PagerDuty incident"},
		{"Alertmanager does not have it", routing, nil, []*sources.Alert{metricAlert("alertname=X")}, []sources.Snapshot{pagerDuty()}, true, "not at Alertmanager"},
		{
			"pending", routing, nil,
			[]*sources.Alert{with(metricAlert("alertname=X"), func(a *sources.Alert) { a.State = sources.AlertPending })},
			[]sources.Snapshot{pagerDuty()},
			true, "pending",
		},
		{
			"silenced", routing, []*sources.Alert{with(routedAlert("alertname=X"), func(a *sources.Alert) {
				a.State, a.SilencedBy = sources.AlertSilenced, []string{"s1"}
			})}, nil, []sources.Snapshot{pagerDuty()}, true, `silenced by ann until 22:00 "being mended"`,
		},
		{
			"silenced twice", routing, []*sources.Alert{with(routedAlert("alertname=X"), func(a *sources.Alert) {
				a.State, a.SilencedBy = sources.AlertSilenced, []string{"s2", "s1"}
			})}, nil, []sources.Snapshot{pagerDuty()}, true, `silenced by ann until 23 Nov 21:00 "being mended"`,
		},
		{
			"silenced by one that is not read yet", routing, []*sources.Alert{with(routedAlert("alertname=X"), func(a *sources.Alert) {
				a.State, a.SilencedBy = sources.AlertSilenced, []string{"new"}
			})}, nil, []sources.Snapshot{pagerDuty()}, true, "silenced",
		},
		{
			"inhibited", routing, []*sources.Alert{inhibitor, with(routedAlert("alertname=X"), func(a *sources.Alert) {
				a.State, a.InhibitedBy = sources.AlertInhibited, []string{inhibitor.Fingerprint}
			})}, nil, []sources.Snapshot{pagerDuty()}, true, "inhibited by ClusterDown",
		},
		{
			"one of the group fires", routing, []*sources.Alert{with(routedAlert("alertname=X pod=a"), func(a *sources.Alert) {
				a.State, a.SilencedBy = sources.AlertSilenced, []string{"s1"}
			}), routedAlert("alertname=X pod=b")}, nil, []sources.Snapshot{pagerDuty()}, true, "no PagerDuty incident",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			am := manager(sources.Data{Routing: test.routing, Alerts: test.alerts, Silences: []sources.Silence{tomorrow, silence}})
			groups := Join(append(test.pd, am, metrics(sources.Data{Alerts: test.metrics})), Options{}, testNow)
			for _, g := range groups {
				if g.AlertNames()[0] == "ClusterDown" {
					continue
				}
				if g.Unpaged != test.unpaged || g.Why != test.why {
					t.Errorf("unpaged %v, why %q; want %v, %q", g.Unpaged, g.Why, test.unpaged, test.why)
				}
			}
		})
	}
}

func TestWhyWithoutAlertmanager(t *testing.T) {
	groups := Join([]sources.Snapshot{metrics(sources.Data{Alerts: []*sources.Alert{metricAlert("alertname=X")}}), pagerDuty()}, Options{}, testNow)
	if g := groups[0]; !g.Unpaged || g.Why != "no PagerDuty incident" {
		t.Errorf("unpaged %v, why %q", g.Unpaged, g.Why)
	}
}

// Where the alerts that fire go to nobody, it does not matter that a silenced
// one of the same labels would page.
func TestWhyIsOfWhatFires(t *testing.T) {
	const routing = `
route:
  receiver: chat
  group_by: [alertname]
  routes: [{matchers: [pod="quiet"], receiver: pd}]
receivers: [{name: pd, pagerduty_configs: [{}]}, {name: chat}]
`
	quiet := with(routedAlert("alertname=X pod=quiet"), func(a *sources.Alert) { a.State = sources.AlertSilenced })
	groups := Join([]sources.Snapshot{manager(sources.Data{Routing: routing, Alerts: []*sources.Alert{quiet, routedAlert("alertname=X pod=loud")}}), pagerDuty()}, Options{}, testNow)
	if len(groups) != 1 || groups[0].Why != `no route to PagerDuty (goes to "chat")` {
		t.Errorf("groups %+v", groups)
	}
}

func TestNoLongerFiring(t *testing.T) {
	gone := incident("P1", sent("k", textOf("alertname=X cluster=eu pod=a")))
	change := func(in sources.Incident, f func(*sources.Incident)) sources.Incident {
		in.Alerts = slices.Clone(in.Alerts)
		f(&in)
		return in
	}
	broken := func(s sources.Snapshot) sources.Snapshot { s.Err = errDown; return s }
	eu := metrics(sources.Data{ExternalLabels: set("cluster=eu"), Rules: evaluated("X")})
	us := snapshot(sources.Prometheus, "us", sources.Data{ExternalLabels: set("cluster=us"), Rules: evaluated("X")})
	am := manager(sources.Data{})
	firing := metrics(sources.Data{ExternalLabels: set("cluster=eu"), Rules: evaluated("X"), Alerts: []*sources.Alert{metricAlert("alertname=X pod=a")}})
	ruled := func(f func(*sources.Rule)) sources.Snapshot {
		s := eu
		s.Data.Rules = evaluated("X")
		f(&s.Data.Rules[0])
		return s
	}
	but := func(s sources.Snapshot, f func(*sources.Snapshot)) sources.Snapshot { f(&s); return s }
	const yes, no = "over", ""
	tests := []struct {
		name    string
		in      sources.Incident
		sources []sources.Snapshot
		want    string // or why it is not known
	}{
		{"its alert is gone", gone, []sources.Snapshot{am, eu}, yes},
		{"in the array form too", incident("P1", sent("k", arrayOf("alertname=X pod=a"))), []sources.Snapshot{am, eu}, yes},
		{"its alert fires", gone, []sources.Snapshot{am, firing}, no},
		{"its alert fires as far as is known", gone, []sources.Snapshot{am, broken(firing)}, "prom does not answer"},
		{"there is no source to know", gone, nil, "no Prometheus or Alertmanager is configured"},
		{"no source evaluates the rule", gone, []sources.Snapshot{am}, "no source that answers has a rule X"},
		{"no source has the rule", gone, []sources.Snapshot{am, metrics(sources.Data{Rules: evaluated("Y")})}, "no source that answers has a rule X"},
		{"another cluster has the rule", gone, []sources.Snapshot{am, us}, "no source that answers has a rule X"},
		{"the rule fails", gone, []sources.Snapshot{am, ruled(func(r *sources.Rule) { r.Health, r.LastError = "err", "many-to-many" })}, "the rule X of prom fails: many-to-many"},
		{"the rule fails since", gone, []sources.Snapshot{am, ruled(func(r *sources.Rule) { r.Health, r.FailingSince = "err", at(-7) })}, "the rule X of prom fails since 20:53"},
		{"the rule was not evaluated", gone, []sources.Snapshot{am, ruled(func(r *sources.Rule) { r.Health = "unknown" })}, "the rule X of prom has not been evaluated yet"},
		{"the rule has no data", gone, []sources.Snapshot{am, ruled(func(r *sources.Rule) { r.Health = "nodata" })}, `the rule X of prom has the health "nodata"`},
		{"the rule rests", gone, []sources.Snapshot{am, ruled(func(r *sources.Rule) { r.LastEvaluation = at(-60) })}, "the rule X of prom was last evaluated at 22 Nov 20:00"},
		{"the rule is active without alerts", gone, []sources.Snapshot{am, ruled(func(r *sources.Rule) { r.State = "firing" })}, "the rule X of prom is active, and its alerts are not listed"},
		{"one of two rules of the name fails", gone, []sources.Snapshot{am, but(eu, func(s *sources.Snapshot) {
			s.Data.Rules = append(evaluated("X"), sources.Rule{Name: "X", Health: "err"})
		})}, "the rule X of prom fails"},
		{"the rules are not read", gone, []sources.Snapshot{am, but(eu, func(s *sources.Snapshot) { s.Data.Extents.Rules = sources.Extent{} })}, "the rules of prom are not read"},
		{"the rules are a part", gone, []sources.Snapshot{am, but(eu, func(s *sources.Snapshot) { s.Data.Extents.Rules.Missing = "2 entries" })}, "the rules of prom are not known: 2 entries"},
		{"an alert's state is not known", gone, []sources.Snapshot{am, but(eu, func(s *sources.Snapshot) { s.Data.Extents.Alerts.Missing = "1 alert" })}, "prom may lack alerts: 1 alert"},
		{"a source fails", gone, []sources.Snapshot{broken(am), eu}, "am does not answer"},
		{"a source fails since", gone, []sources.Snapshot{but(broken(am), func(s *sources.Snapshot) { s.FailingSince = at(-3) }), eu}, "am does not answer since 20:57"},
		{"a source that could not have it fails", gone, []sources.Snapshot{eu, broken(us)}, yes},
		{"a source that could have it fails", gone, []sources.Snapshot{broken(eu), us}, "prom does not answer"},
		{"a source was never read", gone, []sources.Snapshot{eu, {Source: sources.Source{Kind: sources.Alertmanager, Name: "am"}}}, "am is not read yet"},
		{"a source was read long ago", gone, []sources.Snapshot{but(eu, func(s *sources.Snapshot) { s.AsOf = at(-10) })}, "prom was last read at 20:50"},
		{"a source was read before it was opened", change(gone, func(in *sources.Incident) { in.CreatedAt = at(1) }), []sources.Snapshot{eu}, "prom was not read since the incident was opened"},
		{"a source is being read", gone, []sources.Snapshot{but(eu, func(s *sources.Snapshot) { s.Partial = true })}, "prom is being read"},
		{"a source answered in part", gone, []sources.Snapshot{eu, snapshot(sources.Prometheus, "thanos", sources.Data{Warnings: []string{"one store is down"}})}, "thanos says: one store is down"},
		{"its details are not known", incident("P1", sent("k", nil)), []sources.Snapshot{eu}, "what was sent to PagerDuty does not name its alerts"},
		{"its details were too large", incident("P1", sent("k", map[string]any{"error": "too large"})), []sources.Snapshot{eu}, "what was sent to PagerDuty does not name its alerts"},
		{"another system sent one of its alerts", change(gone, func(in *sources.Incident) { in.Alerts = append(in.Alerts, sent("l", "the mailbox is full")) }), []sources.Snapshot{eu}, "what was sent to PagerDuty does not name its alerts"},
		{"which is resolved", change(gone, func(in *sources.Incident) {
			in.Alerts = append(in.Alerts, sources.IncidentAlert{ID: "A2", Status: sources.Resolved})
		}), []sources.Snapshot{eu}, yes},
		{"one of its alerts has no rule", change(gone, func(in *sources.Incident) { in.Alerts = append(in.Alerts, sent("l", textOf("alertname=Y cluster=eu"))) }), []sources.Snapshot{eu}, "no source that answers has a rule Y"},
		{"its alert has no name", incident("P1", sent("k", textOf("pod=a"))), []sources.Snapshot{eu}, "its alert has no name"},
		{"another alert of the name is active", gone, []sources.Snapshot{but(firing, func(s *sources.Snapshot) {
			s.Data.Alerts = []*sources.Alert{metricAlert("alertname=X service=b pod=b")}
		})}, "X is active and may have joined its notification group"},
		{"its title names no alert, and others are active", change(gone, func(in *sources.Incident) { in.Alerts[0].Summary = "[FIRING:1] eu (X a)" }), []sources.Snapshot{
			but(firing, func(s *sources.Snapshot) { s.Data.Alerts = []*sources.Alert{metricAlert("alertname=Y pod=b")} }),
		}, "Y is active and may have joined its notification group"},
		{"its title names it, and others are active", change(gone, func(in *sources.Incident) { in.Alerts[0].Summary = "[FIRING:1] X (eu a)" }), []sources.Snapshot{
			but(firing, func(s *sources.Snapshot) { s.Data.Alerts = []*sources.Alert{metricAlert("alertname=Y pod=b")} }),
		}, yes},
		{"its alerts are not read", change(gone, func(in *sources.Incident) { in.AlertsRead = false }), []sources.Snapshot{eu}, "its alerts are not read from PagerDuty yet"},
		{"it was opened by hand", incident("P1"), []sources.Snapshot{eu}, "what was sent to PagerDuty does not name its alerts"},
		{"it is resolved", change(gone, func(in *sources.Incident) { in.Status = sources.Resolved }), []sources.Snapshot{eu}, no},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			groups := Join(append(slices.Clone(test.sources), pagerDuty(test.in)), Options{}, testNow)
			g := groupByID(t, groups, "P1")
			switch test.want {
			case yes, no:
				if string(g.Over.State) != test.want || (g.Over.Because != "") != (test.want == yes) {
					t.Errorf("over: %+v", g.Over)
				}
			default:
				if g.NoLongerFiring() || !strings.HasPrefix(g.FiringUnknown(), test.want) {
					t.Errorf("over: %+v, want %s", g.Over, test.want)
				}
			}
		})
	}
}

func TestSeverity(t *testing.T) {
	sev := func(word string) []*sources.Alert {
		return []*sources.Alert{routedAlert("alertname=X severity=" + word)}
	}
	quiet := with(routedAlert("alertname=X severity=critical pod=q"), func(a *sources.Alert) { a.State = sources.AlertSilenced })
	tests := []struct {
		name   string
		alerts []*sources.Alert
		change func(*sources.Incident)
		want   Severity
	}{
		{"critical", sev("critical"), nil, Critical},
		{"page", sev("page"), nil, Critical},
		{"in capitals", sev("WARNING"), nil, Warning},
		{"error", sev("error"), nil, Error},
		{"info", sev("info"), nil, Info},
		{"none", sev("none"), nil, Info},
		{"unknown word", sev("purple"), nil, Unknown},
		{"the gravest", append(sev("warning"), routedAlert("alertname=X severity=error pod=b")), nil, Error},
		{"of those that fire", append(sev("warning"), quiet), nil, Warning},
		{"the label before PagerDuty", sev("warning"), func(in *sources.Incident) { in.Alerts[0].Severity = "critical" }, Warning},
		{"what the event said", nil, func(in *sources.Incident) { in.Alerts[0].Severity = "critical" }, Critical},
		{"what the event said of a rule's own word", nil, func(in *sources.Incident) { in.Alerts[0].Severity = "SEV2" }, Error},
		{"the label in the event before Alertmanager's default", nil, func(in *sources.Incident) {
			in.Alerts[0].Severity, in.Alerts[0].Details = "error", textOf("alertname=Z severity=warning")
		}, Warning},
		{"the gravest label in the event", nil, func(in *sources.Incident) {
			in.Alerts[0].Severity, in.Alerts[0].Details = "info", arrayOf("alertname=Z severity=warning", "alertname=Z severity=critical pod=b")
		}, Critical},
		{"of an event without labels", nil, func(in *sources.Incident) {
			in.Alerts[0].Severity, in.Alerts[0].Details = "warning", "the mailbox is full"
		}, Warning},
		{"what a resolved event said", nil, func(in *sources.Incident) {
			in.Alerts[0].Severity, in.Alerts[0].Status = "critical", sources.Resolved
		}, Unknown},
		{"the gravest of two events", nil, func(in *sources.Incident) {
			in.Alerts = append(in.Alerts, sources.IncidentAlert{ID: "A2", Status: sources.Triggered, Severity: "critical"})
			in.Alerts[0].Severity = "info"
		}, Critical},
		{"nothing tells one: high urgency is none", nil, func(in *sources.Incident) {}, Unknown},
		{"low urgency is none", nil, func(in *sources.Incident) { in.Urgency = "low" }, Unknown},
		{"priority is none", nil, func(in *sources.Incident) { in.Priority = &sources.Priority{Name: "P1"} }, Unknown},
		{"alerts that are not read", nil, func(in *sources.Incident) { in.Alerts, in.AlertsRead = nil, false }, Unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := sources.Data{Alerts: test.alerts, Routing: simpleRouting}
			snapshots := []sources.Snapshot{manager(d)}
			if test.change != nil {
				in := incident("P1", sent(keyFor("alertname=X"), nil))
				test.change(&in)
				snapshots = append(snapshots, pagerDuty(in))
			}
			if test.want == Warning || test.want == Info { // an info route must not divide them
				snapshots[0].Data.Routing = "route: {receiver: pd, group_by: [alertname]}"
			}
			groups := Join(snapshots, Options{}, testNow)
			if len(groups) != 1 || groups[0].Severity != test.want {
				t.Errorf("groups %+v", groups)
			}
		})
	}
}

func TestTitle(t *testing.T) {
	summary := func(s string) func(*sources.Alert) {
		return func(a *sources.Alert) { a.Annotations = map[string]string{"summary": s} }
	}
	tests := []struct {
		name   string
		alerts []*sources.Alert
		want   string
	}{
		{"the summary of one", []*sources.Alert{with(routedAlert("alertname=X"), summary("It broke"))}, "It broke"},
		{"the name without one", []*sources.Alert{routedAlert("alertname=X")}, "X"},
		{"a template that failed", []*sources.Alert{with(routedAlert("alertname=X"), summary("<error expanding template: x>"))}, "X"},
		{"the name of several", []*sources.Alert{with(routedAlert("alertname=X pod=a"), summary("a")), with(routedAlert("alertname=X pod=b"), summary("b"))}, "X"},
		{"the most frequent name first", []*sources.Alert{routedAlert("alertname=X"), routedAlert("alertname=Y pod=a"), routedAlert("alertname=Y pod=b")}, "Y, X"},
		{"many names", []*sources.Alert{routedAlert("alertname=A"), routedAlert("alertname=B"), routedAlert("alertname=C"), routedAlert("alertname=D")}, ""},
		{"no name", []*sources.Alert{routedAlert("pod=a")}, `{pod="a"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			groups := Join([]sources.Snapshot{manager(sources.Data{Alerts: test.alerts, Routing: "route: {receiver: a}"})}, Options{}, testNow)
			if len(groups) != 1 {
				t.Fatalf("%d groups", len(groups))
			}
			if got := groups[0].Title; test.want != "" && got != test.want || test.want == "" && !hasWord(got, "more") {
				t.Errorf("title %q", got)
			}
		})
	}
}

func TestMineStaleAndDeadlines(t *testing.T) {
	in := incident("P1", sent("k", textOf("alertname=X pod=a")))
	in.Assignments = []sources.Assignment{{User: sources.Reference{ID: "U1", Name: "Ann"}}}
	in.Policy = sources.Reference{ID: "POL"}
	in.Pending = []sources.PendingAction{
		{Type: "escalate", At: testNow.Add(4 * time.Minute)},
		{Type: "unacknowledge", At: testNow.Add(12 * time.Minute)},
		{Type: "resolve", At: testNow.Add(time.Hour)},
	}
	level := func(n int, id, name string) sources.OnCall {
		return sources.OnCall{User: sources.Reference{ID: id, Name: name}, Policy: sources.Reference{ID: "POL"}, Level: n}
	}
	pd := pagerDuty(in)
	pd.Data.Me = &sources.User{ID: "U1"}
	pd.Data.OnCalls = []sources.OnCall{level(2, "U3", "Cem"), level(2, "U2", "Ben"), level(1, "U1", "Ann"), level(2, "U2", "Ben")}
	prom := metrics(sources.Data{Alerts: []*sources.Alert{metricAlert("alertname=X pod=a")}})
	prom.Err = errDown
	other := snapshot(sources.Prometheus, "other", sources.Data{})
	other.Err = errDown
	join := func() Group {
		return groupByID(t, Join([]sources.Snapshot{pd, prom, other}, Options{}, testNow), "P1")
	}
	g := join()
	if !g.Mine {
		t.Error("it is mine")
	}
	if !slices.Equal(g.Stale, []string{"prom"}) {
		t.Errorf("stale: %v", g.Stale)
	}
	if !g.AckEnds.Equal(testNow.Add(12*time.Minute)) || !g.EscalatesAt.Equal(testNow.Add(4*time.Minute)) {
		t.Errorf("ends %v, escalates %v", g.AckEnds, g.EscalatesAt)
	}
	if !slices.Equal(g.EscalatesTo, []string{"Ben", "Cem"}) {
		t.Errorf("escalates to %v", g.EscalatesTo)
	}

	pd.Data.Incidents[0].Assignments[0].User.ID = "U2"
	if g = join(); g.Mine || len(g.EscalatesTo) != 0 {
		t.Errorf("mine %v; after the last level %v", g.Mine, g.EscalatesTo)
	}
	pd.Data.Policies = []sources.Policy{{ID: "POL", Loops: 2}}
	if g = join(); !slices.Equal(g.EscalatesTo, []string{"Ann"}) {
		t.Errorf("a policy that begins again escalates to %v", g.EscalatesTo)
	}
	pd.Data.Incidents[0].Assignments[0].User.ID = "U9"
	if g = join(); len(g.EscalatesTo) != 0 {
		t.Errorf("from an unknown level to %v", g.EscalatesTo)
	}
}

func TestMutedByATimeInterval(t *testing.T) {
	a := routedAlert("alertname=X")
	a.ActiveSince = testNow.Add(-time.Hour)
	for name, muted := range map[string][]string{"no PagerDuty incident": nil, "muted by the time interval nights, weekends": {"nights", "weekends"}} {
		am := manager(sources.Data{
			Alerts: []*sources.Alert{a}, Routing: simpleRouting,
			Groups: []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("alertname=X"), Fingerprints: []string{a.Fingerprint}, MutedBy: muted}},
		})
		if g := Join([]sources.Snapshot{am, pagerDuty()}, Options{}, testNow)[0]; g.Why != name || !g.Unpaged {
			t.Errorf("why is %q, want %q", g.Why, name)
		}
	}
}

func TestWhoIsNextNeedsPoliciesThatWereReadWholly(t *testing.T) {
	ann, ben := sources.Reference{ID: "U1", Name: "Ann"}, sources.Reference{ID: "U2", Name: "Ben"}
	policy := sources.Reference{ID: "POL"}
	for name, tc := range map[string]struct {
		extents map[string]sources.Extent
		want    string
	}{
		"nothing is told of extents": {nil, "Ben"},
		"whole":                      {map[string]sources.Extent{"POL": sources.Whole}, "Ben"},
		"another is whole":           {map[string]sources.Extent{"P2": sources.Whole}, ""},
		"capped":                     {map[string]sources.Extent{"POL": {Read: true, Missing: "capped"}}, ""},
		"failed":                     {map[string]sources.Extent{"POL": {Missing: "refused"}}, ""},
		"failed after it was read":   {map[string]sources.Extent{"POL": {Read: true, Missing: "refused"}, "P2": sources.Whole}, ""},
		"not read":                   {map[string]sources.Extent{"POL": {}}, ""},
		"none":                       {map[string]sources.Extent{}, ""},
	} {
		in := incident("P1")
		in.Policy, in.Assignments = policy, []sources.Assignment{{User: ann}}
		in.Pending = []sources.PendingAction{{Type: "escalate", At: testNow.Add(4 * time.Minute)}}
		pd := pagerDuty(in)
		pd.Data.OnCalls = []sources.OnCall{{User: ann, Policy: policy, Level: 1}, {User: ben, Policy: policy, Level: 2}}
		pd.Data.Extents.OnCalls = tc.extents
		g := groupByID(t, Join([]sources.Snapshot{pd}, Options{}, testNow), "P1")
		if got := strings.Join(g.EscalatesTo, ","); got != tc.want || g.Follows() != tc.want {
			t.Errorf("%s: escalates to %q, want %q", name, got, tc.want)
		}
		if unknown := len(g.Escalation.Next) == 1 && g.Escalation.Next[0].Missing != ""; unknown != (tc.want == "") {
			t.Errorf("%s: why it is not known is not said: %+v", name, g.Escalation)
		}
	}
}

// That nobody was notified is said of what is known to be assigned to nobody, and
// why only where it is proven that nobody is on call.
func TestNobodyWasNotified(t *testing.T) {
	policy := sources.Reference{ID: "POL", Name: "Ops"}
	someone := sources.Assignment{User: sources.Reference{ID: "U1", Name: "Ann"}}
	entry := func(from, to time.Time) []sources.OnCall {
		return []sources.OnCall{{User: someone.User, Policy: policy, Level: 2, Start: from, End: to}}
	}
	whole := map[string]sources.Extent{"POL": sources.Whole}
	const unknown, proven = "assigned to nobody, why is unknown", "nobody was notified: nobody is on call at Ops"
	for name, tc := range map[string]struct {
		change  func(*sources.Incident)
		onCalls []sources.OnCall
		extents map[string]sources.Extent
		want    string
	}{
		"nobody on call":         {nil, nil, whole, proven},
		"only later":             {nil, entry(testNow.Add(time.Hour), time.Time{}), whole, proven},
		"only before":            {nil, entry(time.Time{}, testNow.Add(-time.Hour)), whole, proven},
		"somebody on call":       {nil, entry(time.Time{}, time.Time{}), whole, unknown},
		"not read":               {nil, nil, map[string]sources.Extent{"POL": {}}, unknown},
		"another was read":       {nil, nil, map[string]sources.Extent{"P2": sources.Whole}, unknown},
		"capped":                 {nil, nil, map[string]sources.Extent{"POL": {Read: true, Missing: "capped"}}, unknown},
		"nothing told":           {nil, nil, nil, unknown},
		"no policy":              {func(in *sources.Incident) { in.Policy = sources.Reference{} }, nil, whole, unknown},
		"policy without a name":  {func(in *sources.Incident) { in.Policy.Name = "" }, nil, whole, "nobody was notified: nobody is on call at an unnamed escalation policy"},
		"assignees not told":     {func(in *sources.Incident) { in.Assignments = nil }, nil, whole, ""},
		"assigned":               {func(in *sources.Incident) { in.Assignments = []sources.Assignment{someone} }, nil, whole, ""},
		"acknowledged":           {func(in *sources.Incident) { in.Status = sources.Acknowledged }, nil, whole, ""},
		"assigned to whom is no": {func(in *sources.Incident) { in.Assignments = []sources.Assignment{{}} }, nil, whole, ""},
	} {
		in := incident("P1")
		in.Policy, in.Assignments = policy, []sources.Assignment{}
		if tc.change != nil {
			tc.change(&in)
		}
		pd := pagerDuty(in)
		pd.Data.OnCalls, pd.Data.Extents.OnCalls = tc.onCalls, tc.extents
		g := groupByID(t, Join([]sources.Snapshot{pd}, Options{}, testNow), "P1")
		if _, is := g.NobodyNotified(); g.Unheld() != tc.want || is != strings.HasPrefix(tc.want, "nobody was notified") || g.NobodyHas() != (tc.want != "") {
			t.Errorf("%s: %q, want %q", name, g.Unheld(), tc.want)
		}
	}
}

// A service that notifies nobody is the reason, whoever is on call.
func TestNobodyWasNotifiedByTheService(t *testing.T) {
	policy := sources.Reference{ID: "POL", Name: "Ops"}
	ann := sources.Reference{ID: "U1", Name: "Ann"}
	for name, tc := range map[string]struct {
		status   string
		services bool
		assigned bool
		want     string
	}{
		"disabled":              {sources.ServiceDisabled, true, false, "nobody was notified: the PagerDuty service checkout is disabled"},
		"maintained":            {sources.ServiceMaintenance, true, false, "nobody was notified: the PagerDuty service checkout is in a maintenance window"},
		"active":                {"active", true, false, "assigned to nobody, why is unknown"},
		"a status not heard of": {"frozen", true, false, "assigned to nobody, why is unknown"},
		"not told":              {"", true, false, "assigned to nobody, why is unknown"},
		"services not read":     {sources.ServiceDisabled, false, false, "assigned to nobody, why is unknown"},
		"disabled, assigned":    {sources.ServiceDisabled, true, true, ""},
	} {
		in := incident("P1")
		in.Policy, in.Service, in.Assignments = policy, sources.Reference{ID: "PS", Name: "checkout"}, []sources.Assignment{}
		if tc.assigned {
			in.Assignments = []sources.Assignment{{User: ann}}
		}
		pd := pagerDuty(in)
		pd.Data.OnCalls = []sources.OnCall{{User: ann, Policy: policy, Level: 1}}
		pd.Data.Extents.OnCalls = map[string]sources.Extent{"POL": sources.Whole}
		if tc.services {
			pd.Data.Services = []sources.Service{{ID: "PS", Name: "checkout", Status: tc.status, Policy: policy}}
		}
		g := groupByID(t, Join([]sources.Snapshot{pd}, Options{}, testNow), "P1")
		if g.Unheld() != tc.want {
			t.Errorf("%s: %q, want %q", name, g.Unheld(), tc.want)
		}
	}
}
