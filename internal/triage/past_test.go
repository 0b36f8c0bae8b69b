package triage

import (
	"testing"
	"time"

	"firstline/sources"
)

// timeline joins a world again and again while its clock goes on.
type timeline struct {
	j   Joiner
	now time.Time
}

// join has the alerts that an Alertmanager told at that time, and an incident
// for alertname=X.
func (l *timeline) join(after time.Duration, alerts ...sources.Alert) Group {
	l.now = l.now.Add(after)
	am := manager(sources.Data{Alerts: alerts})
	am.AsOf = l.now
	pd := pagerDuty(incident("P1", sent("k", textOf("alertname=X"))))
	return l.j.Join([]sources.Snapshot{am, pd}, Options{}, l.now)[0]
}

func TestNotFiringSince(t *testing.T) {
	firing := routedAlert("alertname=X")
	l := timeline{now: testNow}
	if g := l.join(0, firing); g.NoLongerFiring || !g.NotFiringSince.IsZero() {
		t.Fatalf("it fires: %+v", g)
	}
	quiet := l.join(10 * time.Second)
	if !quiet.NoLongerFiring || !quiet.NotFiringSince.Equal(l.now) {
		t.Errorf("not firing since %v, want %v", quiet.NotFiringSince, l.now)
	}
	since := l.now
	if g := l.join(10 * time.Minute); !g.NotFiringSince.Equal(since) {
		t.Errorf("later it is %v, want %v still", g.NotFiringSince, since)
	}
	if g := l.join(10*time.Second, firing); g.NoLongerFiring || !g.NotFiringSince.IsZero() {
		t.Errorf("it fires again: %+v", g)
	}
	// Between two looks hours apart nobody knows when it ended.
	if g := l.join(3 * time.Hour); !g.NoLongerFiring || !g.NotFiringSince.IsZero() {
		t.Errorf("after a night it is %v, want none", g.NotFiringSince)
	}
	// Nor does anybody who comes later than the end.
	late := timeline{now: testNow}
	if g := late.join(0); !g.NoLongerFiring || !g.NotFiringSince.IsZero() {
		t.Errorf("at the first look it is %v, want none", g.NotFiringSince)
	}
	if g := late.join(10 * time.Second); !g.NotFiringSince.IsZero() {
		t.Errorf("at the second look it is %v, want none", g.NotFiringSince)
	}
}

func TestFlapping(t *testing.T) {
	begun := func(at time.Time) sources.Alert {
		return with(routedAlert("alertname=X"), func(a *sources.Alert) { a.ActiveSince = at })
	}
	l := timeline{now: testNow}
	want := func(g Group, flaps int, flapping bool) {
		t.Helper()
		if g.Flaps != flaps || g.Flapping() != flapping {
			t.Errorf("at %v: began %d times, flapping %v; want %d, %v", l.now.Sub(testNow), g.Flaps, g.Flapping(), flaps, flapping)
		}
	}
	first := testNow.Add(-2 * time.Minute)
	want(l.join(0, begun(first)), 1, false)
	want(l.join(time.Minute, begun(first)), 1, false) // the same beginning
	want(l.join(time.Minute), 0, false)               // the incident alone
	want(l.join(time.Minute, begun(l.now)), 2, false)
	// It ended and began between two looks.
	want(l.join(10*time.Minute, begun(l.now.Add(9*time.Minute))), 3, true)
	// A pending one has ended.
	pending := with(begun(l.now), func(a *sources.Alert) { a.State = sources.AlertPending })
	l.join(time.Minute, pending)
	again := l.now.Add(time.Minute)
	want(l.join(time.Minute, begun(again)), 4, true)
	// Beginnings are forgotten after an hour.
	want(l.join(56*time.Minute, begun(again)), 2, false)
	want(l.join(2*time.Hour, begun(again)), 0, false)
	l.join(time.Minute)
	l.join(2 * time.Hour)
	if n := len(l.j.past.alerts); n != 0 {
		t.Errorf("%d alerts are still remembered", n)
	}
}

// A source that fails, or tells only a part, ends nothing.
func TestFailureIsNoEnd(t *testing.T) {
	alert := routedAlert("alertname=X")
	alert.ActiveSince = testNow.Add(-time.Minute)
	var j Joiner
	whole := manager(sources.Data{Alerts: []sources.Alert{alert}})
	down := manager(sources.Data{})
	down.Err = errDown
	for range 5 {
		j.Join([]sources.Snapshot{whole}, Options{}, testNow)
		j.Join([]sources.Snapshot{down}, Options{}, testNow)
	}
	if g := j.Join([]sources.Snapshot{whole}, Options{}, testNow)[0]; g.Flaps != 1 {
		t.Errorf("it began %d times, want once", g.Flaps)
	}
}

func TestMutedByATimeInterval(t *testing.T) {
	a := routedAlert("alertname=X")
	a.ActiveSince = testNow.Add(-time.Hour)
	for name, muted := range map[string][]string{"no PagerDuty incident": nil, "muted by the time interval nights, weekends": {"nights", "weekends"}} {
		am := manager(sources.Data{
			Alerts: []sources.Alert{a}, Routing: simpleRouting,
			Groups: []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("alertname=X"), Fingerprints: []string{a.Fingerprint}, MutedBy: muted}},
		})
		if g := Join([]sources.Snapshot{am, pagerDuty()}, Options{}, testNow)[0]; g.Why != name || !g.Unpaged {
			t.Errorf("why is %q, want %q", g.Why, name)
		}
	}
}
