package triage

import (
	"fmt"
	"testing"
	"time"

	"firstline/internal/labelset"
	"firstline/sources"
)

// film joins one look after the other with the same Joiner.
type film struct {
	t *testing.T
	j Joiner
}

// at is a time in minutes before or after testNow.
func at(minutes float64) time.Time {
	return testNow.Add(time.Duration(minutes * float64(time.Minute)))
}

// look joins what the sources said at that time.
func (f *film) join(now time.Time, snapshots ...sources.Snapshot) []Group {
	f.t.Helper()
	for i := range snapshots {
		if snapshots[i].Err == nil {
			snapshots[i].AsOf = now
		}
	}
	return f.j.Join(snapshots, Options{}, now)
}

func failing(s sources.Snapshot) sources.Snapshot {
	s.Err = errDown
	return s
}

// firesSince is the routed alert X with its beginning.
func firesSince(since time.Time) *sources.Alert {
	return with(routedAlert("alertname=X pod=a"), func(a *sources.Alert) { a.ActiveSince = since })
}

func TestNotFiringSince(t *testing.T) {
	in := incident("P1", sent("k", arrayOf("alertname=X pod=a")))
	fires := manager(sources.Data{Alerts: []*sources.Alert{firesSince(at(-60))}})
	gone := manager(sources.Data{})
	type step struct {
		minute float64
		am     sources.Snapshot
		want   string // the minute, or "-" for no time
		ended  bool   // whether it counts as no longer firing
	}
	for name, steps := range map[string][]step{
		"seen to end":                   {{0, fires, "-", false}, {1, gone, "1", true}, {2, gone, "1", true}},
		"gone at the first look":        {{0, gone, "-", false}, {1, gone, "-", false}},
		"fires again":                   {{0, fires, "-", false}, {1, gone, "1", true}, {2, fires, "-", false}, {3, gone, "3", true}},
		"a source fails meanwhile":      {{0, fires, "-", false}, {1, gone, "1", true}, {2, failing(gone), "-", false}, {3, gone, "1", true}},
		"ends while the source fails":   {{0, fires, "-", false}, {1, failing(fires), "-", false}, {3, gone, "3", true}},
		"nobody looked for long":        {{0, fires, "-", false}, {30, gone, "-", true}, {31, gone, "-", true}},
		"a failing source is no look":   {{0, fires, "-", false}, {4, failing(fires), "-", false}, {8, gone, "-", true}},
		"gone, and nobody looked since": {{0, fires, "-", false}, {1, gone, "1", true}, {120, gone, "1", true}},
	} {
		t.Run(name, func(t *testing.T) {
			f := film{t: t}
			for _, s := range steps {
				if s.am.Err != nil {
					s.am.AsOf = testNow
				}
				g := groupByID(t, f.join(at(s.minute), s.am, pagerDuty(in)), "P1")
				got := "-"
				if !g.NotFiringSince.IsZero() {
					got = fmt.Sprint(g.NotFiringSince.Sub(testNow).Minutes())
				}
				if got != s.want || g.NoLongerFiring() != s.ended {
					t.Errorf("at minute %v: no longer firing %v since %s, want %v since %s", s.minute, g.NoLongerFiring(), got, s.ended, s.want)
				}
			}
		})
	}
}

// The last known state of an earlier run says nothing about when things ended.
func TestNotFiringSinceAfterRestart(t *testing.T) {
	in := incident("P1", sent("k", arrayOf("alertname=X pod=a")))
	old := manager(sources.Data{Alerts: []*sources.Alert{firesSince(at(-60))}})
	old.AsOf = at(-300)
	f := film{t: t}
	f.j.Join([]sources.Snapshot{old, pagerDuty(in)}, Options{}, at(0))
	if g := groupByID(t, f.join(at(0.1), manager(sources.Data{}), metrics(sources.Data{Rules: evaluated("X")}), pagerDuty(in)), "P1"); !g.NoLongerFiring() || !g.NotFiringSince.IsZero() {
		t.Errorf("no longer firing %v since %v, which nobody saw", g.NoLongerFiring(), g.NotFiringSince)
	}
}

