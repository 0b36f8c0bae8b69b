package triage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"firstline/sources"
)

func TestOrder(t *testing.T) {
	ago := func(minutes int) time.Time { return testNow.Add(-time.Duration(minutes) * time.Minute) }
	prio := func(order int64) *sources.Incident {
		return &sources.Incident{Priority: &sources.Priority{Order: order}}
	}
	// In the order of rank.
	groups := []Group{
		{ID: "mine", State: Triggered, Mine: true, Urgency: "low", Severity: Info, Since: ago(1), Service: "zoo", Team: "b"},
		{ID: "priority", State: Triggered, Urgency: "high", Severity: Warning, Incident: prio(5), Since: ago(60), Service: "Bar", Team: "a"},
		{ID: "lower-priority", State: Triggered, Urgency: "high", Severity: Critical, Incident: prio(1), Since: ago(5), Service: "bar"},
		{ID: "critical", State: Triggered, Urgency: "high", Severity: Critical, Since: ago(9), Service: "foo", Team: "a"},
		{ID: "critical-older", State: Firing, Severity: Critical, Since: ago(10), Team: "b"},
		{ID: "error", State: Firing, Severity: Error, Since: ago(2), Service: "foo"},
		{ID: "low-critical", State: Triggered, Urgency: "low", Severity: Critical, Since: ago(3)},
		{ID: "warning-a", State: Firing, Severity: Warning, Since: ago(4)},
		{ID: "warning-b", State: Firing, Severity: Warning, Since: ago(4)},
		{ID: "unknown", State: Firing, Since: ago(0)},
		{ID: "acked-mine", State: Acknowledged, Mine: true, Urgency: "high", Severity: Critical, Since: ago(7)},
		{ID: "pending", State: Pending, Severity: Critical, Since: ago(1)},
		{ID: "silenced", State: Silenced, Severity: Critical, Since: ago(1)},
		{ID: "resolved", State: Resolved, Severity: Critical, Since: ago(1)},
	}
	want := map[By][]string{
		ByRank:     ids(groups),
		ByService:  {"lower-priority", "priority", "critical", "error", "mine"},
		ByTeam:     {"priority", "critical", "mine", "critical-older"},
		BySeverity: {"lower-priority", "critical", "critical-older", "low-critical", "acked-mine", "pending", "silenced", "resolved", "error"},
		ByAge:      {"unknown", "mine", "pending", "silenced", "resolved", "error"},
	}
	// Two spellings of a service are together, the capital first.
	want[ByService][0], want[ByService][1] = "priority", "lower-priority"
	for _, by := range Orders() {
		shuffled := slices.Clone(groups)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		Sort(shuffled, by)
		if got := ids(shuffled)[:len(want[by])]; !slices.Equal(got, want[by]) {
			t.Errorf("by %s\n got %v\nwant %v", by, got, want[by])
		}
	}
}

func ids(groups []Group) []string {
	list := make([]string, len(groups))
	for i, g := range groups {
		list[i] = g.ID
	}
	return list
}

func TestHeadings(t *testing.T) {
	g := Group{Service: "s", Team: "t", Severity: Critical}
	got := fmt.Sprint(ByService.Heading(g), ByTeam.Heading(g), BySeverity.Heading(g), ByRank.Heading(g), ByAge.Heading(g))
	if got != "stcritical" {
		t.Errorf("headings %q", got)
	}
	for _, by := range []By{ByService, ByTeam, BySeverity} {
		if h := by.Heading(Group{}); h != "no "+string(by) {
			t.Errorf("by %s: %q", by, h)
		}
	}
}
