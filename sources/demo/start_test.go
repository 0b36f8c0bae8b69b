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
	resolved, noted := 0, 0
	for _, i := range h.PagerDuty.Incidents() {
		if i.Status == "resolved" {
			resolved++
			noted += len(i.Notes)
		}
	}
	// The replication's began while the errors' was open; each is one.
	if episodes := len(newScript().episodes()); resolved != episodes || noted != 4 {
		t.Errorf("%d resolved with %d notes, of %d episodes", resolved, noted, episodes)
	}
}

func TestUnknownStory(t *testing.T) {
	if _, err := Start(Options{Story: "quiet"}); err == nil || !strings.Contains(err.Error(), "outage and quiet-night") {
		t.Error(err)
	}
}
