package triage

import (
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/sources"
)

// While PagerDuty is read again, what is said of pages does not waver.
func TestPartialReads(t *testing.T) {
	am := manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=X")}})
	reading := pagerDuty()
	reading.Partial = true
	var j Joiner
	for i, step := range []struct {
		pd   sources.Snapshot
		want bool
	}{{reading, false}, {pagerDuty(), true}, {reading, true}} {
		if got := j.Join([]sources.Snapshot{am, step.pd}, Options{}, testNow)[0].Unpaged; got != step.want {
			t.Errorf("step %d: unpaged %v", i, got)
		}
	}
	if Join([]sources.Snapshot{am, reading}, Options{}, testNow)[0].Unpaged {
		t.Error("incidents are still on their way")
	}
	if !reading.Partial {
		t.Error("the caller's snapshot was changed")
	}
}

func TestJoinerTakesNewOptions(t *testing.T) {
	am := manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=X pod=a job=j")}})
	var j Joiner
	for _, step := range []struct {
		o    Options
		want string
	}{
		{Options{}, "j"},
		{Options{ServiceLabels: []string{"pod"}}, "a"},
		{Options{Services: []ServiceRule{{Name: "one", Match: mustMatchers(t, "pod=a")}}}, "one"},
		{Options{Services: []ServiceRule{{Name: "two", Match: mustMatchers(t, "pod=a")}}}, "two"},
	} {
		if got := j.Join([]sources.Snapshot{am}, step.o, testNow)[0].Service; got != step.want {
			t.Errorf("service %q, want %q", got, step.want)
		}
	}
}

// What an event names depends on the options too, whose text was read before.
func TestJoinerTakesNewOptionsForEvents(t *testing.T) {
	in := incident("P1", sent("key", map[string]any{"firing": "Labels:\n - alertname = X\n - service = old\n - pod = gone\nAnnotations:\nSource: \n"}))
	in.Service.Name = "" // which would join them otherwise
	snapshots := []sources.Snapshot{
		manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=X service=new pod=a")}}),
		snapshot(sources.PagerDuty, "pd", sources.Data{Incidents: []sources.Incident{in}}),
	}
	renamed := []ServiceRule{{Name: "new", Match: mustMatchers(t, "service=old")}}
	var j Joiner
	for i, rules := range [][]ServiceRule{nil, renamed, nil, renamed} {
		groups := j.Join(snapshots, Options{Services: rules}, testNow)
		if want := 2 - i%2; len(groups) != want {
			t.Errorf("join %d: %d groups, want %d", i, len(groups), want)
		}
	}
}

// Labels that are not compared are those that the Prometheus has now, also if the
// alert of another replica is shown.
func TestJoinerTakesNewLabels(t *testing.T) {
	prom := func(name, replica string, state sources.AlertState) sources.Snapshot {
		a := metricAlert("alertname=X pod=p replica=" + replica)
		a.Source, a.State = name, state
		return snapshot(sources.Prometheus, name, sources.Data{ExternalLabels: map[string]string{"cluster": "eu"}, Alerts: []*sources.Alert{a}})
	}
	for _, others := range [][]sources.Snapshot{nil, {prom("pending", "other", sources.AlertPending)}} {
		var j Joiner
		for _, replica := range []string{"a", "a", "b"} {
			groups := j.Join(append(slices.Clone(others), prom("prom", replica, sources.AlertFiring)), Options{}, testNow)
			if got, want := groups[0].Alerts[0].Labels, set("alertname=X cluster=eu pod=p replica="+replica); !maps.Equal(got, want) {
				t.Errorf("labels %v, want %v", got, want)
			}
		}
	}
}

