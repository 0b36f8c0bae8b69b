package triage

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"firstline/internal/labelset"
	"firstline/internal/routing"
	"firstline/sources"
)

// Several incidents for the same alerts each have a row that shows the alerts
// and the others; none is empty.
func TestSeveralIncidents(t *testing.T) {
	const split = "route: {receiver: pd, group_by: [alertname, service]}\nreceivers: [{name: pd, pagerduty_configs: [{}]}]"
	opened := func(in sources.Incident, minutes float64) sources.Incident {
		in.CreatedAt = at(-minutes)
		return in
	}
	lag := func(service string) *sources.Alert {
		return routedAlert("alertname=Lag team=x severity=critical service=" + service)
	}
	key := func(configuration, labels string) string {
		tree, err := routing.Read(configuration)
		if err != nil {
			t.Fatal(err)
		}
		return routing.DedupKey(tree.Reach(nil)[0].GroupKeys(set(labels), labelset.Canonical(set(labels)))[0])
	}
	x := routedAlert("alertname=X pod=a severity=critical service=db")
	for _, c := range []struct {
		name      string
		routing   string
		alerts    []*sources.Alert
		incidents []sources.Incident
		want      map[string]string // incident: "alerts shares"
		owner     string            // of the first alert
	}{
		{
			"two integrations of one receiver", simpleRouting,
			[]*sources.Alert{x},
			[]sources.Incident{incident("P1", sent(keyFor("alertname=X"), nil)), incident("P2", sent(keyFor("alertname=X"), nil))},
			map[string]string{"P1": "1 P2", "P2": "1 P1"},
			"P1",
		},
		{
			"three", simpleRouting,
			[]*sources.Alert{x},
			[]sources.Incident{incident("P1", sent(keyFor("alertname=X"), nil)), incident("P2", sent(keyFor("alertname=X"), nil)), incident("P3", sent("k", textOf("alertname=X pod=a severity=critical service=db")))},
			map[string]string{"P1": "1 P2 P3", "P2": "1 P1 P3", "P3": "1 P1 P2"},
			"P1",
		},
		{
			"the live key before an older orphan with a better proof", simpleRouting,
			[]*sources.Alert{x},
			[]sources.Incident{opened(incident("P1", sent("gone", arrayOf("alertname=X pod=a severity=critical service=db"))), 60), opened(incident("P2", sent(keyFor("alertname=X"), nil)), 5)},
			map[string]string{"P1": "1 P2", "P2": "1 P1"},
			"P2",
		},
		{
			"a reload that changes group_by", split,
			[]*sources.Alert{lag("a"), lag("b")},
			[]sources.Incident{
				opened(incident("P1", sent(key(simpleRouting, "alertname=Lag"), arrayOf("alertname=Lag team=x severity=critical service=a", "alertname=Lag team=x severity=critical service=b"))), 60),
				opened(incident("P2", sent(key(split, "alertname=Lag service=a"), arrayOf("alertname=Lag team=x severity=critical service=a"))), 5),
				opened(incident("P3", sent(key(split, "alertname=Lag service=b"), arrayOf("alertname=Lag team=x severity=critical service=b"))), 5),
			},
			map[string]string{"P1": "2 P2 P3", "P2": "1 P1", "P3": "1 P1"},
			"P2",
		},
		{
			"the same in the text form", split,
			[]*sources.Alert{lag("a"), lag("b")},
			[]sources.Incident{
				opened(incident("P1", sent(key(simpleRouting, "alertname=Lag"), textOf("alertname=Lag team=x severity=critical service=a"))), 60),
				opened(incident("P2", sent(key(split, "alertname=Lag service=a"), nil)), 5),
				opened(incident("P3", sent(key(split, "alertname=Lag service=b"), nil)), 5),
			},
			map[string]string{"P1": "1 P2", "P2": "1 P1", "P3": "1"},
			"P2",
		},
		{
			"the soonest after the alert began owns it", simpleRouting,
			[]*sources.Alert{x},
			[]sources.Incident{opened(incident("P1", sent(keyFor("alertname=X"), nil)), 2), opened(incident("P2", sent(keyFor("alertname=X"), nil)), 50), opened(incident("P3", sent(keyFor("alertname=X"), nil)), 61)},
			map[string]string{"P1": "1 P2 P3", "P2": "1 P1 P3", "P3": "1 P1 P2"},
			"P2",
		},
		{
			"one that is resolved shares nothing", simpleRouting,
			[]*sources.Alert{x},
			[]sources.Incident{incident("P1", sent(keyFor("alertname=X"), nil)), incident("P2", sources.IncidentAlert{ID: "A", Key: keyFor("alertname=X"), Status: sources.Resolved})},
			map[string]string{"P1": "1", "P2": "0"},
			"P1",
		},
		{
			"what only resembles is not shared", simpleRouting,
			[]*sources.Alert{x},
			[]sources.Incident{incident("P1", sent(keyFor("alertname=X"), nil)), incident("P2", sent("k", map[string]any{"alertname": "X", "service": "db"}))},
			map[string]string{"P1": "1", "P2": "0"},
			"P1",
		},
		{
			"two problems", simpleRouting,
			[]*sources.Alert{x, routedAlert("alertname=Y pod=a")},
			[]sources.Incident{incident("P1", sent(keyFor("alertname=X"), nil)), incident("P2", sent(keyFor("alertname=Y"), nil))},
			map[string]string{"P1": "1", "P2": "1"},
			"P1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			snapshots := []sources.Snapshot{manager(sources.Data{Routing: c.routing, Alerts: c.alerts}), pagerDuty(c.incidents...)}
			groups := Join(snapshots, Options{}, testNow)
			for id, want := range c.want {
				g := groupByID(t, groups, id)
				got := strings.TrimSpace(string(rune('0'+len(g.Alerts))) + " " + strings.Join(g.Shares, " "))
				if got != want {
					t.Errorf("%s: %s, want %s", id, got, want)
				}
				if len(g.Alerts) == 0 {
					continue
				}
				if g.JoinedBy == Unjoined || weak(g.JoinedBy) || g.Proof == "" || g.Firing() != len(g.Alerts) || len(g.AlertNames()) != 1 || g.Severity != groups[0].Severity && len(c.alerts) == 1 {
					t.Errorf("%s: joined by %q, %d firing, names %v", id, g.JoinedBy, g.Firing(), g.AlertNames())
				}
				if len(g.Shares) > 0 {
					if !slices.IsSortedFunc(g.Incidents, func(x, y *sources.Incident) int { return x.CreatedAt.Compare(y.CreatedAt) }) || len(g.Incidents) != len(g.Shares)+1 {
						t.Errorf("%s: incidents %v", id, g.Incidents)
					}
				} else if len(g.Incidents) > 0 {
					t.Errorf("%s: incidents %v", id, g.Incidents)
				}
			}
			var j Joiner
			j.texts.Next(labelset.Comparer{})
			o := Options{}.WithDefaults()
			snapshots = ordered(snapshots)
			claims := proveAlerts(j.merge(snapshots, &o), &o, j.owner, distinctIncidents(snapshots), &j.texts, &j.named, nil)
			first := claims.Find(claims.Hash(c.alerts[0].Labels, nil))
			if owner := claims.incidents[claims.best[first].incident].ID; owner != c.owner {
				t.Errorf("the alert is %s's, want %s's", owner, c.owner)
			}
		})
	}
}

