// Package away collects what changes in the list while nobody looks at it.
package away

import (
	"slices"
	"strconv"
	"time"

	"firstline/internal/triage/changes"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// After is how long after the last key nobody is taken to look.
const After = time.Minute

// Longest is how old the last list of an earlier terminal may be for a comparison
// with it: after that, hardly any row is the same.
const Longest = 24 * time.Hour

// Away is what changed since the responder last pressed a key, until it is dismissed.
type Away struct {
	*room.Screen
	// rejoin asks for a join, which compares with Base.
	rejoin func()
	// latest is the list of the last join, seen the one at the last key, at pressed.
	latest, seen *changes.List
	pressed      time.Time
	// base is the list that is compared with; nil: there is nothing to say. The
	// responder was away from its time until another; zero: still is.
	base        *changes.List
	from, until time.Time
	changes     []changes.Change
	// earlier are those from what was seen last until the sources, or the rules that
	// join them, were changed.
	earlier []changes.Change
	// came are the groups that came since; gone is how many of them left again.
	came  map[string]bool
	gone  int
	marks map[string]string
}

// New makes an Away for a responder who is there now.
func New(s *room.Screen, rejoin func()) *Away {
	return &Away{Screen: s, rejoin: rejoin, pressed: s.TimeNow()}
}

// Pressed is when the responder was last there.
func (a *Away) Pressed() time.Time { return a.pressed }

// There reports whether the responder pressed a key, or turned to the terminal, within
// the last minute.
func (a *Away) There() bool { return a.TimeNow().Sub(a.pressed) < After }

// Mark is the sign of a row by the id of its group: "+" for a new one, "~" for one
// that changed, empty for others.
func (a *Away) Mark(id string) string { return a.marks[id] }

// Base is what the next join is compared with; nil: with nothing.
func (a *Away) Base() *changes.List {
	if a.base != nil && a.until.IsZero() {
		return a.base
	}
	return nil
}

// Seen is the list that the responder saw last; nil: none.
func (a *Away) Seen() *changes.List {
	if base := a.Base(); base != nil {
		return base
	}
	return a.seen
}

// Begin goes on with the first list of other sources, or by other rules, in the place of
// the one before. since is what changed until then from the one that was seen.
func (a *Away) Begin(l *changes.List, since []changes.Change) {
	defer a.say()
	for id := range a.came {
		if a.latest.Has(id) && !l.Has(id) { // its row went with its source
			delete(a.came, id)
		}
	}
	shown := func(list []changes.Change) []changes.Change {
		return slices.DeleteFunc(slices.Clone(list), func(c changes.Change) bool { return c.Listed() && !l.Has(c.ID) })
	}
	away := a.Base() != nil
	if a.base != nil && !away { // what is shown was from the list that was seen before
		a.earlier = a.changes
	}
	a.earlier = append(shown(a.earlier), since...)
	a.latest, a.seen = l, l
	if a.base != nil {
		a.base = l
	}
	if away {
		a.set(nil)
	} else {
		a.mark(shown(a.changes))
	}
}

// Tick begins to collect once no key was pressed for a while.
func (a *Away) Tick() {
	defer a.say()
	if a.Base() != nil || a.seen == nil || a.Now.Sub(a.pressed) < After {
		return
	}
	if a.base == nil {
		a.base, a.from, a.came = a.seen, a.pressed, map[string]bool{}
	}
	a.until = time.Time{}
	if len(a.earlier) > 0 {
		a.set(nil)
	}
	if a.latest != a.base {
		a.rejoin()
	}
}

// Take takes the list of a join, what is new in it, and how it differs from base.
func (a *Away) Take(l *changes.List, news []changes.Change, base *changes.List, since []changes.Change) {
	defer a.say()
	a.latest = l
	if a.seen == nil {
		a.seen = l
	}
	a.note(news)
	if base == nil || base != a.Base() {
		return
	}
	for _, c := range news {
		if c.Kind == changes.New || c.Kind == changes.Opened {
			a.came[c.ID] = true
		}
	}
	a.gone = 0
	for id := range a.came {
		if !l.Has(id) && !base.Has(id) {
			a.gone++
		}
	}
	a.set(since)
}

// TakeEarlier takes what changed since the last list of an earlier terminal. The
// responder is back: this one was just begun.
func (a *Away) TakeEarlier(base *changes.List, since []changes.Change) {
	defer a.say()
	a.note(since)
	if a.base != nil || len(since) == 0 {
		return
	}
	a.base, a.from, a.until, a.came = base, base.At, a.TimeNow(), map[string]bool{}
	a.set(since)
}

// note puts changes into the history of messages.
func (a *Away) note(list []changes.Change) {
	for _, s := range changes.Sentences(list) {
		a.Messages.Note(room.Info, s.Text, s.At)
	}
}

// set takes what changed since base.
func (a *Away) set(list []changes.Change) {
	type said struct {
		id   string
		kind changes.Kind
	}
	again := make(map[said]bool, len(list))
	for _, c := range list {
		again[said{c.ID, c.Kind}] = true
	}
	a.mark(append(slices.DeleteFunc(slices.Clone(a.earlier), func(c changes.Change) bool { return again[said{c.ID, c.Kind}] }), list...))
}

// mark shows changes, and marks their rows.
func (a *Away) mark(list []changes.Change) {
	a.changes, a.marks = list, map[string]string{}
	for _, c := range list {
		switch {
		case !c.Listed():
		case c.Kind == changes.New:
			a.marks[c.ID] = "+"
		case a.marks[c.ID] == "":
			a.marks[c.ID] = "~"
		}
	}
}

// Present notes that the responder looks: a key was pressed, or the terminal got
// the focus.
func (a *Away) Present() {
	defer a.say()
	a.pressed, a.seen = a.TimeNow(), a.latest
	if a.base == nil {
		a.earlier = nil
	}
	if a.Base() == nil {
		return
	}
	a.until = a.pressed
	if line := a.line(); line != "" {
		a.Messages.Note(room.Info, line, a.pressed)
	} else {
		a.Dismiss()
	}
}

// Dismiss takes line and marks off, and reports whether there were any.
func (a *Away) Dismiss() bool {
	was := a.line() != ""
	defer a.say()
	a.base, a.changes, a.earlier, a.came, a.gone, a.marks = nil, nil, nil, nil, 0, nil
	return was
}

// say puts the line where it is shown.
func (a *Away) say() { a.Messages.Default = a.line() }

// line says how long the responder was away and what changed; empty when nothing
// did.
func (a *Away) line() string {
	if a.base == nil {
		return ""
	}
	text := changes.Summary(a.changes)
	if a.gone > 0 {
		if text != "" {
			text += ", "
		}
		text += strconv.Itoa(a.gone) + " came and ended"
	}
	if text == "" {
		return ""
	}
	until := a.until
	if until.IsZero() {
		until = a.Now
	}
	return "away " + draw.Age(until.Sub(a.from)) + ": " + text + " (" + a.Keys.KeyOf(keymap.Leave, keymap.InNormal) + " dismisses)"
}
