package list_test

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/list"
)

// Rows have two lines where all fit. What comes in makes them short again, and the
// cursor's row stays on its line; what ends leaves them until the next move.
func TestRowsHaveTwoLinesWhereAllFit(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {120, 30}, {200, 50}} {
		for n := 1; n <= 30; n++ {
			h := newHarness(t, size[0], size[1], onePrometheus)
			alerts := numbered("warning", 0, n)
			h.send(alertsSnapshot(alerts...))
			l := h.list
			if want := 2*n <= l.Height(); l.Roomy != want {
				t.Fatalf("%d rows at %v: two lines %v, want %v", n, size, l.Roomy, want)
			}
			if !l.Roomy {
				continue
			}
			h.sees("warning000", "svc-000 · 1 firing")
			h.press("G", "k")
			line, id := h.cursorRow(), l.Current().ID
			all := slices.Clone(alerts)
			for more := 0; l.Roomy; more++ {
				all = append(all, numbered("critical", more, more+1)...)
				h.send(alertsSnapshot(all...))
				want := line
				if !l.Roomy { // or at the end of a list that does not reach it
					want = min(line, l.Layout.List.Y+len(l.Visible))
				}
				if h.cursorRow() != want || l.Current().ID != id {
					t.Fatalf("%d rows at %v: the row under the cursor moved with %d more from line %d to %d:\n%s", n, size, more+1, line, h.cursorRow(), h.screen())
				}
				h.full("arrivals")
			}
			h.send(alertsSnapshot(alerts...))
			if l.Roomy {
				t.Fatalf("%d rows at %v: what ends gives rows two lines", n, size)
			}
			h.press("j")
			if !l.Roomy {
				t.Fatalf("%d rows at %v: a move does not give rows two lines:\n%s", n, size, h.screen())
			}
			h.send(tea.WindowSizeMsg{Width: 60, Height: 15})
			h.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			if !l.Roomy {
				t.Fatalf("%d rows at %v: not after another size", n, size)
			}
			h.full("another size")
		}
	}
}

// Whatever the width, each line of a row is as wide as the list, and the bar of the
// cursor covers all of it, without colours too.
func TestLinesOfRowsAreWhole(t *testing.T) {
	long := strings.Repeat("宽字符 title ", 12)
	for _, theme := range []*draw.Theme{draw.NewTheme(draw.Colors{Dark: true}), draw.NewTheme(draw.Colors{FewColors: true}), draw.NewTheme(draw.Colors{Dark: true, NoColor: true})} {
		h := newHarness(t, 120, 30, onePrometheus)
		h.Theme = theme
		bar := string(theme.Selected[draw.Strong])
		for _, title := range []string{"x", "短", long} {
			for width := 58; width <= 220; width++ {
				for _, roomy := range []bool{false, true} {
					for _, cursor := range []bool{false, true} {
						r := list.Row{ID: "x", Severity: "CRIT", Title: title, Service: "a-rather-long-service-漢字", Notes: list.Notes(long, "2 firing"), Who: "Ann Okafor"}
						text := h.list.DrawRow(list.RowKey{Row: r, Age: "999d", Cursor: cursor, Mark: cursor, Width: width, Roomy: roomy})
						lines := strings.Split(text, "\n")
						if len(lines) != map[bool]int{false: 1, true: 2}[roomy] {
							t.Fatalf("%d lines", len(lines))
						}
						for _, line := range lines {
							if got := h.WidthOf(line); got != width {
								t.Fatalf("a line for %d cells is %d wide: %q", width, got, line)
							}
							if cursor != barred(line, bar) {
								t.Fatalf("the bar covers all %v, want %v: %q", !cursor, cursor, line)
							}
						}
					}
				}
			}
		}
	}
}

// barred reports whether each piece of a line is drawn on the bar.
func barred(line, bar string) bool {
	mark := bar[strings.LastIndexAny(bar, ";[")+1:] // what ends the style of the bar: its background, or reversed
	for _, piece := range strings.Split(line, "\x1b[m") {
		if piece == "" {
			continue
		}
		style, _, found := strings.Cut(piece, "m")
		if !found || !strings.HasPrefix(piece, "\x1b[") || !strings.HasSuffix(style+"m", mark) {
			return false
		}
	}
	return true
}
