package demo

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// An override takes the place of the shifts that it overlaps, wholly or in part.
func TestOverrides(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 20, hour, 0, 0, 0, time.UTC) }
	s := Schedule{
		Shifts:    []Shift{{"A", at(0), at(6)}, {"B", at(6), at(12)}, {"A", at(12), at(18)}},
		Overrides: []Shift{{"C", at(2), at(3)}, {"D", at(5), at(13)}, {"E", at(12), at(14)}, {"F", at(20), at(21)}},
	}
	var got []string
	for _, shift := range s.final() {
		got = append(got, fmt.Sprintf("%s %d-%d", shift.UserID, shift.Start.Hour(), shift.End.Hour()))
	}
	if want := "A 0-2, C 2-3, A 3-5, D 5-12, E 12-14, A 14-18, F 20-21"; strings.Join(got, ", ") != want {
		t.Errorf("the final shifts are %v, want %s", got, want)
	}
}
