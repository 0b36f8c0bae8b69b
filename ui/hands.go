package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/frame"
	"firstline/ui/keymap"
	"firstline/ui/list"
	"firstline/ui/pane"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// hands are the mouse and the divider between list and pane. A click does what a key
// does, by the same way: it confirms only what was on the screen long enough.
type hands struct {
	screen *room.Screen
	list   *list.List
	pane   *pane.Pane
	// on: the mouse is firstline's, and not the terminal's.
	on bool
	// split is the list's share as room.Layout.Divide takes it; 0: by itself.
	split    int
	dragging bool
	clicks   room.Clicks
	// overlay is the room that is open, press presses a key, obey carries an entry of
	// the normal mode out, focus gives the keys to the pane or the list, relayout lays
	// the screen out again.
	overlay  func() room.Overlay
	press    func(tea.KeyPressMsg) tea.Cmd
	obey     func(*keymap.Entry) tea.Cmd
	focus    func(pane bool)
	relayout func()
	// store stores the list's share, off the loop; nil: it is not stored.
	store   func(split int)
	stored  int
	storing reply.Loader
}

// table is the keys of the mouse and the divider.
func (h *hands) table() keymap.Table {
	const at = keymap.InNormal
	return keymap.Table{
		keymap.Key(at, keymap.ToggleMouse, "mouse on or off").In(keymap.GroupRest),
		keymap.Key(at, keymap.NarrowerList, "a smaller list").In(keymap.GroupRest).Unless(h.whyNoDivider),
		keymap.Key(at, keymap.WiderList, "a larger list").In(keymap.GroupRest).Unless(h.whyNoDivider),
		keymap.Key(at, keymap.OwnDivider, "the divider where it was at first").In(keymap.GroupRest).Unless(h.whyNoDivider),
	}
}

// mode is which events of the mouse the terminal is asked for.
func (h *hands) mode() tea.MouseMode {
	if h.on {
		return tea.MouseModeCellMotion // and so where it is dragged to
	}
	return tea.MouseModeNone
}

func (h *hands) whyNoDivider() string {
	if h.screen.Layout.Share() == 0 {
		return "list and pane are not both on the screen"
	}
	return ""
}

// step is by how much a key moves the divider, in percent.
const step = 4

// do carries a command out; it reports whether it is one of the hands'.
func (h *hands) do(c keymap.Command) bool {
	switch share := h.screen.Layout.Share(); c {
	case keymap.ToggleMouse:
		h.on, h.dragging = !h.on, false
		says := "The mouse is the terminal's again: it selects text."
		if h.on {
			says = "The mouse acts in firstline. Most terminals select text while shift is held."
		}
		h.screen.Say(room.Info, says)
	case keymap.NarrowerList:
		h.divide(share - step)
	case keymap.WiderList:
		h.divide(share + step)
	case keymap.OwnDivider:
		h.divide(0)
	default:
		return false
	}
	return true
}

// divide moves the divider.
func (h *hands) divide(split int) {
	if h.split = split; split != 0 {
		h.split = max(split, 1)
	}
	h.relayout()
	if h.split != 0 {
		h.split = h.screen.Layout.Share() // not beyond what it leaves to both
	}
}

// configure takes what a changed configuration says, and leaves what the person chose
// where it says the same as before.
func (h *hands) configure(before, o Options) {
	if o.Mouse != before.Mouse {
		h.on = o.Mouse
	}
	if o.Split != before.Split {
		h.split, h.stored = o.Split, o.Split
	}
	h.store = o.StoreSplit
}

// follow stores where the divider is, once it stays there.
func (h *hands) follow() tea.Cmd {
	if h.store == nil || h.dragging || h.split == h.stored || h.storing.Busy() {
		return nil
	}
	store, split := h.store, h.split
	h.stored = split
	return reply.Start(&h.storing, func() struct{} {
		store(split)
		return struct{}{}
	}, reply.Nothing(func(struct{}) {}))
}

// route takes an event of the mouse other than a click.
func (h *hands) route(msg tea.MouseMsg) {
	m := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		if h.on && h.screen.Layout.Short == "" {
			h.wheel(m)
		}
	case tea.MouseMotionMsg:
		if h.dragging {
			h.divide(h.screen.Layout.ShareAt(m.X, m.Y))
		}
	case tea.MouseReleaseMsg:
		h.dragging = false
	}
}

