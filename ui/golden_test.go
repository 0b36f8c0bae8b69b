package ui

import (
	"fmt"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"firstline/internal/respond"
	"firstline/sources"
	"firstline/ui/roomtest"
)

// themes are how a terminal shows the same screen.
var themes = []struct {
	name       string
	background color.Color
	noColor    bool
}{{"NO_COLOR", color.Black, true}, {"dark", color.Black, false}, {"light", color.White, false}}

// sizes are those of the pictures.
var sizes = [][2]int{{60, 20}, {80, 24}, {120, 30}, {200, 50}}

// pictures are the screens that are compared with the golden files.
var pictures = []struct {
	name string
	// change changes the options, open brings the screen up.
	change func(*Options)
	open   func(h *harness)
	// colored: each theme has files of its own.
	colored bool
}{
	{name: "list of 1", change: prometheusAlone, open: listOf(1)},
	{name: "list of the story", change: withRunbooks, open: withWholeStory, colored: true},
	{name: "list of 10", change: prometheusAlone, open: listOf(10)},
	{name: "list of 33", change: prometheusAlone, open: listOf(33)},
	{name: "list of 2000", change: prometheusAlone, open: listOf(2000)},
	{name: "details", change: withRota(payments()), open: with(withWholeStory, "2")},
	{name: "reading", change: withRunbooks, open: with(withWholeStory, "Z"), colored: true},
	{name: "reading details", change: withRota(payments()), open: with(withWholeStory, "Z", "2"), colored: true},
	{name: "reading beside a selection", change: withRunbooks, open: with(withWholeStory, "space", "Z")},
	{name: "graph", change: withRates, open: graphOf(`errors_ratio > 0.05`), colored: true},
	{name: "reading a graph", change: withRates, open: graphOf(`errors_ratio > 0.05`, "Z", "<", "<", "<", "<"), colored: true},
	{name: "reading a graph without a threshold", change: withRates, open: graphOf(`errors_ratio{region=~".+"} > 0.05 and up == 1`, "Z")},
	{name: "sparklines", change: withSparklines, open: sparklines, colored: true},
	{name: "filter", open: func(h *harness) {
		withWholeStory(h)
		h.press("/")
		h.write("service=ch")
	}},
	{name: "two selected", open: with(withWholeStory, "space", "space")},
	{name: "acknowledge", open: with(withWholeStory, "a")},
	{name: "escalate", colored: true, open: func(h *harness) {
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
	{name: "load of on-call", change: withLoad(""), open: with(withWholeStory, "L"), colored: true},
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

// The screens look as they did when somebody last looked at them: `go test ./ui -run
// Pictures -update` writes the files again.
func TestPictures(t *testing.T) {
	for _, p := range pictures {
		for _, size := range sizes {
			name := fmt.Sprintf("%s/%dx%d", p.name, size[0], size[1])
			text := ""
			for _, theme := range themes {
				h := newHarness(t, size[0], size[1], func(o *Options) {
					newAccount().with(o)
					if p.change != nil {
						p.change(o)
					}
					o.NoColor = theme.noColor
				})
				h.send(tea.BackgroundColorMsg{Color: theme.background})
				p.open(h)
				h.checkFrame(name)
				frame, _ := h.m.frame()
				bare := h.m.Bare(frame)
				if theme.noColor {
					t.Run(name, func(t *testing.T) { golden.RequireEqual(t, trimmed(bare)) })
					continue
				}
				// Without colours emphasis has signs, so that text is another.
				if text == "" {
					text = bare
				} else if bare != text {
					t.Errorf("%s: the text on a light background differs:\n%s\n%s", name, bare, text)
				}
				if p.colored {
					t.Run(name+" "+theme.name, func(t *testing.T) { golden.RequireEqual(t, frame) })
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
