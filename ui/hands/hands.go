// Package hands is the mouse over the whole screen, and the divider between list and
// pane.
package hands

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

// Options are what the hands move, and how.
type Options struct {
	List *list.List
	Pane *pane.Pane
	// Mouse: it is firstline's from the start. Split is the list's share as
	// room.Layout.Divide takes it; 0: by itself.
	Mouse bool
	Split int
	// Store stores the list's share, off the loop; nil: it is not stored.
	Store func(split int)
	// Overlay is the room that is open, Press presses a key, Obey carries an entry of
	// the normal mode out, Focus gives the keys to the pane or the list, Relayout lays
	// the screen out again.
	Overlay  func() room.Overlay
	Press    func(tea.KeyPressMsg) tea.Cmd
	Obey     func(*keymap.Entry) tea.Cmd
	Focus    func(pane bool)
	Relayout func()
}

// Hands are the mouse and the divider between list and pane. A click does what a key
// does, by the same way: it confirms only what was on the screen long enough.
type Hands struct {
	screen  *room.Screen
	options Options
	// on: the mouse is firstline's, and not the terminal's.
	on bool
	// Split is the list's share as it is now.
	Split    int
	dragging bool
	clicks   room.Clicks
	// stored is the list's share that was stored.
	stored  int
	storing reply.Loader
}

// New has the mouse and the divider as the options say.
func New(s *room.Screen, o Options) *Hands {
	return &Hands{screen: s, options: o, on: o.Mouse, Split: o.Split, stored: o.Split}
}

// Table is the keys of the mouse and the divider.
func (h *Hands) Table() keymap.Table {
	const at = keymap.InNormal
	return keymap.Table{
		keymap.Key(at, keymap.ToggleMouse, "mouse on or off").In(keymap.GroupRest).Unless(h.whyNoMouse),
		keymap.Key(at, keymap.NarrowerList, "a smaller list").In(keymap.GroupRest).Unless(h.whyNoDivider),
		keymap.Key(at, keymap.WiderList, "a larger list").In(keymap.GroupRest).Unless(h.whyNoDivider),
		keymap.Key(at, keymap.OwnDivider, "the divider where it was at first").In(keymap.GroupRest).Unless(h.whyNoDivider),
	}
}

// MouseMode is which events of the mouse the terminal is asked for.
func (h *Hands) MouseMode() tea.MouseMode {
	if h.on {
		return tea.MouseModeCellMotion // and so where it is dragged to
	}
	return tea.MouseModeNone
}

func (h *Hands) whyNoMouse() string {
	if h.screen.Plain {
		return "the screen is written as lines"
	}
	return ""
}

func (h *Hands) whyNoDivider() string {
	if why := h.whyNoMouse(); why != "" {
		return why
	}
	if h.screen.Layout.Share() == 0 {
		return "list and pane are not both on the screen"
	}
	return ""
}

// step is by how much a key moves the divider, in percent.
const step = 4

// Do carries a command out; it reports whether it is one of the hands'.
func (h *Hands) Do(c keymap.Command) bool {
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
func (h *Hands) divide(split int) {
	if h.Split = split; split != 0 {
		h.Split = max(split, 1)
	}
	h.options.Relayout()
	if h.Split != 0 {
		h.Split = h.screen.Layout.Share() // not beyond what it leaves to both
	}
}

// Configure takes what a changed configuration says, and leaves what the person chose
// where it says the same as before.
func (h *Hands) Configure(before, o Options) {
	if o.Mouse != before.Mouse {
		h.on = o.Mouse
	}
	if o.Split != before.Split {
		h.Split, h.stored = o.Split, o.Split
	}
	h.options.Store = o.Store
}

// Follow stores where the divider is, once it stays there.
func (h *Hands) Follow() tea.Cmd {
	if h.options.Store == nil || h.dragging || h.Split == h.stored || h.storing.Busy() {
		return nil
	}
	store, split := h.options.Store, h.Split
	h.stored = split
	return reply.Start(&h.storing, func() struct{} {
		store(split)
		return struct{}{}
	}, reply.Nothing(func(struct{}) {}))
}

// Route takes an event of the mouse other than a click.
func (h *Hands) Route(msg tea.MouseMsg) {
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

// Click takes a click that was read at a time.
func (h *Hands) Click(m tea.Mouse, at time.Time) tea.Cmd {
	if !h.on || h.screen.Layout.Short != "" || m.Button != tea.MouseLeft {
		return nil
	}
	h.dragging = false
	twice := h.clicks.Twice(m.X, m.Y, at)
	open, layout := h.options.Overlay(), h.screen.Layout
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
		h.options.Focus(false)
		if row := h.options.List.Click(m.X, m.Y); row && twice {
			e := h.screen.Keys.Of(keymap.OpenPane, keymap.InNormal)
			return h.options.Obey(&e)
		}
	case layout.Pane.Has(m.X, m.Y):
		h.options.Focus(true)
		h.options.Pane.Click(m.X, m.Y)
	}
	return nil
}

// clickHint presses the key that is named in the line of keys.
func (h *Hands) clickHint(open room.Overlay, x int) tea.Cmd {
	at, lead := keymap.InNormal, h.options.List.About()
	switch {
	case open != nil:
		at, lead = open.Mode(), ""
	case h.options.Pane.Focused:
		at = h.options.Pane.Mode()
	}
	if at == keymap.InFilter || at == keymap.InDialog {
		return nil // offers, or nothing
	}
	if e, found := frame.KeyAt(h.screen, at, lead, x); found {
		return h.options.Press(keymap.Press(e.Binding.Keys()[0]))
	}
	return nil
}

// clickIn gives a click to the room that is open.
func (h *Hands) clickIn(open room.Overlay, m tea.Mouse, twice bool) tea.Cmd {
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
	return h.options.Press(keymap.Press(keys[0]))
}

// wheelLines is by how many lines the wheel scrolls at once.
const wheelLines = 3

// wheel scrolls what is under the pointer.
func (h *Hands) wheel(m tea.Mouse) {
	lines := wheelLines
	switch m.Button {
	case tea.MouseWheelUp:
		lines = -lines
	case tea.MouseWheelDown:
	default:
		return
	}
	open, layout := h.options.Overlay(), h.screen.Layout
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
		h.options.Pane.Wheel(lines)
	case layout.List.Has(m.X, m.Y) && over.Empty():
		h.options.List.Wheel(lines)
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
