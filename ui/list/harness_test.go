package list_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/sources"
	"firstline/ui/keymap"
	"firstline/ui/list"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// The story of the tests.
var (
	noon                 = roomtest.Noon
	firing               = roomtest.Firing
	story                = roomtest.Story
	pagerDutyData        = roomtest.PagerDutyData
	numbered, ofServices = roomtest.Numbered, roomtest.OfServices
	storySources         = roomtest.StorySources
	userReference        = roomtest.UserReference
	dana, ann, ben       = roomtest.Dana, roomtest.Ann, roomtest.Ben
)

// snapshotsMsg is what the sources said at once.
type snapshotsMsg struct{ list []sources.Snapshot }

func alertsSnapshot(alerts ...*sources.Alert) snapshotsMsg {
	return snapshotsMsg{list: roomtest.Alerts(alerts...)}
}

// harness drives a list by keys.
type harness struct {
	*room.Screen
	t    testing.TB
	list *list.List
	// open is the room that has the keys; nil: the list has.
	open room.Overlay
	// revision counts what the sources said.
	revision uint64
}

// Close gives the keys back to the list.
func (h *harness) Close() { h.open = nil }

// Quit does nothing.
func (h *harness) Quit() tea.Cmd { return nil }

func newHarness(t testing.TB, width, height int, change func(*list.Options)) *harness {
	t.Helper()
	h := &harness{t: t}
	o := list.Options{Initial: storySources()}
	if change != nil {
		change(&o)
	}
	h.Screen, _ = roomtest.Screen(width, height, nil)
	h.Host = h
	h.list = list.New(h.Screen, o)
	h.Keys = append(append(h.list.Table(), h.list.FindTable()...), append(list.Keys(), list.PickerKeys()...)...)
	return h
}

// withStory has the story's sources answered.
func withStory(t testing.TB, width, height int, change func(*list.Options)) *harness {
	t.Helper()
	h := newHarness(t, width, height, change)
	h.send(snapshotsMsg{list: story(noon)})
	return h
}

// onePrometheus is a list of one Prometheus alone.
func onePrometheus(o *list.Options) { o.Initial = storySources()[1:2] }

func (h *harness) mode() keymap.Mode {
	if h.open == nil {
		return keymap.InNormal
	}
	return h.open.Mode()
}

// send brings what sources say, or another size of the screen.
func (h *harness) send(msg any) {
	h.t.Helper()
	switch msg := msg.(type) {
	case snapshotsMsg:
		for i := range msg.list {
			h.revision++
			msg.list[i].Revision = h.revision
		}
		news, _ := h.list.Sources.Take(msg.list)
		for _, m := range news {
			h.Say(m.Level, m.Text)
		}
	case tea.WindowSizeMsg:
		h.Width, h.Height, h.Layout = msg.Width, msg.Height, room.Arrange(msg.Width, msg.Height, false, 0)
		h.list.Resize()
	}
	h.follow()
}

// follow joins what came in and shows it.
func (h *harness) follow() {
	roomtest.Run(h.list.Sources.Arrange(func(a list.Arranged) {
		h.list.Sources.Accept(a)
		h.list.Apply(a)
	}))
	if h.mode() == keymap.InFilter {
		roomtest.Run(h.list.Prompt.Learn(h.list.Sources.Groups))
	}
}

func (h *harness) press(keys ...string) {
	h.t.Helper()
	for _, k := range keys {
		h.key(roomtest.Key(k))
	}
}

func (h *harness) write(text string) {
	h.t.Helper()
	for _, r := range text {
		h.key(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func (h *harness) key(msg tea.KeyPressMsg) {
	h.t.Helper()
	if h.open != nil {
		roomtest.Run(h.open.Key(msg))
		h.follow()
		return
	}
	h.Messages.Hush()
	c, e := h.Keys.Command(msg, keymap.InNormal)
	switch {
	case e == nil:
	case e.Refuses() != "":
		h.Say(room.Info, e.Refuses())
	case c == keymap.StartFilter:
		h.open = h.list.StartFilter()
	case c == keymap.PickFilter, c == keymap.PickOrder:
		pick := h.list.PickFilter
		if c == keymap.PickOrder {
			pick = h.list.PickOrder
		}
		picker, cmd := pick()
		h.open = picker
		roomtest.Run(cmd)
	case c == keymap.Leave:
		h.list.Leave()
	default:
		h.list.Do(c)
	}
	h.follow()
}

// screen is the list where it is on the screen, then the status line, what the
// filter offers, and what the pane shows of a heading.
func (h *harness) screen() string {
	typing := h.mode() == keymap.InFilter
	lines := append(make([]string, h.Layout.List.Y), h.list.View(true, typing)...)
	status := h.StatusText(h.Width)
	if typing {
		h.list.DrawCaret(lines)
		status = h.list.Prompt.Wrong
	}
	lines = append(lines, status, h.Spans(h.list.Prompt.OfferSpans(h.Width)...))
	if s := h.list.HeadingAt(h.list.Cursor); s != nil && !h.Layout.Pane.Empty() {
		lines = append(lines, h.list.HeadingLines(*s, h.Layout.Pane.Width-4, h.Layout.Pane.Height-2)...)
	}
	return h.Bare(strings.Join(lines, "\n"))
}

func (h *harness) sees(wanted ...string) {
	h.t.Helper()
	screen := h.screen()
	for _, w := range wanted {
		if !strings.Contains(screen, w) {
			h.t.Fatalf("the list does not show %q:\n%s", w, screen)
		}
	}
}

func (h *harness) seesNot(unwanted ...string) {
	h.t.Helper()
	screen := h.screen()
	for _, u := range unwanted {
		if strings.Contains(screen, u) {
			h.t.Fatalf("the list shows %q:\n%s", u, screen)
		}
	}
}

// put moves the cursor to the group whose row holds text.
func (h *harness) put(text string) {
	h.t.Helper()
	h.press("g")
	for range h.list.Visible {
		r, names := h.list.CurrentRow(), h.list.Current().AlertNames()
		if strings.Contains(r.Title+r.Service+r.ID+strings.Join(names, " "), text) {
			return
		}
		h.press("j")
	}
	h.t.Fatalf("no row holds %q:\n%s", text, h.screen())
}

// cursorRow is the line of the row under the cursor.
func (h *harness) cursorRow() int {
	h.t.Helper()
	for i, line := range strings.Split(h.screen(), "\n") {
		if strings.Contains(line, "▌") {
			return i
		}
	}
	h.t.Fatalf("no row has the cursor:\n%s", h.screen())
	return 0
}

func incident(i int) sources.Incident {
	return sources.Incident{
		Source: "pagerduty", ID: fmt.Sprintf("Q%03d", i), Number: 1000 + i, Title: fmt.Sprintf("incident %03d", i),
		Status: sources.Triggered, Urgency: "high", CreatedAt: noon.Add(-time.Duration(i) * time.Minute), AlertsRead: true,
	}
}
