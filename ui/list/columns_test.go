package list_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/list"
	"firstline/ui/roomtest"
)

// A row is exactly as wide as the list and has the columns in their order, whichever they
// are.
func TestChosenColumns(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	g := triage.Group{ID: "a", Title: "Disk full", Service: "storage", Severity: triage.Critical, SeverityText: "critical"}
	parts := map[triage.Column]string{triage.SeverityColumn: "CRIT", triage.AgeColumn: "42m", triage.ServiceColumn: "storage", triage.TitleColumn: "Disk full", triage.WhoColumn: "–"}
	for range 200 {
		all := triage.Columns()
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		var chosen []triage.Column
		for _, c := range all {
			if c == triage.TitleColumn || random.IntN(3) > 0 {
				chosen = append(chosen, c)
			}
		}
		s, _ := roomtest.Screen(120, 30, nil)
		l := list.New(s, list.Options{Columns: chosen})
		for _, width := range []int{58, 80, 120, 200} {
			for _, roomy := range []bool{false, true} {
				text := ansi.Strip(l.DrawRow(list.RowKey{Row: list.NewRow(g, triage.Shared{}, nil, roomtest.Noon, clockUTC), Age: "42m", Width: width, Roomy: roomy, Cursor: true, Mark: true}))
				at, line := -1, ""
				for line = range strings.SplitSeq(text, "\n") {
					if w := s.WidthOf(line); w != width {
						t.Fatalf("%v, width %d, roomy %v: %q is %d wide", chosen, width, roomy, line, w)
					}
				}
				for _, c := range chosen {
					if roomy && (c == triage.ServiceColumn || c == triage.StateColumn) || c == triage.StateColumn {
						continue
					}
					here := strings.Index(text, parts[c])
					if here <= at {
						t.Fatalf("%v, width %d, roomy %v: %s is not in its order: %q", chosen, width, roomy, c, text)
					}
					at = here
				}
			}
		}
	}
}

// No text of a column touches the next one's, or the frame: at any width, on one line or
// two, however long it is.
func TestColumnsDoNotTouch(t *testing.T) {
	letters := map[rune]triage.Column{'S': triage.ServiceColumn, 'T': triage.TitleColumn, 'W': triage.WhoColumn, 'C': triage.SeverityColumn, 'a': triage.AgeColumn, 'n': triage.StateColumn}
	long := func(letter string) string { return strings.Repeat(letter, 90) }
	g := triage.Group{ID: "a", Title: long("T"), Service: long("S"), SeverityText: long("C"), Incident: &sources.Incident{
		ID: "a", Assignments: []sources.Assignment{{User: sources.Reference{ID: "W", Name: long("W")}}},
	}}
	row := list.NewRow(g, triage.Shared{}, nil, roomtest.Noon, clockUTC)
	row.Severity = "CCCCCCCC"
	for i := range row.Notes {
		row.Notes[i] = long("n")
	}
	s, _ := roomtest.Screen(120, 30, nil)
	random := rand.New(rand.NewPCG(3, 4))
	for width := 56; width <= 300; width++ {
		all := triage.Columns()
		if width%2 == 1 {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			all = slices.DeleteFunc(all, func(c triage.Column) bool { return c != triage.TitleColumn && random.IntN(4) == 0 })
		}
		l := list.New(s, list.Options{Columns: all})
		for _, roomy := range []bool{false, true} {
			text := ansi.Strip(l.DrawRow(list.RowKey{Row: row, Age: "aaaa", Width: width, Roomy: roomy, Mark: true, Cursor: true}))
			for line := range strings.SplitSeq(text, "\n") {
				if !strings.HasSuffix(line, " ") {
					t.Errorf("%v at %d, roomy %v: the frame is touched by %q", all, width, roomy, line)
				}
				before := rune(' ')
				for _, r := range line {
					if letters[r] != "" && letters[before] != "" && letters[r] != letters[before] {
						t.Errorf("%v at %d, roomy %v: %s touches %s in %q", all, width, roomy, letters[before], letters[r], line)
					}
					before = r
				}
			}
		}
	}
}

// In a narrow list, where first names are in the column of names, titles get what these do
// not need.
func TestTitlesGetWhatNamesDoNotNeed(t *testing.T) {
	for width, want := range map[int]string{74: " Ben +1 │", 80: " Ben +1 │", 111: " Ben Ortiz +1 │"} {
		h := withStory(t, width, 24, nil)
		if !strings.Contains(h.screen(), want) {
			t.Errorf("at %d no name ends where the list does:\n%s", width, h.screen())
		}
	}
}
