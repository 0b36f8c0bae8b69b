package list

import (
	"strings"
	"testing"

	"firstline/internal/wallclock"
	"firstline/ui/roomtest"
)

// Rows that are made off the loop have the zone of when they were asked for: nothing
// off the loop looks at the screen, whose zone may change.
func TestRowsOffTheLoopHaveOneZone(t *testing.T) {
	s, _ := roomtest.Screen(120, 30, nil)
	l := New(s, Options{Initial: roomtest.StorySources()})
	l.Sources.Take(roomtest.Story(roomtest.Noon))
	var rows []Row
	cmd := l.Sources.Arrange(func(a Arranged) { rows = a.Rows })
	done := make(chan struct{})
	go func() {
		defer close(done)
		roomtest.Run(cmd)
	}()
	for range 100 {
		s.Location = wallclock.Zone("Asia/Tokyo") // for the race detector
	}
	<-done
	if len(rows) == 0 {
		t.Fatal("there are no rows")
	}
	for _, r := range rows {
		for _, note := range r.Notes {
			if strings.Contains(note, "23:00") {
				t.Errorf("a row is in the zone that was learned later: %q", r.Notes)
			}
		}
	}
}
