package triage

import (
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// A rule proves that its alerts are over only where it is inactive and nothing
// speaks against that.
func TestOnlyAnInactiveRuleProves(t *testing.T) {
	in := incident("P1", sent("k", arrayOf("alertname=X pod=a service=s")))
	b := metricAlert("alertname=X pod=b severity=page service=other")
	const unreported = "does not report when it was last evaluated"
	const listed = "X is active and may have joined its notification group" // the rule is believed
	for _, c := range []struct {
		name   string
		rules  []sources.Rule
		alerts []*sources.Alert
		why    string // empty: it is over
	}{
		{"inactive", []sources.Rule{{State: "inactive"}}, nil, ""},
		{"in large letters", []sources.Rule{{State: "INACTIVE"}}, nil, ""},
		{"no state", []sources.Rule{{}}, nil, "does not report its state"},
		{"recovering", []sources.Rule{{State: "recovering"}}, nil, "its alerts are not listed"},
		{"alerting", []sources.Rule{{State: "Alerting"}}, nil, "its alerts are not listed"},
		{"no data", []sources.Rule{{State: "nodata"}}, nil, "its alerts are not listed"},
		{"unknown", []sources.Rule{{State: "unknown"}}, nil, `has the state "unknown"`},
		{"unknown, and another alert is listed", []sources.Rule{{State: "unknown"}}, []*sources.Alert{b}, `has the state "unknown"`},
		{"one of two", []sources.Rule{{State: "inactive"}, {State: "firing"}}, nil, "its alerts are not listed"},
		{"paused", []sources.Rule{{State: "inactive", Paused: true}}, nil, "is paused"},
		{"never evaluated", []sources.Rule{{State: "inactive", Unevaluated: true}}, nil, "has not been evaluated yet"},
		{"when is not said", []sources.Rule{{State: "inactive"}}, nil, unreported},
		{"a contradiction", []sources.Rule{{State: "inactive", Listed: 1}}, nil, "lists active alerts"},
		{"firing, and its other alert is listed", []sources.Rule{{State: "firing"}}, []*sources.Alert{b}, listed},
		{"firing, and not all that it lists are listed", []sources.Rule{{State: "firing", Listed: 2}}, []*sources.Alert{b}, "its alerts are not listed"},
		{"firing, and another rule's alert is listed", []sources.Rule{{State: "firing", Labels: set("severity=info")}}, []*sources.Alert{b}, "its alerts are not listed"},
		{"firing, with a template", []sources.Rule{{State: "firing", Labels: map[string]string{"severity": "{{ $x }}"}}}, []*sources.Alert{b}, listed},
	} {
		for i := range c.rules {
			c.rules[i].Name, c.rules[i].Health = "X", "ok"
			if c.why != unreported {
				c.rules[i].LastEvaluation = testNow
			}
		}
		g := groupByID(t, Join([]sources.Snapshot{metrics(sources.Data{Rules: c.rules, Alerts: c.alerts}), pagerDuty(in)}, Options{}, testNow), "P1")
		if g.NoLongerFiring() != (c.why == "") || !strings.Contains(g.FiringUnknown(), c.why) {
			t.Errorf("%s: %+v, want %q", c.name, g.Over, c.why)
		}
	}
}

// Alerts of a rule that fails are not said to fire, with and without an incident
// or an Alertmanager, unless another Prometheus vouches for them.
func TestAlertsOfARuleThatFails(t *testing.T) {
	alert := metricAlert("alertname=X pod=a")
	broken := []sources.Rule{{Name: "X", Health: "err", LastError: "oh", State: "firing"}}
	prom := func(name string, rules []sources.Rule) sources.Snapshot {
		return snapshot(sources.Prometheus, name, sources.Data{Rules: rules, Alerts: []*sources.Alert{alert}})
	}
	working := evaluated("X")
	working[0].State = "firing"
	other := []sources.Rule{{Name: "X", Health: "err", State: "firing", Labels: set("severity=info")}}
	am := manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=X pod=a")}})
	for _, c := range []struct {
		name string
		from []sources.Snapshot
		why  string
	}{
		{"it works", []sources.Snapshot{prom("p", working)}, ""},
		{"it fails", []sources.Snapshot{prom("p", broken)}, "the rule X of p fails: oh"},
		{"it fails, and Alertmanager has the alert", []sources.Snapshot{prom("p", broken), am}, "the rule X of p fails: oh"},
		{"only Alertmanager has it", []sources.Snapshot{am}, ""},
		{"another Prometheus vouches", []sources.Snapshot{prom("p", broken), prom("q", working)}, ""},
		{"another rule of that name fails", []sources.Snapshot{prom("p", append(other, working...))}, ""},
	} {
		for _, in := range []sources.Incident{{}, incident("P1", sent("k", arrayOf("alertname=X pod=a")))} {
			from := c.from
			if in.ID != "" {
				from = append(from[:len(from):len(from)], pagerDuty(in))
			}
			groups := Join(from, Options{}, testNow)
			if len(groups) != 1 || len(groups[0].Alerts) != 1 {
				t.Fatalf("%s: %+v", c.name, groups)
			}
			if g := groups[0]; g.FiringUnknown() != c.why || g.FiringDoubt() != c.why || g.NoLongerFiring() {
				t.Errorf("%s, incident %q: %+v, want %q", c.name, in.ID, g.Over, c.why)
			}
		}
	}
}

// Data that only Prometheus reports stays when an Alertmanager has the alert
// too.
func TestPrometheusReportsMoreThanAlertmanager(t *testing.T) {
	alert := metricAlert("alertname=X pod=a")
	alert.KeepFiringSince, alert.Value = testNow.Add(-time.Minute), sources.NewValue("7")
	prom := metrics(sources.Data{Alerts: []*sources.Alert{alert}})
	am := manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=X pod=a")}})
	for _, from := range [][]sources.Snapshot{{prom}, {prom, am}, {am, prom}} {
		g := Join(from, Options{}, testNow)[0]
		if !g.ConditionOver().Equal(alert.KeepFiringSince) || g.Alerts[0].Value.String() != "7" {
			t.Errorf("%d sources: %v, %+v", len(from), g.ConditionOver(), g.Alerts)
		}
	}
}

// Alerts without a name are in the headline, with an incident or without.
func TestHeadlineOfAlertsWithoutAName(t *testing.T) {
	list := func(sets ...string) (all []Alert) {
		for _, s := range sets {
			all = append(all, Alert{Alert: *metricAlert(s)})
		}
		return all
	}
	for _, c := range []struct {
		alerts []Alert
		want   string
	}{
		{list("app=nn severity=P2"), `{app="nn", severity="P2"}`},
		{list("app=nn pod=a", "app=nn pod=b"), `{app="nn"} (2 alerts without a name)`},
		{list("app=nn", "job=x"), "2 alerts without a name"},
		{list("alertname=X", "app=nn"), "X and 1 alert without a name"},
		{list("alertname=A", "alertname=B", "alertname=C", "alertname=D", "alertname=E"), "A, B, C and 2 more"},
	} {
		loose := Group{Alerts: c.alerts}
		loose.Title = alertsTitle(&loose)
		for name, g := range map[string]Group{
			"no incident":                        loose,
			"no title":                           {Incident: &sources.Incident{}, Alerts: c.alerts},
			"a title that says only how many":    {Incident: &sources.Incident{}, Alerts: c.alerts, Title: "[FIRING:2] "},
			"a title of nothing but white space": {Incident: &sources.Incident{}, Alerts: c.alerts, Title: " \n"},
		} {
			if got := g.Headline(); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	}
}
