package demo

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkStart measures how long --demo plays its story's past.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		d, err := Start(Options{Past: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestPastIncidents(t *testing.T) {
	h := byHandOf(t, time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC), Options{Past: true})
	resolved, noted, before := 0, 0, 0
	firstLine, escalated := 0, 0
	for _, i := range h.PagerDuty.Incidents() {
		switch {
		case strings.HasPrefix(i.Key, "before-"):
			before++
			if i.PolicyID == FirstLinePolicy {
				firstLine++
			}
			if i.Status != "resolved" {
				t.Errorf("%s is %s", i.Title, i.Status)
			}
		case i.Status == "resolved":
			resolved++
			noted += len(i.Notes)
		}
	}
	for _, e := range h.PagerDuty.entries {
		if e.kind == "escalate" {
			escalated++
		}
	}
	if episodes := len(newScript().episodes()); resolved != episodes || noted != 4 {
		t.Errorf("%d resolved with %d notes, of %d episodes", resolved, noted, episodes)
	}
	if before < 120 || before > 300 || firstLine < 30 || escalated < 10 {
		t.Errorf("%d incidents in the months before, %d at first line, %d escalations", before, firstLine, escalated)
	}
}

func TestUnknownStory(t *testing.T) {
	if _, err := Start(Options{Story: "quiet"}); err == nil || !strings.Contains(err.Error(), "outage and quiet-night") {
		t.Error(err)
	}
}