// click takes a click that was read at a time.
func (h *hands) click(m tea.Mouse, at time.Time) tea.Cmd {
	if !h.on || h.screen.Layout.Short != "" || m.Button != tea.MouseLeft {
		return nil
	}
	h.dragging = false
	twice := h.clicks.Twice(m.X, m.Y, at)
	open, layout := h.overlay(), h.screen.Layout
	if m.Y == h.screen.Height-1 {
		return h.clickHint(open, m.X)
	}
	if open != nil {
		return h.clickIn(open, m, twice)
	}
	switch {
	case layout.OnDivider(m.X, m.Y):
		h.dragging = true
	case layout.List.Has(m.X, m.Y):
		h.focus(false)
		if row := h.list.Click(m.X, m.Y); row && twice {
			e := h.screen.Keys.Of(keymap.OpenPane, keymap.InNormal)
			return h.obey(&e)
		}
	case layout.Pane.Has(m.X, m.Y):
		h.focus(true)
		h.pane.Click(m.X, m.Y)
	}
	return nil
}

// clickHint presses the key that is named in the line of keys.
func (h *hands) clickHint(open room.Overlay, x int) tea.Cmd {
	at, lead := keymap.InNormal, h.list.About()
	switch {
	case open != nil:
		at, lead = open.Mode(), ""
	case h.pane.Focused:
		at = h.pane.Mode()
	}
	if at == keymap.InFilter || at == keymap.InDialog {
		return nil // offers, or nothing
	}
	if e, found := frame.KeyAt(h.screen, at, lead, x); found {
		return h.press(keymap.Press(e.Binding.Keys()[0]))
	}
	return nil
}

// clickIn gives a click to the room that is open.
func (h *hands) clickIn(open room.Overlay, m tea.Mouse, twice bool) tea.Cmd {
	clickable, takes := open.(room.Clickable)
	if !takes {
		return nil
	}
	c := clickable.Click(m.X, m.Y)
	if c == keymap.NoCommand {
		return nil
	}
	keys := h.screen.Keys.Of(c, open.Mode()).Binding.Keys()
	if len(keys) == 0 {
		return nil
	}
	if _, asks := open.(room.Question); asks && twice {
		h.screen.Typing.Refused = "that was a double click: click once"
		return nil
	}
	return h.press(keymap.Press(keys[0]))
}

// wheelLines is by how many lines the wheel scrolls at once.
const wheelLines = 3

// wheel scrolls what is under the pointer.
func (h *hands) wheel(m tea.Mouse) {
	lines := wheelLines
	switch m.Button {
	case tea.MouseWheelUp:
		lines = -lines
	case tea.MouseWheelDown:
	default:
		return
	}
	open, layout := h.overlay(), h.screen.Layout
	var over draw.Rectangle
	if open != nil {
		_, over, _ = open.View()
	}
	switch {
	case over.Has(m.X, m.Y):
		wheelIn(open, h.screen.Keys, lines)
	case open != nil && open.Mode() == keymap.InChoice && layout.Pane.Has(m.X, m.Y):
		wheelIn(open, h.screen.Keys, lines)
	case layout.Pane.Has(m.X, m.Y) && (over.Empty() || layout.Beside() && over.X+over.Width <= layout.Pane.X):
		h.pane.Wheel(lines)
	case layout.List.Has(m.X, m.Y) && over.Empty():
		h.list.Wheel(lines)
	}
}

// wheelIn scrolls a room that is open: as it says itself, else by its own keys.
func wheelIn(open room.Overlay, keys keymap.Table, lines int) {
	if w, own := open.(room.Wheeler); own {
		w.Wheel(lines)
		return
	}
	for _, way := range []struct {
		down, up keymap.Command
		times    int
	}{{keymap.MoveDown, keymap.MoveUp, wheelLines}, {keymap.ChoiceDown, keymap.ChoiceUp, 1}, {keymap.HalfDown, keymap.HalfUp, 1}} {
		c := way.down
		if lines < 0 {
			c = way.up
		}
		if names := keys.Of(c, open.Mode()).Binding.Keys(); len(names) > 0 {
			for range way.times {
				open.Key(keymap.Press(names[0])) // moving asks for nothing
			}
			return
		}
	}
}
