package room

import (
	"testing"

	"firstline/ui/draw"
)

// Every cell belongs to exactly one rectangle, at every size.
func TestArrangeCoversAndNeverOverlaps(t *testing.T) {
	for width := 60; width <= 220; width++ {
		for height := 15; height <= 60; height++ {
			for _, reading := range []bool{false, true} {
				l := Arrange(width, height, reading, []int{0, 60, 100, 130, 400}[(width+height)%5])
				if l.Short != "" {
					t.Fatalf("%dx%d is said to be too %s", width, height, l.Short)
				}
				seen := make([]int, width*height)
				for _, r := range []draw.Rectangle{l.Header, l.Group, l.List, l.Pane, l.status, l.help} {
					for y := r.Y; y < r.Y+r.Height; y++ {
						for x := r.X; x < r.X+r.Width; x++ {
							if x < 0 || y < 0 || x >= width || y >= height {
								t.Fatalf("%dx%d: %+v reaches outside", width, height, r)
							}
							seen[y*width+x]++
						}
					}
				}
				for i, n := range seen {
					if n != 1 {
						t.Fatalf("%dx%d reading=%v: cell %d,%d is covered %d times", width, height, reading, i%width, i/width, n)
					}
				}
				if l.List.Empty() && l.Pane.Empty() {
					t.Fatalf("%dx%d: neither list nor pane", width, height)
				}
				for _, r := range []draw.Rectangle{l.List, l.Pane} {
					if !r.Empty() && (r.Height < 4 || r.Width < 50) {
						t.Fatalf("%dx%d: %+v is too small to read", width, height, r)
					}
				}
			}
		}
	}
}

func TestArrangeSaysWhichSideIsShort(t *testing.T) {
	for _, c := range []struct {
		width, height int
		want          string
	}{
		{59, 40, "narrow"},
		{200, 14, "low"},
		{10, 3, "narrow and too low"},
		{60, 15, ""},
	} {
		if got := Arrange(c.width, c.height, false, 0).Short; got != c.want {
			t.Errorf("%dx%d: short is %q, want %q", c.width, c.height, got, c.want)
		}
	}
}

func TestArrangeAtTheSizesPeopleHave(t *testing.T) {
	wide := Arrange(200, 50, false, 0)
	if wide.List.Width < 80 || wide.Pane.Y != wide.List.Y {
		t.Errorf("at 200x50 the list should keep 80 columns beside the pane: %+v", wide)
	}
	middle := Arrange(120, 30, false, 0)
	if middle.Pane.Y != middle.List.Y {
		t.Errorf("at 120x30 list and pane should stand side by side: %+v", middle)
	}
	small := Arrange(80, 24, false, 0)
	if small.List.Empty() || small.Pane.Empty() || small.Pane.Y <= small.List.Y {
		t.Errorf("at 80x24 the pane should stand below the list: %+v", small)
	}
	least := Arrange(60, 15, false, 0)
	if least.List.Empty() || !least.Pane.Empty() {
		t.Errorf("at 60x15 only the list should show until the pane is entered: %+v", least)
	}
}

// Below the width for two columns who reads has the whole screen: at 80x24 one
// line is the group, one has the tabs, and 18 are text.
func TestArrangeForReading(t *testing.T) {
	for width := 60; width <= 220; width++ {
		for height := 15; height <= 60; height++ {
			for _, c := range []struct{ focused, whole bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
				reading := Reading(width, c.focused, c.whole)
				l := Arrange(width, height, reading, 0)
				if want := c.focused && (c.whole || width < 116); reading != want || l.Group.Empty() == want {
					t.Fatalf("%dx%d focused=%v whole=%v: reading is %v: %+v", width, height, c.focused, c.whole, reading, l)
				}
				if reading && (!l.List.Empty() || l.Group.Height != 1 || l.Pane.Height != l.Body.Height-1 || l.Pane.Width != width) {
					t.Fatalf("%dx%d: the pane has not the whole screen: %+v", width, height, l)
				}
			}
		}
	}
	if l := Arrange(80, 24, true, 0); l.Pane.Height-1 < 18 {
		t.Errorf("at 80x24 %d lines can be read", l.Pane.Height-1)
	}
}

// A wide screen gives the list what its rows need, and the pane all else, at least what
// can be read.
func TestAWideListHasWhatItNeeds(t *testing.T) {
	for width := 150; width <= 300; width++ {
		for needs := 1; needs <= 310; needs++ {
			l := Arrange(width, 40, false, needs)
			want := min(max(needs, 64), width-72)
			if l.List.Width != want || l.Pane.Width != width-want {
				t.Fatalf("at %d a list that needs %d has %d, and the pane %d", width, needs, l.List.Width, l.Pane.Width)
			}
		}
	}
}

// Where a person put the divider, it stays: also when rows need more.
func TestADividerIsNotMovedByRows(t *testing.T) {
	for width := SideBySideWidth; width <= 300; width += 23 {
		for _, share := range []int{30, 50, 70} {
			first := Arrange(width, 40, false, 80).Divide(share)
			for needs := 80; needs <= 200; needs += 10 {
				if l := Arrange(width, 40, false, needs).Divide(share); l != first {
					t.Fatalf("at %d with %d %%, a list that needs %d is %v and not %v", width, share, needs, l.List, first.List)
				}
			}
		}
	}
}
