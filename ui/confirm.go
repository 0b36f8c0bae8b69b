package ui

import (
	"cmp"
	"time"

	tea "charm.land/bubbletea/v2"
)

// A key confirms only what a person could have read. The rules stand here for
// the whole screen: a key of a burst confirms nothing, nor does one that was
// read before its question stood on the screen for a while. Where a part of the
// question was never on the screen, such as who is notified, the key shows that
// instead.

// confirming are the commands by which something is sent, run, written or
// thrown away.
var confirming = map[place]map[command]bool{
	inDialog:    {confirm: true, acknowledge: true},
	inRun:       {confirm: true, interactive: true},
	inShift:     {makeAnew: true},
	inShiftName: {confirm: true},
	inNormal:    {openBrowser: true},
	inCommands:  {confirm: true},
	inChoice:    {confirm: true},
}

// leastLook is how long a question must have stood before it can be confirmed:
// nobody presses a key sooner because of what they read.
const leastLook = 150 * time.Millisecond

// typing is how the keys come.
type typing struct {
	// last is when something was typed last, known to this screen or not.
	last time.Time
	// at is when the key was read that is handled now; hasty: it came in a
	// burst.
	at    time.Time
	hasty bool
	// run is how many keys of a burst came so far.
	run int
	// refused says why the last key did not confirm; empty: it was no such key.
	// It is shown until the next key that is in no burst.
	refused string
}

// leastPoured is how many keys of a burst nobody types: two may come at once under
// quick hands.
const leastPoured = 4

// note takes the time of something typed.
func (t *typing) note(read readMsg) {
	t.hasty = read.followed || !t.last.IsZero() && read.at.Sub(t.last) < burst
	t.at, t.last = read.at, read.at
	t.run++
	if !t.hasty {
		t.refused, t.run = "", 0
	}
}

// takeTyped routes something typed, with the time of its reading.
func (m *Model) takeTyped(read readMsg) tea.Cmd {
	m.typing.note(read)
	switch msg := read.msg.(type) {
	case tea.KeyPressMsg:
		m.pressed = m.clockNow()
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg)
	}
	return nil
}

// mayConfirm reports whether a key may do what it asks for. Where it may not,
// the screen says so.
func (m *Model) mayConfirm(msg tea.KeyPressMsg, at place, c command) bool {
	if !m.confirms(at, c) {
		return true
	}
	if !m.typing.hasty && m.readOn() {
		return false
	}
	if !m.typing.hasty && !m.typing.at.Before(m.readableFrom()) {
		return true
	}
	name := msg.String()
	if c == confirm {
		name = "enter"
	}
	m.typing.refused = "that came too fast to be read: press " + cmp.Or(name, "it") + " again"
	return false
}

// confirms reports whether a command sends, runs, writes or throws away here
// and now.
func (m *Model) confirms(at place, c command) bool {
	switch {
	case c == quit:
		return m.leaving && m.sendingNow()
	case at == inDialog && c == confirm:
		return m.dialog.field == sendField
	}
	return confirming[at][c]
}

// look notes what of a question is on the screen.
func (m *Model) look() {
	switch {
	case m.layout.short != "":
	case m.mode == inAction:
		m.dialog.look()
	case m.mode == inRunner:
		m.runner.look()
	}
}

// readOn shows more of what must be seen before it may be confirmed; false: all
// was seen.
func (m *Model) readOn() bool {
	switch m.mode {
	case inAction:
		return m.dialog.readOn()
	case inRunner:
		return m.runner.readOn()
	}
	return false
}

// readableFrom is from when on the question on the screen may be confirmed.
func (m *Model) readableFrom() time.Time {
	switch m.mode {
	case inAction:
		return m.dialog.readableFrom()
	case inRunner:
		return m.runner.Since.Add(leastLook)
	}
	return time.Time{}
}

// mayBegin reports whether a key confirms something somewhere, so that it must
// be known whether a burst follows it.
func (s *shared) mayBegin(msg tea.KeyPressMsg) bool {
	if _, takes := numberOf(msg); takes {
		return true
	}
	for at, commands := range confirming {
		if c, _ := s.keys.commandFor(msg, at); commands[c] {
			return true
		}
	}
	return false
}