func TestJoinerRemembers(t *testing.T) {
	snapshots := fleet(200, 20)
	var j Joiner
	first := j.Join(snapshots, Options{}, testNow)
	again := j.Join(snapshots, Options{}, testNow.Add(time.Second))
	if len(first) != len(again) {
		t.Fatalf("%d groups, then %d", len(first), len(again))
	}
	for i := range first {
		if first[i].ID != again[i].ID || first[i].JoinedBy != again[i].JoinedBy {
			t.Errorf("group %d: %s by %s, then %s by %s", i, first[i].ID, first[i].JoinedBy, again[i].ID, again[i].JoinedBy)
		}
	}
	if len(j.trees) != 1 {
		t.Errorf("%d route trees are kept", len(j.trees))
	}
	j.Join(nil, Options{}, testNow)
	j.Join(nil, Options{}, testNow)
	if len(j.trees) != 0 || len(j.named.now)+len(j.named.last) != 0 {
		t.Error("what is gone is still remembered")
	}
}

// TestJoinOnAllProcessors: a join divides its work. Run with -race, nothing that
// the parts share is written; the groups are those of a single processor.
func TestJoinOnAllProcessors(t *testing.T) {
	alerts, incidents := 3_000, 600
	if race.Enabled {
		alerts, incidents = alerts/2, incidents/2 // which are divided, too
	}
	fleets := map[string]func() []sources.Snapshot{
		"groups of five":     func() []sources.Snapshot { return fleet(alerts, incidents) },
		"groups of one":      func() []sources.Snapshot { return fleetOf(alerts, 1, alerts) },
		"without incidents":  func() []sources.Snapshot { return fleetOf(alerts, 1, 0) },
		"two Alertmanagers":  func() []sources.Snapshot { return append(fleet(alerts, incidents), fleet(alerts, 0)[0]) },
		"Prometheus alone":   func() []sources.Snapshot { return fleet(alerts, incidents)[1:] },
		"time intervals":     func() []sources.Snapshot { return withRouting(fleet(alerts, incidents), mutedRouting) },
		"relabelled replica": func() []sources.Snapshot { return append(fleet(alerts, incidents), fleet(alerts, 0)[1]) },
	}
	for _, like := range likenesses {
		fleets["without keys, "+like.name] = func() []sources.Snapshot { return fleetWithoutKeys(alerts, incidents, incidents/4, like) }
		fleets["without keys, all read, "+like.name] = func() []sources.Snapshot { return fleetWithoutKeys(alerts, incidents, incidents, like) }
	}
	for name, read := range fleets {
		t.Run(name, func(t *testing.T) {
			snapshots, o := read(), fleetOptions(t)
			for i := range snapshots { // sources have names of their own
				snapshots[i].Source.Name = fmt.Sprintf("%s-%d", snapshots[i].Source.Kind, i)
			}
			before := runtime.GOMAXPROCS(8)
			var j Joiner
			j.Join(snapshots, o, testNow)
			parallel := j.Join(snapshots, o, testNow.Add(time.Second))
			runtime.GOMAXPROCS(1)
			var single Joiner
			single.Join(snapshots, o, testNow)
			want := single.Join(snapshots, o, testNow.Add(time.Second))
			runtime.GOMAXPROCS(before)
			if len(parallel) != len(want) {
				t.Fatalf("%d groups, want %d", len(parallel), len(want))
			}
			for i := range want {
				if got := parallel[i]; got.ID != want[i].ID || got.JoinedBy != want[i].JoinedBy || got.Firing() != want[i].Firing() || len(got.Alerts) != len(want[i].Alerts) {
					t.Fatalf("group %d is %s by %s with %d alerts, want %s by %s with %d", i, got.ID, got.JoinedBy, len(got.Alerts), want[i].ID, want[i].JoinedBy, len(want[i].Alerts))
				}
				if !reflect.DeepEqual(parallel[i], want[i]) {
					t.Fatalf("group %d is\n%+v, want\n%+v", i, parallel[i], want[i])
				}
			}
		})
	}
}

// withRouting gives the Alertmanagers that configuration.
func withRouting(snapshots []sources.Snapshot, routing string) []sources.Snapshot {
	for i := range snapshots {
		if snapshots[i].Source.Kind == sources.Alertmanager {
			snapshots[i].Data.Routing = routing
		}
	}
	return snapshots
}

var mutedRouting = strings.Replace(fleetRouting, "{receiver: pd-3,", "{receiver: pd-3, mute_time_intervals: [never, always],", 1) + `
time_intervals:
- {name: never, time_intervals: [{years: ["1999"]}]}
- {name: always, time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]}
`
