package room

import (
	"testing"
	"time"
)

func TestDoubleClicks(t *testing.T) {
	begun := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	type one struct {
		x, y int
		at   time.Duration
		want bool
	}
	for name, clicks := range map[string][]one{
		"twice":        {{3, 4, 0, false}, {3, 4, 200 * time.Millisecond, true}},
		"slowly":       {{3, 4, 0, false}, {3, 4, 500 * time.Millisecond, false}, {3, 4, 600 * time.Millisecond, true}},
		"elsewhere":    {{3, 4, 0, false}, {4, 4, 100 * time.Millisecond, false}},
		"three times":  {{3, 4, 0, false}, {3, 4, 100 * time.Millisecond, true}, {3, 4, 200 * time.Millisecond, false}},
		"a clock back": {{3, 4, time.Hour, false}, {3, 4, 0, false}},
	} {
		var c Clicks
		for i, click := range clicks {
			if got := c.Twice(click.x, click.y, begun.Add(click.at)); got != click.want {
				t.Errorf("%s: click %d: %v", name, i, got)
			}
		}
	}
}

// Wherever the divider is put, both parts can be read, and nothing else moves.
func TestDivide(t *testing.T) {
	for width := 60; width <= 220; width += 7 {
		for height := 15; height <= 60; height += 5 {
			whole := Arrange(width, height, false, 0)
			for percent := 0; percent <= 100; percent++ {
				l := whole.Divide(percent)
				divided := !whole.List.Empty() && !whole.Pane.Empty()
				if !divided || percent == 0 {
					if l != whole {
						t.Fatalf("%dx%d at %d: %+v", width, height, percent, l)
					}
					continue
				}
				again := l
				again.List, again.Pane = whole.List, whole.Pane
				sum := l.List.Height + l.Pane.Height - whole.List.Height - whole.Pane.Height
				if l.Beside() {
					sum = l.List.Width + l.Pane.Width - whole.List.Width - whole.Pane.Width
				}
				if again != whole || sum != 0 || l.Beside() != whole.Beside() || l.List.Width < 50 || l.Pane.Width < 50 || l.List.Height < 4 || l.Pane.Height < 4 {
					t.Fatalf("%dx%d at %d: %+v", width, height, percent, l)
				}
				x, y := l.Pane.X-1, l.List.Y+1
				if !l.Beside() {
					x, y = 3, l.Pane.Y-1
				}
				if !l.OnDivider(x, y) || l.OnDivider(x, l.Header.Y) {
					t.Fatalf("%dx%d at %d: %d,%d", width, height, percent, x, y)
				}
			}
		}
	}
}