// Alerts that are shown twice count once in what is remembered.
func TestSharedAlertsAreFollowedOnce(t *testing.T) {
	f := film{t: t}
	check := func(minute float64) []Group {
		am := manager(sources.Data{Routing: simpleRouting, Alerts: []*sources.Alert{firesSince(at(minute))}})
		return f.join(at(minute), am, pagerDuty(incident("P1", sent(keyFor("alertname=X"), nil)), incident("P2", sent(keyFor("alertname=X"), nil))))
	}
	for minute := range 4 {
		check(float64(minute))
	}
	if g := groupByID(t, check(5), "P1"); g.Flaps != 5 {
		t.Errorf("flaps %d", g.Flaps)
	}
}

// Problems are the connected rows, and Merged is one row of each: that of the
// oldest open incident, with the alerts of all.
func TestProblems(t *testing.T) {
	options := Options{}.WithDefaults()
	alert := func(name, severity, team string) Alert {
		return Alert{
			Alert:    sources.Alert{State: sources.AlertFiring, Labels: map[string]string{"alertname": name, "severity": severity, "team": team}},
			Severity: options.severityOf(severity), JoinedBy: ByDedupKey,
		}
	}
	row := func(id string, age float64, state State, shares string, alerts ...Alert) Group {
		g := Group{ID: id, State: state, Incident: &sources.Incident{ID: id, CreatedAt: at(-age)}, Shares: strings.Fields(shares), Alerts: alerts, JoinedBy: ByDedupKey, Urgency: "low"}
		if len(alerts) > 0 {
			g.Severity, g.SeverityText = gravest(alerts)
			g.Team, g.Teams = alerts[0].Labels["team"], []string{alerts[0].Labels["team"]}
		}
		return g
	}
	x, y, z := alert("X", "warning", "a"), alert("Y", "critical", "b"), alert("Z", "info", "c")
	for _, c := range []struct {
		name   string
		groups []Group
		want   string // "id: incidents, alert names, team, state" for each
	}{
		{"none shares", []Group{row("P1", 1, Triggered, "", x), row("P2", 2, Triggered, "", y)}, "P1: P1 X a triggered; P2: P2 Y b triggered"},
		{"the older one is the incident", []Group{row("P1", 1, Triggered, "P2", x), row("P2", 2, Triggered, "P1", x)}, "P2: P2 P1 X a triggered"},
		{"as old", []Group{row("P2", 1, Triggered, "P1", x), row("P1", 1, Triggered, "P2", x)}, "P1: P1 P2 X a triggered"},
		{"an orphan with all", []Group{row("P2", 1, Triggered, "P1", x), row("P3", 1, Triggered, "P1", y), row("P1", 9, Triggered, "P2 P3", x, y)}, "P1: P1 P2 P3 Y,X b triggered"},
		{"a chain", []Group{row("P1", 9, Triggered, "P2", x), row("P3", 3, Triggered, "P2", z), row("P2", 5, Triggered, "P1 P3", x, z)}, "P1: P1 P2 P3 X,Z a triggered"},
		{"the oldest is acknowledged", []Group{row("P1", 9, Acknowledged, "P2", x), row("P2", 3, Triggered, "P1", x)}, "P1: P1 P2 X a triggered"},
		{"all are acknowledged", []Group{row("P1", 9, Acknowledged, "P2", x), row("P2", 3, Acknowledged, "P1", x)}, "P1: P1 P2 X a acknowledged"},
		{"the oldest is resolved", []Group{row("P1", 9, Resolved, "P2", x), row("P2", 3, Acknowledged, "P1", x)}, "P2: P1 P2 X a acknowledged"},
		{"the place of the first row", []Group{row("P1", 1, Triggered, "P4", x), row("P2", 2, Triggered, "", y), row("P4", 9, Triggered, "P1", x)}, "P4: P4 P1 X a triggered; P2: P2 Y b triggered"},
		{"alerts without an incident", []Group{{ID: "aa", State: Firing, Alerts: []Alert{x}, Team: "a"}, row("P2", 2, Triggered, "", y)}, "aa:  X a firing; P2: P2 Y b triggered"},
		{"one that is not there", []Group{row("P1", 1, Triggered, "P9", x)}, "P1: P1 X a triggered"},
	} {
		var got []string
		for _, members := range Problems(c.groups) {
			g := Merged(members)
			var ids []string
			for _, in := range g.Incidents {
				ids = append(ids, in.ID)
			}
			if len(members) == 1 && g.Incident != nil {
				ids = []string{g.Incident.ID}
			}
			if len(members) > 1 && (g.ID != g.Incident.ID || len(g.Shares) != len(members)-1 || slices.Contains(g.Shares, g.ID)) {
				t.Errorf("%s: %s is of %s, shares %v", c.name, g.ID, g.Incident.ID, g.Shares)
			}
			got = append(got, g.ID+": "+strings.Join(ids, " ")+" "+strings.Join(g.AlertNames(), ",")+" "+g.Team+" "+string(g.State))
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, text, c.want)
		}
	}
}