func TestFlaps(t *testing.T) {
	am := func(since ...float64) sources.Snapshot {
		var d sources.Data
		for i, s := range since {
			d.Alerts = append(d.Alerts, with(firesSince(at(s)), func(a *sources.Alert) {
				a.Labels = set(fmt.Sprintf("alertname=X service=a pod=p%d", i))
				a.Fingerprint = labelset.Fingerprint(a.Labels)
			}))
		}
		return manager(d)
	}
	prom := func(state sources.AlertState, since float64) sources.Snapshot {
		return metrics(sources.Data{Alerts: []*sources.Alert{with(metricAlert("alertname=X service=a pod=p0"), func(a *sources.Alert) {
			a.State, a.ActiveSince = state, at(since)
		})}})
	}
	type step struct {
		minute float64
		said   []sources.Snapshot
		want   int // -1: the group is not there
	}
	is := func(minute float64, want int, said ...sources.Snapshot) step { return step{minute, said, want} }
	for name, steps := range map[string][]step{
		"old":                           {is(0, 0, am(-120)), is(1, 0, am(-120))},
		"new":                           {is(0, 1, am(-10)), is(1, 1, am(-10))},
		"again and again":               {is(0, 1, am(-10)), is(1, -1, am()), is(2, 2, am(2)), is(3, -1, am()), is(4, 3, am(4))},
		"between two looks":             {is(0, 1, am(-10)), is(1, 2, am(0.5))},
		"only the last hour":            {is(0, 1, am(-50)), is(5, 2, am(5)), is(11, 1, am(5)), is(66, 0, am(5))},
		"many alerts of one storm":      {is(0, 1, am(-10, -9, -8)), is(1, 1, am(-10, -9, -8, 0.5))},
		"the one that flaps counts":     {is(0, 1, am(-10, -9)), is(1, 2, am(0.5, -9)), is(2, 3, am(1.5, -9))},
		"it is gone for the moment":     {is(0, 1, am(-9, -10)), is(1, 2, am(-9, 0.5)), is(2, 2, am(-9))},
		"another source says it":        {is(0, 1, am(-10), prom("firing", -12)), is(1, 1, failing(am()), prom("firing", -12)), is(2, 1, am(-10), prom("firing", -12))},
		"a replica noticed later":       {is(0, 1, prom("firing", -12)), is(1, 1, am(-10), prom("firing", -12))},
		"pending is no beginning":       {is(0, 0, prom("pending", -1)), is(1, 0, prom("pending", 0.5)), is(2, 1, prom("firing", 0.5))},
		"what a failing source said":    {is(0, 1, am(-10)), is(1, 1, failing(am(0.5)))},
		"the source fails in between":   {is(0, 1, am(-10)), is(1, 1, failing(am(-10))), is(2, 2, am(1.5))},
		"told by another, but anew":     {is(0, 1, prom("firing", -12)), is(1, -1, metrics(sources.Data{})), is(3, 2, am(2.5))},
		"a clock that is a bit ahead":   {is(0, 1, am(0.2)), is(1, 1, am(0.2))},
		"nobody looked for two hours":   {is(0, 1, am(-10)), is(120, 0, am(-10)), is(121, 1, am(120.5))},
		"more often than is remembered": nil,
	} {
		t.Run(name, func(t *testing.T) {
			if steps == nil {
				for i := range 80 {
					minute := float64(i) / 2
					steps = append(steps, is(minute, min(i+1, mostBeginnings+1), am(minute)))
				}
			}
			f := film{t: t}
			for _, s := range steps {
				got := -1
				for _, g := range f.join(at(s.minute), s.said...) {
					got = max(got, g.Flaps)
				}
				if got != s.want {
					t.Errorf("at minute %v it began %d times, want %d", s.minute, got, s.want)
				}
			}
		})
	}
}

// PagerDuty opens another alert for a key when the previous one is resolved, so
// the incident itself may have the number.
func TestFlapsOfIncident(t *testing.T) {
	sentAt := func(key string, minute float64) sources.IncidentAlert {
		a := sent(key, arrayOf("alertname=X pod=a"))
		a.CreatedAt = at(minute)
		return a
	}
	for _, c := range []struct {
		name   string
		alerts []sources.IncidentAlert
		want   int
	}{
		{"one", []sources.IncidentAlert{sentAt("k", -5)}, 1},
		{"three under one key", []sources.IncidentAlert{sentAt("k", -5), sentAt("k", -20), sentAt("k", -59)}, 3},
		{"one is too old", []sources.IncidentAlert{sentAt("k", -5), sentAt("k", -20), sentAt("k", -61)}, 2},
		{"different keys", []sources.IncidentAlert{sentAt("k", -5), sentAt("l", -20), sentAt("m", -50)}, 1},
		{"no keys", []sources.IncidentAlert{sentAt("", -5), sentAt("", -20)}, 0},
	} {
		groups := Join([]sources.Snapshot{pagerDuty(incident("P1", c.alerts...))}, Options{}, testNow)
		if got := groups[0].Flaps; got != c.want || groups[0].Flapping() != (c.want >= 3) {
			t.Errorf("%s: %d (flapping: %v), want %d", c.name, got, groups[0].Flapping(), c.want)
		}
	}
}

// An incident's group preserves its count while the alert is gone.
func TestFlapsOutliveTheAlert(t *testing.T) {
	in := incident("P1", sent("k", arrayOf("alertname=X pod=a")))
	in.CreatedAt = at(-120)
	in.Alerts[0].CreatedAt = at(-120)
	f := film{t: t}
	for i, since := range []float64{-10, 1, 3} {
		f.join(at(float64(2*i)), manager(sources.Data{Alerts: []*sources.Alert{firesSince(at(since))}}), pagerDuty(in))
		g := groupByID(t, f.join(at(float64(2*i)+0.5), manager(sources.Data{}), pagerDuty(in)), "P1")
		if g.Flaps != i+1 || !g.NoLongerFiring() {
			t.Errorf("after %d beginnings: %d, no longer firing %v", i+1, g.Flaps, g.NoLongerFiring())
		}
	}
}

// What is remembered is bounded by what was there within the hour.
func TestHistoryForgets(t *testing.T) {
	f := film{t: t}
	for i := range 200 {
		a := routedAlert(fmt.Sprintf("alertname=X pod=p%d", i))
		in := incident(fmt.Sprintf("P%d", i), sent("k", arrayOf(fmt.Sprintf("alertname=X pod=p%d", i))))
		f.join(at(float64(i)), manager(sources.Data{Alerts: []*sources.Alert{a}}), pagerDuty(in))
	}
	if alerts, incidents := len(f.j.history.alerts), len(f.j.history.incidents); alerts > 61 || incidents > 61 || alerts < 60 {
		t.Errorf("%d alerts and %d incidents are remembered, want those of the last hour", alerts, incidents)
	}
}

// A source that fails, or answers in part, ends nothing.
func TestFailureIsNoEnd(t *testing.T) {
	alert := routedAlert("alertname=X")
	alert.ActiveSince = testNow.Add(-time.Minute)
	var j Joiner
	whole := manager(sources.Data{Alerts: []*sources.Alert{alert}})
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
