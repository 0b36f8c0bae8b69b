package frame

import (
	"errors"
	"strings"
	"testing"
	"time"

	"firstline/internal/wallclock"
	"firstline/sources"
)

// The header names the zone of all times where this machine's clock shows another
// time, at every width, and pushes no failing source off for it.
func TestHeaderNamesTheZone(t *testing.T) {
	berlin := wallclock.Zone("Europe/Berlin")
	snapshots := []sources.Snapshot{
		{Source: sources.Source{Name: "pagerduty"}, AsOf: noon.Add(-4 * time.Second), Data: whole},
		{Source: sources.Source{Name: "alertmanager-europe-west"}, AsOf: noon.Add(-76 * time.Second), Err: errors.New("x"), Data: whole},
	}
	for width := 60; width <= 220; width++ {
		for _, c := range []struct {
			zone, machine *time.Location
			long, short   string
		}{
			{berlin, time.UTC, "times in Europe/Berlin", "CET"},
			{wallclock.Zone("Asia/Singapore"), berlin, "times in Asia/Singapore", "UTC+08"},
			{time.UTC, berlin, "times in UTC", "UTC"},
			{wallclock.Zone("Europe/Paris"), berlin, "", ""},
			{time.UTC, time.UTC, "", ""},
		} {
			h := newHeader(width)
			h.Location, h.Options.Machine = c.zone, c.machine
			h.Sources = func() []sources.Snapshot { return snapshots }
			lines := h.View()
			text := h.Bare(strings.Join(lines, "\n"))
			for _, line := range lines {
				if got := h.WidthOf(h.Bare(line)); got != width {
					t.Fatalf("%d: a line of %d cells: %q", width, got, h.Bare(line))
				}
			}
			if c.long != "" && !strings.Contains(text, c.short) && !strings.Contains(text, c.long) || c.long == "" && strings.Contains(text, "times in") {
				t.Errorf("%d: the zone of %v is not %q in\n%s", width, c.zone, c.short, text)
			}
			if c.long != "" && width >= 90 && !strings.Contains(text, c.long) {
				t.Errorf("%d: %q is not in\n%s", width, c.long, text)
			}
			if !strings.Contains(text, "alertmanager-europe-west ✗ 76s") && !strings.Contains(text, "+1 failing") {
				t.Errorf("%d: the failing source is not in\n%s", width, text)
			}
		}
	}
}