// In random worlds each row is in one problem, which has the alerts of its rows
// and no other, each once; rows of two problems share no proven alert.
func TestProblemsInRandomWorlds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := Join(drawSnapshots(t), Options{}, testNow)
		in := map[string]int{}
		alerts := map[string]int{}
		key := func(a *Alert) string { return labelset.Canonical(a.Labels) + " " + strings.Join(a.Clusters, ",") }
		for n, members := range Problems(groups) {
			g := Merged(members)
			want := map[string]bool{}
			for _, m := range members {
				if _, twice := in[m.ID]; twice {
					t.Fatalf("%s is in two problems", m.ID)
				}
				in[m.ID] = n
				for i := range m.Alerts {
					want[key(&m.Alerts[i])] = true
				}
				if open := m.Incident; open != nil && open.Status != sources.Resolved && open.CreatedAt.Before(g.Incident.CreatedAt) {
					t.Fatalf("%s is older than %s", m.ID, g.ID)
				}
			}
			for i := range g.Alerts {
				k := key(&g.Alerts[i])
				if other, ok := alerts[k]; ok {
					t.Fatalf("%s is in the problems %d and %d", k, other, n)
				}
				alerts[k] = n
				if !want[k] {
					t.Fatalf("%s came from nowhere", k)
				}
				delete(want, k)
			}
			if len(want) > 0 {
				t.Fatalf("%s lacks %v", g.ID, want)
			}
		}
		if len(in) != len(groups) {
			t.Fatalf("%d of %d rows", len(in), len(groups))
		}
	})
}
