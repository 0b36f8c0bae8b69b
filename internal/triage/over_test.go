package triage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/sources"
)

// An Alertmanager that had the alert and lost it proves that it is over, but not
// one that was started since, nor where a rule fails.
func TestLostByAlertmanager(t *testing.T) {
	in := incident("P1", sent("k", arrayOf("alertname=X pod=a")))
	has := manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=X pod=a")}})
	gone := manager(sources.Data{})
	started := func(minute float64) sources.Snapshot { return manager(sources.Data{StartedAt: at(minute)}) }
	ahead := started(9.5)
	ahead.Data.ClockOffset = 9 * time.Minute
	broken := metrics(sources.Data{Rules: []sources.Rule{{Name: "X", Health: "err", LastError: "oh"}}})
	other := metrics(sources.Data{Rules: evaluated("Y")})
	for _, c := range []struct {
		name  string
		steps [][]sources.Snapshot // a minute after the other
		want  string
	}{
		{"had and lost", [][]sources.Snapshot{{has}, {gone}}, "over"},
		{"long ago", append([][]sources.Snapshot{{has}}, slices.Repeat([][]sources.Snapshot{{gone}}, 90)...), "over"},
		{"never had", [][]sources.Snapshot{{gone}, {gone}}, "no source that answers has a rule X"},
		{"still has", [][]sources.Snapshot{{has}, {has}}, ""},
		{"does not answer", [][]sources.Snapshot{{has}, {failing(gone)}}, "am does not answer"},
		{"failed in between", [][]sources.Snapshot{{has}, {failing(has)}, {gone}}, "over"},
		{"was started since", [][]sources.Snapshot{{has}, {started(0.5)}}, "no source that answers has a rule X"},
		{"was started before", [][]sources.Snapshot{{has}, {started(-30)}}, "over"},
		{"was started before, by its own clock", [][]sources.Snapshot{{has}, {ahead}}, "no source that answers has a rule X"},
		{"Prometheus says that the rule fails", [][]sources.Snapshot{{has, broken}, {gone, broken}}, "the rule X of prom fails: oh"},
		{"Prometheus has no such rule", [][]sources.Snapshot{{has, other}, {gone, other}}, "no source that answers has a rule X"},
		{"comes back", [][]sources.Snapshot{{has}, {gone}, {has}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := film{t: t}
			var g Group
			for i, snapshots := range c.steps {
				g = groupByID(t, f.join(at(float64(i)), append(slices.Clone(snapshots), pagerDuty(in))...), "P1")
			}
			if got := string(g.Over.State); got != c.want && !strings.HasPrefix(g.FiringUnknown(), c.want) || (c.want == "") != (g.Over.State == NotOver) {
				t.Errorf("%+v, want %s", g.Over, c.want)
			}
		})
	}
}

// world is one minute of a film, drawn at random, with few kinds of everything
// so that all meet each other.
func drawMinute(t *rapid.T, minute int) []sources.Snapshot {
	pick := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, what) }
	now := at(float64(minute))
	state := func(s sources.Snapshot) sources.Snapshot {
		s.AsOf = now
		switch pick("server", "ok", "ok", "ok", "ok", "ok", "ok", "down", "part", "old", "odd") {
		case "down":
			s.Err = errDown
		case "part":
			s.Partial = true
		case "old":
			s.AsOf = now.Add(-10 * time.Minute)
		case "odd":
			s.Data.Extents.Alerts.Missing = "1 alert in a state that is not known"
		}
		return s
	}
	var out []sources.Snapshot
	if rapid.Bool().Draw(t, "alertmanager") {
		d := sources.Data{}
		for _, pod := range []string{"a", "b"} {
			if rapid.Bool().Draw(t, "routed") {
				d.Alerts = append(d.Alerts, routedAlert("alertname=X service=s pod="+pod+" cluster=eu"))
			}
		}
		if rapid.Bool().Draw(t, "started") {
			d.StartedAt = at(float64(minute) - rapid.SampledFrom([]float64{0.5, 60}).Draw(t, "ago"))
		}
		out = append(out, state(manager(d)))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "prometheuses") {
		d := sources.Data{ExternalLabels: set("cluster=" + pick("cluster", "eu", "eu", "us"))}
		for _, pod := range []string{"a", "b"} {
			switch pick("alert", "none", "none", "firing", "pending") {
			case "firing":
				d.Alerts = append(d.Alerts, metricAlert("alertname=X service=s pod="+pod))
			case "pending":
				d.Alerts = append(d.Alerts, with(metricAlert("alertname=X service=s pod="+pod), func(a *sources.Alert) { a.State = sources.AlertPending }))
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "rules") {
			r := sources.Rule{Name: pick("name", "X", "X", "Y"), Health: pick("health", "ok", "ok", "ok", "ok", "ok", "err", "unknown", "nodata"), State: pick("state", "inactive", "inactive", "Inactive", "firing", "recovering", "unknown", ""), Paused: pick("paused", "no", "no", "no", "yes") == "yes", Listed: rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "listed"), Interval: time.Minute}
			r.LastEvaluation = now.Add(-time.Duration(rapid.SampledFrom([]int{0, 1, 0, 1, 60}).Draw(t, "rested")) * time.Minute)
			if pick("evaluated", "said", "said", "said", "not said") == "not said" {
				r.LastEvaluation = time.Time{}
			}
			d.Rules = append(d.Rules, r)
		}
		s := state(snapshot(sources.Prometheus, fmt.Sprintf("prom-%d", i), d))
		if pick("rules", "read", "read", "read", "not") == "not" {
			s.Data.Extents.Rules = sources.Extent{}
		}
		out = append(out, s)
	}
	return out
}

