package triage

import (
	"fmt"
	"maps"
	"testing"

	"firstline/sources"
)

// labelled is a group of an incident with one alert for each set of labels, whose title is
// Alertmanager's.
func labelled(title string, sets ...string) Group {
	g := Group{ID: title, Title: title, Incident: &sources.Incident{ID: title}}
	for _, s := range sets {
		g.Alerts = append(g.Alerts, Alert{Alert: sources.Alert{Labels: set(s), State: sources.AlertFiring}})
	}
	return g
}

// A list's titles are without what all groups have, and with all in which they differ.
func TestTitlesAreWithoutWhatIsShared(t *testing.T) {
	for _, c := range []struct {
		name   string
		groups []Group
		want   []string
	}{
		{"one cluster", []Group{
			labelled("[FIRING:1] Lag (eu a)", "alertname=Lag cluster=eu pod=a"),
			labelled("[FIRING:1] Full (eu b)", "alertname=Full cluster=eu pod=b"),
			labelled("[FIRING:1] Down (eu)", "alertname=Down cluster=eu"),
		}, []string{"Lag (a)", "Full (b)", "Down"}},
		{"two clusters", []Group{
			labelled("[FIRING:1] Lag (eu)", "alertname=Lag cluster=eu"),
			labelled("[FIRING:1] Full (eu)", "alertname=Full cluster=eu"),
			labelled("[FIRING:1] Down (us)", "alertname=Down cluster=us"),
		}, []string{"Lag (eu)", "Full (eu)", "Down (us)"}},
		{"two clusters in one group, whose title has none", []Group{
			labelled("[FIRING:1] Lag (eu)", "alertname=Lag cluster=eu"),
			labelled("[FIRING:1] Full (eu)", "alertname=Full cluster=eu"),
			labelled("[FIRING:2] Down", "alertname=Down cluster=eu", "alertname=Down cluster=us"),
		}, []string{"Lag (eu)", "Full (eu)", "Down"}},
		{"too few", []Group{
			labelled("[FIRING:1] Lag (eu)", "alertname=Lag cluster=eu"),
			labelled("[FIRING:1] Full (eu)", "alertname=Full cluster=eu"),
		}, []string{"Lag (eu)", "Full (eu)"}},
		{"most have it not", []Group{
			labelled("[FIRING:1] Lag (eu)", "alertname=Lag cluster=eu"),
			labelled("[FIRING:1] Full (eu)", "alertname=Full cluster=eu"),
			labelled("[FIRING:1] Down (eu)", "alertname=Down cluster=eu"),
			labelled("A", "alertname=A"), labelled("B", "alertname=B"), labelled("C", "alertname=C"),
		}, []string{"Lag (eu)", "Full (eu)", "Down (eu)", "A", "B", "C"}},
		{"the name, which all share", []Group{
			labelled("[FIRING:1] Lag a", "alertname=Lag pod=a"),
			labelled("[FIRING:1] Lag b", "alertname=Lag pod=b"),
			labelled("[FIRING:1] Lag c", "alertname=Lag pod=c"),
		}, []string{"Lag a", "Lag b", "Lag c"}},
		{"the value of another label that differs", []Group{
			labelled("[FIRING:1] Lag (pay)", "alertname=Lag team=pay namespace=pay"),
			labelled("[FIRING:1] Full (pay web)", "alertname=Full team=pay namespace=web"),
			labelled("[FIRING:1] Down (pay db)", "alertname=Down team=pay namespace=db"),
		}, []string{"Lag (pay)", "Full (web)", "Down (db)"}},
		{"a sentence", []Group{
			labelled("Lag in eu", "alertname=Lag cluster=eu"),
			labelled("Full in eu", "alertname=Full cluster=eu"),
			labelled("Down in eu", "alertname=Down cluster=eu"),
		}, []string{"Lag in eu", "Full in eu", "Down in eu"}},
		{"groups without labels", []Group{
			labelled("[FIRING:1] Lag (eu)", "alertname=Lag cluster=eu"),
			labelled("[FIRING:1] Full (eu)", "alertname=Full cluster=eu"),
			labelled("[FIRING:1] Down (eu)", "alertname=Down cluster=eu"),
			labelled("by hand"), labelled("by hand too"), labelled("and again"), labelled("once more"),
		}, []string{"Lag", "Full", "Down", "by hand", "by hand too", "and again", "once more"}},
	} {
		shared := Shared{}.With(c.groups)
		for i := range c.groups {
			if got := c.groups[i].RowTitle(shared); got != c.want[i] {
				t.Errorf("%s: %q, want %q", c.name, got, c.want[i])
			}
		}
	}
}

// A title changes at most twice for a label, however groups come and go: once all have
// it, and once a group differs.
func TestTitlesDoNotFlicker(t *testing.T) {
	eu := func(n int) (list []Group) {
		for i := range n {
			list = append(list, labelled(fmt.Sprintf("[FIRING:1] A%d (eu)", i), fmt.Sprintf("alertname=A%d cluster=eu", i)))
		}
		return list
	}
	us := labelled("[FIRING:1] B (us)", "alertname=B cluster=us")
	var shared Shared
	for step, c := range []struct {
		groups []Group
		want   string
	}{
		{eu(1), "A0 (eu)"},
		{eu(2), "A0 (eu)"},
		{eu(3), "A0"},
		{eu(1), "A0"},                  // groups end
		{nil, ""},                      // all do
		{eu(2), "A0"},                  // and come again
		{append(eu(3), us), "A0 (eu)"}, // one differs
		{eu(3), "A0 (eu)"},             // and ends
		{eu(9), "A0 (eu)"},
	} {
		before := maps.Clone(shared.values)
		next := shared.With(c.groups)
		if !maps.Equal(before, shared.values) {
			t.Fatalf("step %d changed what was shared before", step)
		}
		shared = next
		if len(c.groups) == 0 {
			continue
		}
		if got := c.groups[0].RowTitle(shared); got != c.want {
			t.Errorf("step %d: %q, want %q", step, got, c.want)
		}
	}
	// All groups move to another cluster at once.
	shared = Shared{}.With(eu(3)).With([]Group{us})
	if got := us.RowTitle(shared); got != "B (us)" {
		t.Errorf("what replaced it: %q", got)
	}
}

func BenchmarkShared(b *testing.B) {
	var groups []Group
	for i := range 10_000 {
		groups = append(groups, labelled("[FIRING:1] Lag", fmt.Sprintf("alertname=Lag cluster=eu pod=p%d namespace=n%d team=t%d severity=warning job=j instance=i%d", i, i%50, i%7, i)))
	}
	b.ResetTimer()
	for b.Loop() {
		Shared{}.With(groups)
	}
}
