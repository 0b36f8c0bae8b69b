package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/theme"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/roomtest"
)

// sizes are those of the pictures.
var sizes = [][2]int{{60, 20}, {80, 24}, {120, 30}, {200, 50}}

// picture is a screen that is compared with golden files.
type picture struct {
	name string
	// change changes the options, open brings the screen up.
	change func(*Options)
	open   func(h *harness)
}

// pictures are all of them.
var pictures = []picture{
	{name: "list of 1", change: prometheusAlone, open: listOf(1)},
	{name: "list of the story", change: withRunbooks, open: withWholeStory},
	{name: "list of 10", change: prometheusAlone, open: listOf(10)},
	{name: "list of 33", change: prometheusAlone, open: listOf(33)},
	{name: "list of 2000", change: prometheusAlone, open: listOf(2000)},
	{name: "details", change: withRota(payments()), open: with(withWholeStory, "2")},
	{name: "reading", change: withRunbooks, open: with(withWholeStory, "Z")},
	{name: "reading details", change: withRota(payments()), open: with(withWholeStory, "Z", "2")},
	{name: "reading beside a selection", change: withRunbooks, open: with(withWholeStory, "space", "Z")},
	{name: "graph", change: withRates, open: graphOf(`errors_ratio > 0.05`)},
	{name: "reading a graph", change: withRates, open: graphOf(`errors_ratio > 0.05`, "Z", "<", "<", "<", "<")},
	{name: "reading a graph without a threshold", change: withRates, open: graphOf(`errors_ratio{region=~".+"} > 0.05 and up == 1`, "Z")},
	{name: "sparklines", change: withSparklines, open: sparklines},
	{name: "filter", open: func(h *harness) {
		withWholeStory(h)
		h.press("/")
		h.write("service=ch")
	}},
	{name: "two selected", open: with(withWholeStory, "space", "space")},
	{name: "acknowledge", open: with(withWholeStory, "a")},
	{name: "escalate", open: func(h *harness) {
		withWholeStory(h)
		h.press("e")
		h.write("The rollback did not help.")
	}},
	{name: "escalate, the second step", open: func(h *harness) {
		withWholeStory(h)
		h.press("e")
		h.write("The rollback did not help.")
		h.press("tab")
	}},
	{name: "next level", open: with(withWholeStory, "E")},
	{name: "hand off", open: func(h *harness) {
		withWholeStory(h)
		h.press("h")
		h.write("b")
	}},
	{name: "note", open: func(h *harness) {
		withWholeStory(h)
		h.press("n")
		h.write("Found it.")
	}},
	{name: "resolve", open: with(withWholeStory, "r")},
	{name: "snooze", open: with(withWholeStory, "z")},
	{name: "silence", open: with(withWholeStory, "s")},
	{name: "merge", open: byName("merge into another")},
	{name: "urgency", open: byName("change the urgency")},
	{name: "priority", open: byName("change the priority")},
	{name: "join", open: byName("ask others to join")},
	{name: "help", open: with(withWholeStory, "?")},
	{name: "messages", open: with(withWholeStory, "m")},
	{name: "load of on-call", change: withLoad(""), open: with(withWholeStory, "L")},
	{name: "palette", open: with(withWholeStory, ":")},
	{name: "sources down", open: sourcesDown},
	{name: "nothing configured", change: func(o *Options) { o.Initial = nil }, open: func(*harness) {}},
	{name: "first line", change: func(o *Options) { o.Respond.Role = respond.FirstLine }, open: with(withWholeStory, "e")},
}

func prometheusAlone(o *Options) { o.Initial = storySources()[1:2] }

// listOf has Prometheus report n alerts, each its own group.
func listOf(n int) func(*harness) {
	return func(h *harness) {
		list := roomtest.Alerts(roomtest.Numbered("warning", 0, n)...)
		list[0].Data.Extents = sources.Extents{Alerts: sources.Whole, Rules: sources.Whole}
		h.send(snapshotsMsg{list: list})
	}
}

// withWholeStory has all sources of the story answer.
func withWholeStory(h *harness) {
	snapshots := story(noon)
	snapshots[0].Data.Priorities = []sources.Priority{{ID: "PR1", Name: "P1"}, {ID: "PR2", Name: "P2"}}
	snapshots[2].Err, snapshots[2].FailingSince, snapshots[2].AsOf = nil, time.Time{}, noon
	h.send(snapshotsMsg{list: snapshots})
}

func with(open func(*harness), keys ...string) func(*harness) {
	return func(h *harness) {
		open(h)
		h.press(keys...)
	}
}

// byName opens a dialog by the name of its command.
func byName(name string) func(*harness) {
	return func(h *harness) {
		withWholeStory(h)
		h.press(":")
		h.write(name)
		h.press("enter")
	}
}

// sourcesDown has no source answer, after one of them has.
func sourcesDown(h *harness) {
	snapshots := story(noon)
	for i := range snapshots {
		s := &snapshots[i]
		s.Err = &sources.Error{
			Source: s.Source, Doing: "reading alerts", Reason: sources.Unreachable,
			Sentence: "No answer within 5 s; check that the address is right and reachable.",
		}
		s.FailingSince = noon.Add(-time.Duration(i+1) * time.Minute)
		if i > 0 {
			s.Data, s.AsOf = sources.Data{}, time.Time{}
		}
	}
	h.send(snapshotsMsg{list: snapshots})
	h.tick(40 * time.Second) // the message of the last failure
}

// TestPictures compares screens with the golden files: the text without colours, and
// whose colour each cell has. With these, all themes are checked. `go test ./ui -run
// Pictures -update` writes the files again.
func TestPictures(t *testing.T) {
	race.Skip(t)
	for _, p := range pictures {
		for _, size := range sizes {
			name := fmt.Sprintf("%s/%dx%d", p.name, size[0], size[1])
			open := func(noColor bool) *harness {
				h := newHarness(t, size[0], size[1], func(o *Options) {
					newAccount().with(o)
					if p.change != nil {
						p.change(o)
					}
					o.NoColor, o.Theme = noColor, markers
				})
				p.open(h)
				h.m.pane.Invalidate()
				h.send(struct{}{}) // ages are those of now
				h.checkWhole(name)
				return h
			}
			withoutColors := open(true)
			plain, bare := withoutColors.screen(), cellsOf(withoutColors)
			t.Run(name, func(t *testing.T) { golden.RequireEqual(t, trimmed(plain)) })
			checkASCII(t, name, withoutColors)
			h := open(false)
			marked := cellsOf(h)
			checkNoColor(t, name, h, bare, marked)
			t.Run(name+" colors", func(t *testing.T) { golden.RequireEqual(t, compact(marked, strings.Split(plain, "\n"))) })
			if size == sizes[0] {
				continue // themes are checked at three sizes
			}
			for _, dark := range []bool{true, false} {
				checkTheme(t, name, h, marked, fewColors(dark))
				for _, of := range theme.Names() {
					if of != theme.None { // its text is another
						checkTheme(t, name, h, marked, draw.Colors{Choice: theme.Choice{Name: of}, Dark: dark})
					}
				}
			}
		}
	}
}

// trimmed is a text without blanks at the ends of its lines.
func trimmed(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
