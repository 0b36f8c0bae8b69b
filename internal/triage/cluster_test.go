package triage

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/labelset"
	"firstline/internal/routing"
	"firstline/sources"
)

// amWith is an Alertmanager with these alerts, grouped by alertname.
func amWith(name string, alerts ...*sources.Alert) sources.Snapshot {
	d := sources.Data{Routing: simpleRouting}
	for _, a := range alerts {
		a.Source = name
		d.Alerts = append(d.Alerts, a)
		d.Groups = append(d.Groups, sources.NotificationGroup{
			Source: name, Receiver: "pd", Labels: map[string]string{"alertname": a.Name()}, Fingerprints: []string{a.Fingerprint},
		})
	}
	return snapshot(sources.Alertmanager, name, d)
}

func promWith(name, external string, alerts ...*sources.Alert) sources.Snapshot {
	for i := range alerts {
		alerts[i].Source = name
	}
	return snapshot(sources.Prometheus, name, sources.Data{Alerts: alerts, ExternalLabels: set(external)})
}

// Alertmanagers that share members are one cluster; all others are apart.
// Alerts with equal labels in two Alertmanagers are one where these are a
// cluster or where labels prove it, and two else.
func TestAlertsOfTwoClustersAreTwo(t *testing.T) {
	x, y := routedAlert("alertname=X"), routedAlert("alertname=Y")
	xeu := routedAlert("alertname=X cluster=eu")
	px, py := metricAlert("alertname=X"), metricAlert("alertname=Y")
	both := map[string]map[string]string{"am-eu": {"site": "a"}, "am-us": {"site": "a"}}
	apart := map[string]map[string]string{"am-eu": {"cluster": "eu"}, "am-us": {"cluster": "us"}}
	for _, tt := range []struct {
		name      string
		snapshots []sources.Snapshot
		labels    map[string]map[string]string
		want      []string // alertname, clusters, sources of each alert
		rows      int
	}{
		{
			"apart (two-clusters)",
			[]sources.Snapshot{amWith("am-eu", x), amWith("am-us", x)},
			nil,
			[]string{"X am-eu am-eu", "X am-us am-us"},
			2,
		},
		{
			"one cluster",
			[]sources.Snapshot{gossip("1", amWith("am-eu", x)), gossip("1", amWith("am-us", x))},
			nil,
			[]string{"X am-eu am-eu,am-us"},
			1,
		},
		{
			"another label",
			[]sources.Snapshot{amWith("am-eu", xeu), amWith("am-us", x)},
			nil,
			[]string{"X am-eu am-eu", "X am-us am-us"},
			2,
		},
		{
			"configured to be the same",
			[]sources.Snapshot{amWith("am-eu", x), amWith("am-us", x)},
			both,
			[]string{"X am-eu,am-us am-eu,am-us"},
			1,
		},
		{
			"configured to be apart",
			[]sources.Snapshot{amWith("am-eu", x), amWith("am-us", x)},
			apart,
			[]string{"X am-eu am-eu", "X am-us am-us"},
			2,
		},
		{
			"one Prometheus with external labels sends to both",
			[]sources.Snapshot{amWith("am-eu", xeu), amWith("am-us", xeu), promWith("p", "cluster=eu", px)},
			nil,
			[]string{"X am-eu,am-us am-eu,am-us,p"},
			1,
		},
		{"two Prometheus with the same external labels prove nothing", []sources.Snapshot{
			amWith("am-eu", xeu), amWith("am-us", xeu), promWith("p", "cluster=eu", px), promWith("q", "cluster=eu", px),
		}, nil, []string{"X am-eu am-eu,p,q", "X am-us am-us,p,q"}, 2},
		{
			"a Prometheus without external labels proves nothing",
			[]sources.Snapshot{amWith("am-eu", x), amWith("am-us", x), promWith("p", "", px)},
			nil,
			[]string{"X am-eu am-eu,p", "X am-us am-us,p"},
			2,
		},
		{
			"where a Prometheus sends to is told by its other alerts",
			[]sources.Snapshot{amWith("am-eu", x, y), amWith("am-us", x), promWith("p", "", px, py)},
			nil,
			[]string{"X am-eu am-eu,p", "X am-us am-us", "Y am-eu am-eu,p"},
			3,
		},
		{"the external label that relabelling drops is the configured one", []sources.Snapshot{
			amWith("am-eu", x), amWith("am-us", x), promWith("p", "cluster=eu", px), promWith("q", "cluster=us", px),
		}, apart, []string{"X am-eu am-eu,p", "X am-us am-us,q"}, 2},
		{"replicas in one of them", []sources.Snapshot{
			amWith("am-eu", routedAlert("alertname=X replica=a"), routedAlert("alertname=X replica=b")), amWith("am-us", x),
		}, nil, []string{"X am-eu am-eu", "X am-us am-us"}, 2},
		{
			"a pair and one alone",
			[]sources.Snapshot{gossip("1", amWith("am-a", x)), gossip("1", amWith("am-b", x)), amWith("am-us", x)},
			nil,
			[]string{"X am-a am-a,am-b", "X am-us am-us"},
			2,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			groups := Join(tt.snapshots, Options{Alertmanagers: tt.labels}, testNow)
			var got []string
			ids, titles := map[string]bool{}, map[string]bool{}
			for _, g := range groups {
				ids[g.ID], titles[g.Title+labelset.Canonical(g.Alerts[0].Labels)] = true, true
				for _, a := range g.Alerts {
					got = append(got, a.Name()+" "+strings.Join(a.Clusters, ",")+" "+strings.Join(a.Sources, ","))
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("alerts %q, want %q", got, tt.want)
			}
			if len(groups) != tt.rows || len(ids) != tt.rows || len(titles) != tt.rows {
				t.Errorf("%d rows with %d ids and the titles %v, want %d", len(groups), len(ids), titles, tt.rows)
			}
		})
	}
}

