package ui

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/sources"
)

// wideFleet are groups with names of wide and joined characters, each with its number in
// the name and in the service.
func wideFleet(n int) snapshotsMsg {
	names := []string{"Errors", "漢字エラー", "Ошибка", "🙂🙂", "e\u0301e\u0301", "한국어"}
	var alerts []*sources.Alert
	for i, a := range numbered("error", 0, n) {
		id := fmt.Sprintf("q%03d", i)
		a.Labels["alertname"] = id + names[i%len(names)]
		a.Labels["service"] = "s" + id[1:]
		a.Labels["team"] = fmt.Sprintf("team-%d", i%4)
		alerts = append(alerts, a)
	}
	return alertsSnapshot(alerts...)
}

var (
	nameInRow    = regexp.MustCompile(`\bq(\d{3})`)
	serviceInRow = regexp.MustCompile(`\bs(\d{3})\b`)
)

// numberIn is the number of the group that a line of the list shows; empty: none.
func numberIn(line string) string {
	for _, pattern := range []*regexp.Regexp{nameInRow, serviceInRow} {
		if m := pattern.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	return ""
}

// However the list looks, a click on a line chooses the row that is drawn there, and one
// elsewhere chooses none.
func TestAClickChoosesTheRowThatIsDrawnThere(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it is the same each time
	for round := range 60 {
		width, height, n := 60+random.IntN(160), 12+random.IntN(45), 1+random.IntN(70)
		h := newHarness(t, width, height, func(o *Options) {
			withMouse(o)
			if random.IntN(3) == 0 {
				o.Columns = []triage.Column{triage.TitleColumn, triage.AgeColumn}
			}
		})
		h.send(wideFleet(n))
		for range random.IntN(12) {
			keys := []string{"j", "ctrl+d", "G", "k", "v", "c", "C", "space", "ctrl+u", ">", "<", "*"}
			h.press(keys[random.IntN(len(keys))])
		}
		for range random.IntN(4) {
			area := h.m.Layout.List
			h.wheel(area.X+3, area.Y+2, []tea.MouseButton{tea.MouseWheelDown, tea.MouseWheelUp}[random.IntN(2)])
		}
		for range 12 {
			area := h.m.Layout.List
			if area.Empty() {
				break
			}
			y := area.Y + random.IntN(area.Height)
			before, at := h.screen(), ""
			if c := h.m.list.Current(); c != nil {
				at = c.ID
			}
			line := strings.Split(h.text(area), "\n")[y-area.Y]
			drawn := numberIn(line)
			fails := func(what string) {
				t.Fatalf("round %d, %dx%d, a click on line %d: %s:\n%s\nand then\n%s", round, width, height, y, what, before, h.screen())
			}
			h.click(area.X+6+random.IntN(max(area.Width-8, 1)), y)
			now := ""
			if c := h.m.list.Current(); c != nil {
				now = c.ID
				if drawn != "" && !strings.Contains(c.Service+strings.Join(c.AlertNames(), " "), drawn) && !strings.ContainsAny(line, "▾▸") {
					fails("the group is another than " + drawn)
				}
			}
			switch heading := headingInRow.FindStringSubmatch(line); {
			case heading != nil:
				turned := map[string]string{"▾": "▸", "▸": "▾"}[heading[1]] + " " + heading[2]
				if !strings.Contains(h.text(area), turned) {
					fails("the heading is not turned to " + turned)
				}
			case drawn == "" && now != at:
				fails("no row is there")
			case drawn != "" && now == "":
				fails("no group is chosen")
			}
		}
	}
}

// headingInRow matches a heading: whether it is open, and its title.
var headingInRow = regexp.MustCompile(`([▾▸]) (\S+)`)

// In each room to choose from, a click on a line either chooses what is drawn there, takes
// what was chosen already, or changes nothing.
func TestAClickInARoomChoosesWhatIsDrawnThere(t *testing.T) {
	for _, keys := range [][]string{{"F"}, {"S"}, {":"}, {"h"}, {"z"}, {"enter", "O"}, {"enter", "f"}, {"?"}, {"m"}} {
		for _, size := range [][2]int{{80, 24}, {200, 50}} {
			open := func() *harness {
				h := withStory(t, size[0], size[1], func(o *Options) { withMouse(o); withRunbooks(o); newAccount().with(o) })
				h.press(keys...)
				return h
			}
			h := open()
			mode := h.m.mode()
			for y := range size[1] - 1 { // the last line is that of the keys
				area := h.overlayArea()
				if area.Empty() {
					area = h.m.Layout.Pane
				}
				chosen := func() bool {
					return strings.Contains(h.m.Slice(strings.Split(h.screen(), "\n")[y], area.X, area.X+area.Width), "▌")
				}
				before, was, hints := h.text(area), chosen(), strings.Contains(strings.Split(h.screen(), "\n")[y], "closes")
				h.click(area.X+8, y)
				if h.m.overlay == nil || h.m.mode() != mode || was || hints {
					h = open() // it was taken, or a click beside it did something else
					continue
				}
				if after := h.text(area); after != before && !chosen() {
					t.Errorf("%v at %v: a click on line %d changed it, and the line is not chosen:\n%s\n%s", keys, size, y, before, after)
				}
			}
		}
	}
}
