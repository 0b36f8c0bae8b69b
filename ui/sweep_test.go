package ui

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/race"
)

var everySize = flag.Bool("sweep", false, "draw screens at every size from 20x5 to 300x100, and not only where their shape changes")

// coarse are the sizes of a sweep in CI: the ends, and around where the shape changes.
var coarse = struct{ widths, heights []int }{
	[]int{20, 40, 59, 60, 61, 69, 72, 78, 80, 86, 100, 106, 112, 115, 116, 117, 140, 149, 150, 151, 169, 170, 172, 200, 300},
	[]int{5, 9, 14, 15, 16, 20, 22, 23, 24, 40, 100},
}

func span(from, to int) []int {
	var all []int
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}

// TestSweep draws the pictures at many sizes: none has a fault (drawn.faults). Each size
// has some of the pictures, in turns: `go test ./ui -run Sweep -sweep` draws all sizes.
func TestSweep(t *testing.T) {
	race.Skip(t)
	sweep, each := coarse, 2
	if *everySize {
		sweep.widths, sweep.heights, each = span(20, 300), span(5, 100), 1
	}
	screens := make([]*harness, len(pictures))
	next := 0
	for _, width := range sweep.widths {
		for _, height := range sweep.heights {
			for range each {
				i := next % len(pictures)
				next++
				if screens[i] == nil {
					screens[i] = openPicture(t, i, 80, 24)
				}
				h := screens[i]
				h.send(tea.WindowSizeMsg{Width: width, Height: height})
				name := fmt.Sprintf("%s at %dx%d", pictures[i].name, width, height)
				if h.m.Layout.Short != "" {
					checkTooSmall(t, name, h)
					continue
				}
				h.checkWhole(name)
			}
		}
	}
}

// openPicture brings up the screen of a picture without colours.
func openPicture(t *testing.T, i, width, height int) *harness {
	p := pictures[i]
	h := newHarness(t, width, height, func(o *Options) {
		newAccount().with(o)
		if p.change != nil {
			p.change(o)
		}
		o.NoColor = true
	})
	p.open(h)
	return h
}

// checkTooSmall checks that what a small screen says is inside it.
func checkTooSmall(t *testing.T, name string, h *harness) {
	t.Helper()
	lines := strings.Split(h.screen(), "\n")
	if len(lines) > h.m.Height {
		t.Errorf("%s: there are %d lines", name, len(lines))
	}
	for _, line := range lines {
		if h.m.WidthOf(line) > h.m.Width {
			t.Errorf("%s: %q is wider than the screen", name, line)
		}
	}
}
