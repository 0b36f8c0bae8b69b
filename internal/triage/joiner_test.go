package triage

import (
	"testing"
	"time"

	"firstline/sources"
)

// While PagerDuty is read again, what is said of pages does not waver.
func TestPartialReads(t *testing.T) {
	am := manager(sources.Data{Alerts: []sources.Alert{routedAlert("alertname=X")}})
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
	am := manager(sources.Data{Alerts: []sources.Alert{routedAlert("alertname=X pod=a job=j")}})
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

func TestJoinerRemembers(t *testing.T) {
	world := fleet(200, 20)
	var j Joiner
	first := j.Join(world, Options{}, testNow)
	again := j.Join(world, Options{}, testNow.Add(time.Second))
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
	if len(j.trees) != 0 || len(j.texts.now)+len(j.texts.last)+len(j.alerts.bySource)+len(j.alerts.completed)+len(j.alerts.last) != 0 {
		t.Error("what is gone is still remembered")
	}
}