// inPart reports whether the source has been read in part only: what a later read
// brings is added to what was there.
func inPart(film [][]sources.Snapshot, minute int, source sources.Source) bool {
	for _, s := range film[minute] {
		if s.Source == source {
			return s.Partial && (minute == 0 || inPart(film, minute-1, source))
		}
	}
	return true
}

// provenOver is the slow and obvious other implementation: it says that alert
// {X, s, pod, eu} is over at the end of the film only where each reason against
// it is ruled out.
func provenOver(film [][]sources.Snapshot, opened time.Time, pod string) bool {
	end := len(film) - 1
	now := at(float64(end))
	want := set("alertname=X service=s cluster=eu pod=" + pod)
	evaluated, had, asked := false, false, false
	for _, s := range film[end] {
		us := s.Source.Kind == sources.Prometheus && s.Data.ExternalLabels["cluster"] == "us"
		if us {
			continue
		}
		if s.Err != nil || inPart(film, end, s.Source) || !s.AsOf.After(opened) || now.Sub(s.AsOf) > 5*time.Minute || s.Data.Extents.Alerts != sources.Whole {
			return false
		}
		listed := false
		for _, a := range s.Data.Alerts {
			labels := maps.Clone(a.Labels)
			if s.Source.Kind == sources.Prometheus {
				labels["cluster"] = "eu"
			}
			if maps.Equal(labels, want) {
				return false
			}
			listed = listed || a.Labels["alertname"] == "X"
		}
		if s.Source.Kind != sources.Prometheus {
			continue
		}
		asked = true
		if s.Data.Extents.Rules != sources.Whole {
			return false
		}
		for _, r := range s.Data.Rules {
			if r.Name != "X" {
				continue
			}
			inactive := strings.EqualFold(r.State, "inactive")
			if r.Health != "ok" || s.AsOf.Sub(r.LastEvaluation) > 5*time.Minute || r.Paused || !inactive && !listed || inactive && r.Listed > 0 || r.State == "" || r.State == "unknown" {
				return false
			}
			evaluated = true
		}
	}
	for i, minute := range film[:end] {
		for _, s := range minute {
			if s.Source.Kind != sources.Alertmanager || s.Err != nil || at(float64(i)).Sub(s.AsOf) > 5*time.Minute {
				continue
			}
			for _, a := range s.Data.Alerts {
				if !maps.Equal(a.Labels, want) {
					continue
				}
				for _, last := range film[end] {
					if last.Source == s.Source && !last.Data.StartedAt.After(s.AsOf) {
						had = true
					}
				}
			}
		}
	}
	return evaluated || had && !asked // without a rule nobody reports to Alertmanager any more
}

// "No longer firing" is said only where the other implementation can prove it,
// and a reason is there whenever it is unknown.
func TestNoLongerFiringNeedsProof(t *testing.T) {
	said := 0
	check := func(t *rapid.T) {
		in := incident("P1", sent("k", textOf("alertname=X service=s pod=a cluster=eu")))
		in.CreatedAt = at(rapid.SampledFrom([]float64{-59, -0.5, 1.5}).Draw(t, "opened"))
		in.Alerts[0].CreatedAt = in.CreatedAt
		in.Service.Name = rapid.SampledFrom([]string{"s", "other"}).Draw(t, "service")
		var j Joiner
		var film [][]sources.Snapshot
		for minute := range rapid.IntRange(1, 4).Draw(t, "minutes") {
			film = append(film, drawMinute(t, minute))
			now := at(float64(minute))
			pd := pagerDuty(in)
			pd.AsOf = now
			for _, g := range j.Join(append(slices.Clone(film[minute]), pd), Options{}, now) {
				if g.ID != "P1" {
					continue
				}
				if g.NoLongerFiring() {
					said++
					if !provenOver(film, in.CreatedAt, "a") {
						t.Fatalf("at minute %d it is said: %s", minute, g.Over.Because)
					}
					if len(g.Alerts) > 0 {
						t.Fatalf("over, with alerts %+v", g.Alerts)
					}
				}
				if (g.Over.State == NotOver) != (g.Over.Because == "") {
					t.Fatalf("%+v", g.Over)
				}
				if g.Over.State == NotOver && len(g.Alerts) == 0 {
					t.Fatal("it is said to fire without an alert")
				}
			}
		}
	}
	// A hundred random worlds may have none in which it can be said.
	for n := 0; n < 5 || said == 0; n++ {
		if n == 20 {
			t.Fatal("it was never said")
		}
		rapid.Check(t, check)
	}
}
