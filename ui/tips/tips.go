// Package tips says the first things to know about the screen, until each was used.
package tips

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Options are what the tips are made of.
type Options struct {
	// Show: there are tips.
	Show bool
	// Used are the names of commands that were used before. Store stores them. It is
	// called off the loop; nil: they are not stored.
	Used  []string
	Store func(used []string)
}

// all are the commands that somebody new has to know, and what they do.
var all = []struct {
	command keymap.Command
	does    string
}{
	{keymap.OpenPane, "reads the runbook"},
	{keymap.ShowHelp, "shows all keys"},
	{keymap.OpenCommands, "finds a command"},
}

// mostPressed is after how many commands somebody is not new any more.
const mostPressed = 100

// Tips are in the line of messages while there is no message.
type Tips struct {
	*room.Screen
	options Options
	// free reports whether these keys act now.
	free    func() bool
	used    []string
	pressed int
	changed bool
	storing reply.Loader
}

// New shows the tips where free reports that their keys act.
func New(s *room.Screen, o Options, free func() bool) *Tips {
	t := &Tips{Screen: s, options: o, free: free, used: slices.Clone(o.Used)}
	s.Messages.Tip = t.line
	return t
}

// line are the tips that are left; empty without one.
func (t *Tips) line() string {
	if !t.options.Show || !t.free() {
		return ""
	}
	var left []string
	for _, one := range all {
		if !slices.Contains(t.used, one.command.Name()) {
			left = append(left, t.Keys.Does(keymap.InNormal, one.command, one.does))
		}
	}
	if text := draw.Join(" · ", left...); text != "" {
		return "New here? " + text
	}
	return ""
}

// Note takes a command that was used.
func (t *Tips) Note(c keymap.Command) {
	if !t.options.Show {
		return
	}
	t.pressed++
	for _, one := range all {
		if name := one.command.Name(); (one.command == c || t.pressed >= mostPressed) && !slices.Contains(t.used, name) {
			t.used, t.changed = append(t.used, name), true
		}
	}
}

// Follow stores what was used.
func (t *Tips) Follow() tea.Cmd {
	if !t.changed || t.options.Store == nil || t.storing.Busy() {
		return nil
	}
	t.changed = false
	store, used := t.options.Store, slices.Clone(t.used)
	return reply.Start(&t.storing, func() struct{} {
		store(used)
		return struct{}{}
	}, reply.Nothing(func(struct{}) {}))
}