// The ids of the first cluster's rows do not depend on whether another has the
// same groups.
func TestIDsOfClustersAreStable(t *testing.T) {
	x := routedAlert("alertname=X")
	id := func(snapshots ...sources.Snapshot) map[string]string {
		ids := map[string]string{}
		for _, g := range Join(snapshots, Options{}, testNow) {
			ids[g.Alerts[0].Clusters[0]] = g.ID
		}
		return ids
	}
	alone := id(amWith("am-eu", x))["am-eu"]
	two := id(amWith("am-eu", x), amWith("am-us", x))
	if two["am-eu"] != alone || two["am-us"] == alone {
		t.Errorf("alone %s, of two %v", alone, two)
	}
	if us := id(amWith("am-eu"), amWith("am-us", x))["am-us"]; us != two["am-us"] {
		t.Errorf("the id of am-us became %s, was %s", us, two["am-us"])
	}
}

// The incident of each of two clusters that send under one key takes the alert
// of its own, and is judged by that cluster alone.
func TestIncidentsOfTwoClusters(t *testing.T) {
	group := map[string]string{"alertname": "X"}
	tree, err := routing.Read(simpleRouting)
	if err != nil {
		t.Fatal(err)
	}
	route := tree.Reach(group)[0]
	key := routing.DedupKey(route.GroupKeys(group, labelset.Canonical(group))[0])
	begun := map[string]time.Time{"eu": testNow.Add(-time.Hour), "us": testNow.Add(-50 * time.Minute)}
	alertOf := func(cluster string) *sources.Alert {
		return with(routedAlert("alertname=X"), func(a *sources.Alert) { a.ActiveSince = begun[cluster] })
	}
	// event is what a cluster sends: with its address, the time of the alert's
	// beginning, or neither.
	event := func(cluster string, address, array bool) sources.IncidentAlert {
		e := sent(key, textOf("alertname=X"))
		if array {
			e.Details = map[string]any{"firing": []any{map[string]any{
				"labels": map[string]any{"alertname": "X"}, "startsAt": begun[cluster].Format(time.RFC3339Nano), "status": "firing",
			}}}
		}
		if address {
			e.Links = []sources.Link{{Text: "Alertmanager", Href: "http://am-" + cluster + ".example.com/#/alerts?receiver=pd"}}
		}
		return e
	}
	incidentOf := func(cluster string, e sources.IncidentAlert) sources.Incident {
		in := incident("P"+cluster, e)
		in.Service = sources.Reference{ID: "S" + cluster, Name: cluster}
		return in
	}
	at := func(cluster string, s sources.Snapshot) sources.Snapshot {
		s.Data.Addresses = []string{"http://am-" + cluster + ".example.com"}
		return s
	}
	firing := func(clusters ...string) []sources.Snapshot {
		var all []sources.Snapshot
		for _, c := range []string{"eu", "us"} {
			if slices.Contains(clusters, c) {
				all = append(all, at(c, amWith("am-"+c, alertOf(c))))
			} else {
				all = append(all, at(c, amWith("am-"+c)))
			}
		}
		// One that evaluates the rule: it proves that what no cluster has is over.
		return append(all, metrics(sources.Data{Rules: evaluated("X")}))
	}
	for _, tt := range []struct {
		name           string
		address, array bool
		fires          []string
		eu, us         string // clusters of the alerts of each incident; "over": no longer firing; "": neither
	}{
		{"both fire, told by address", true, false, []string{"eu", "us"}, "am-eu", "am-us"},
		{"both fire, told by time", false, true, []string{"eu", "us"}, "am-eu", "am-us"},
		{"both fire, told by both", true, true, []string{"eu", "us"}, "am-eu", "am-us"},
		{"us is well again, told by address", true, false, []string{"eu"}, "am-eu", "over"},
		{"eu is well again, told by address", true, false, []string{"us"}, "over", "am-us"},
		{"us is well again, told by time", false, true, []string{"eu"}, "am-eu", "over"},
		{"eu is well again, told by time", false, true, []string{"us"}, "over", "am-us"},
		{"both are well again", true, true, nil, "over", "over"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			snapshots := append(firing(tt.fires...), pagerDuty(
				incidentOf("eu", event("eu", tt.address, tt.array)), incidentOf("us", event("us", tt.address, tt.array))))
			groups := Join(snapshots, Options{}, testNow)
			if len(groups) != 2 {
				t.Fatalf("%d rows: %+v", len(groups), groups)
			}
			for id, want := range map[string]string{"Peu": tt.eu, "Pus": tt.us} {
				g := groupByID(t, groups, id)
				got := ""
				for _, a := range g.Alerts {
					got += strings.Join(a.Clusters, ",")
				}
				if g.NoLongerFiring() {
					got = "over"
				}
				if got != want {
					t.Errorf("%s: %q, want %q", id, got, want)
				}
			}
		})
	}
	t.Run("nothing tells which is whose", func(t *testing.T) {
		snapshots := append(firing("eu"), pagerDuty(incidentOf("eu", event("eu", false, false)), incidentOf("us", event("us", false, false))))
		for _, g := range Join(snapshots, Options{}, testNow) {
			if g.NoLongerFiring() || g.Cluster != "" {
				t.Errorf("%s is said to be over, or of %q, which nothing proves", g.ID, g.Cluster)
			}
		}
	})
	t.Run("what was proven while both fired is remembered", func(t *testing.T) {
		var j Joiner
		pd := pagerDuty(incidentOf("eu", event("eu", false, true)), incidentOf("us", event("us", false, true)))
		j.Join(append(firing("eu", "us"), pd), Options{}, testNow)
		groups := j.Join(append(firing("us"), pd), Options{}, testNow)
		if eu := groupByID(t, groups, "Peu"); !eu.NoLongerFiring() || eu.Cluster != "am-eu" {
			t.Errorf("Peu: %+v", eu)
		}
		if us := groupByID(t, groups, "Pus"); us.NoLongerFiring() || len(us.Alerts) != 1 {
			t.Errorf("Pus: %+v", us)
		}
	})
	t.Run("another cluster that fails says nothing about it", func(t *testing.T) {
		pd := pagerDuty(incidentOf("eu", event("eu", true, false)), incidentOf("us", event("us", true, false)))
		for failing, over := range map[int]bool{0: true, 1: false} {
			snapshots := firing()
			snapshots[failing].Err = errDown
			if g := groupByID(t, Join(append(snapshots, pd), Options{}, testNow), "Pus"); g.NoLongerFiring() != over {
				t.Errorf("%s fails: no longer firing %v, want %v", snapshots[failing].Source.Name, g.NoLongerFiring(), over)
			}
		}
	})
	t.Run("both clusters send to one integration", func(t *testing.T) {
		pd := pagerDuty(incidentOf("eu", event("eu", true, true)))
		for _, tt := range []struct {
			fires  []string
			alerts int
		}{{[]string{"eu", "us"}, 2}, {[]string{"us"}, 1}, {[]string{"eu"}, 1}, {nil, 0}} {
			groups := Join(append(firing(tt.fires...), pd), Options{}, testNow)
			if g := groupByID(t, groups, "Peu"); len(groups) != 1 || len(g.Alerts) != tt.alerts || g.NoLongerFiring() != (tt.alerts == 0) {
				t.Errorf("%v: %d rows, %d alerts, no longer firing %v", tt.fires, len(groups), len(g.Alerts), g.NoLongerFiring())
			}
		}
		snapshots := firing()
		snapshots[1].Err = errDown
		if g := groupByID(t, Join(append(snapshots, pd), Options{}, testNow), "Peu"); g.NoLongerFiring() {
			t.Error("am-us fails, whose alert may be in it too, and it is said to be over")
		}
	})
	t.Run("two integrations of one cluster", func(t *testing.T) {
		twice := strings.Replace(simpleRouting, "pagerduty_configs: [", "pagerduty_configs: [{routing_key: x}, ", 1)
		if twice == simpleRouting {
			t.Fatal("the routing has another form: " + simpleRouting)
		}
		snapshots := firing("eu")
		snapshots[0].Data.Routing = twice
		in := []sources.Incident{incidentOf("eu", event("eu", true, false)), incidentOf("us", event("eu", false, false))}
		if g := groupByID(t, Join(append(snapshots, pagerDuty(in...)), Options{}, testNow), "Pus"); g.NoLongerFiring() {
			t.Error("it may be the other integration's, and is said to be over")
		}
	})
}
