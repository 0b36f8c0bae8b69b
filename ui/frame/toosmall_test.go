package frame

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"firstline/internal/race"
	"firstline/sources"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// Whatever the size of a screen that is too small: each source that fails is
// named or counted, and nothing is larger than the screen.
func TestTooSmallShowsWhatFails(t *testing.T) {
	race.Skip(t)
	for width := range 300 {
		for height := range 30 {
			s, _ := roomtest.Screen(width+1, height+1, nil)
			s.Layout = room.Arrange(width+1, height+1, false, 0)
			if s.Layout.Short == "" {
				continue
			}
			for count := range 12 {
				tooSmall(t, &Header{Screen: s}, count)
			}
		}
	}
}

// tooSmall checks a screen with that many failing sources among others.
func tooSmall(t *testing.T, h *Header, count int) {
	t.Helper()
	snapshots := []sources.Snapshot{{Source: sources.Source{Name: "well"}, AsOf: noon, Data: whole}, {Source: sources.Source{Name: "awaited"}}}
	for i := range count {
		s := sources.Snapshot{Source: sources.Source{Name: fmt.Sprintf("a%d-%s", i, strings.Repeat("x", i*3))}, AsOf: noon, Err: errors.New("x")}
		if i == 1 {
			s.Err = &sources.Error{Reason: sources.Misconfigured}
		}
		snapshots = slices.Insert(snapshots, 1, s)
	}
	h.Sources = func() []sources.Snapshot { return snapshots }
	text := h.Bare(h.TooSmall())
	lines := strings.Split(text, "\n")
	named, counted, first := 0, 0, false
	for _, line := range lines {
		if h.WidthOf(line) > h.Width {
			t.Fatalf("%dx%d: %q is too wide", h.Width, h.Height, line)
		}
		first = first || strings.HasPrefix(line, "Too ") || strings.HasPrefix(line, "✗")
		var n int
		if _, err := fmt.Sscanf(line, "✗ %d", &n); err == nil {
			counted += n
		} else if strings.HasPrefix(line, "✗") {
			named++
		}
	}
	if len(lines) > h.Height {
		t.Fatalf("%dx%d: %d lines\n%s", h.Width, h.Height, len(lines), text)
	}
	if h.Width < 5 {
		return // no number has room
	}
	if named+counted != count {
		t.Fatalf("%dx%d: %d named and %d counted of %d\n%s", h.Width, h.Height, named, counted, count, text)
	}
	if h.Height >= 4 && h.Width >= 15 && !strings.Contains(text, "It needs 60x15;") {
		t.Fatalf("%dx%d: the size is not in\n%s", h.Width, h.Height, text)
	}
	if h.Height > count+3 && h.Width > 60 && named != count {
		t.Fatalf("%dx%d: %d of %d are named although there is room\n%s", h.Width, h.Height, named, count, text)
	}
	if !first {
		t.Fatalf("%dx%d: it does not say what is wrong\n%s", h.Width, h.Height, text)
	}
}

// The sentence is broken and not cut where there is room for its lines.
func TestTooSmallSaysItWhole(t *testing.T) {
	for _, size := range [][2]int{{30, 10}, {28, 10}, {12, 10}, {59, 14}, {20, 40}} {
		s, _ := roomtest.Screen(size[0], size[1], nil)
		s.Layout = room.Arrange(size[0], size[1], false, 0)
		h := &Header{Screen: s, Sources: func() []sources.Snapshot { return nil }}
		if text := strings.Join(strings.Fields(h.Bare(h.TooSmall())), " "); !strings.HasPrefix(text, "Too "+s.Layout.Short+" for firstline. It needs") {
			t.Errorf("%v: it says %q", size, text)
		}
	}
}
