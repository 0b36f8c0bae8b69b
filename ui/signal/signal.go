// Package signal reaches a responder who does not look at the screen: by the title of
// the terminal, its bell, and messages of the terminal or the desktop. What is said and
// when is decided in internal/attention.
package signal

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/attention"
	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/triage/changes"
	"firstline/internal/weekhours"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Options are what reaches a responder. The zero value is nothing.
type Options struct {
	// Matches reports whether a group is one whose news the responder wants; nil:
	// nothing is said.
	Matches func(g triage.Group, now time.Time) bool
	// Reading: also what changes on the group that is being read.
	Reading bool
	// Quiet are the hours without messages.
	Quiet weekhours.Hours
	// Title: the terminal's title has counts. Bell: a message rings.
	Title, Bell bool
	// Terminal is how the terminal is asked to show a message.
	Terminal attention.Terminal
	// Desktop shows a message on the desktop, off the loop; nil: nothing does.
	Desktop func(ctx context.Context, m attention.Message) error
}

// Signals are what reaches the responder of a screen.
type Signals struct {
	*room.Screen
	options Options
	queue   attention.Queue
	// there reports whether the responder was there a moment ago, pressed when they
	// last were.
	there   func() bool
	pressed func() time.Time
	// blurred: the terminal has said that it has not the focus.
	blurred bool
	// left is when it said so: somebody was there then.
	left    time.Time
	showing reply.Loader
	// failed: a message of the desktop could not be shown, which was said.
	failed bool
}

// New makes the signals of a screen.
func New(s *room.Screen, o Options, there func() bool, pressed func() time.Time) *Signals {
	return &Signals{Screen: s, options: o, there: there, pressed: pressed, queue: attention.Queue{Quiet: o.Quiet}}
}

// Configure has other options used.
func (s *Signals) Configure(o Options) { s.options, s.queue.Quiet = o, o.Quiet }

// Focus takes that the terminal got or lost the focus. Some never say so.
func (s *Signals) Focus(has bool) {
	if s.blurred = !has; s.blurred {
		s.left = s.TimeNow()
	}
}

// Take takes what changed from the groups of one time to those of a later one. reading
// is the id of the group that is being read; empty: none is.
func (s *Signals) Take(news []changes.Change, before, after []triage.Group, reading string) {
	if s.options.Matches == nil {
		return
	}
	if !s.options.Reading {
		reading = ""
	}
	now := s.TimeNow()
	f := attention.Finder{Reading: reading, Matches: func(g *triage.Group) bool { return s.options.Matches(*g, now) }}
	s.queue.Add(f.Find(news, before, after), after, now)
}

// Follow says what is due. Who looks at the screen has it in a line there, and hears
// nothing, if a key is pressed within the next minute. Who has the screen read out
// always gets the line, and the bell with it: nobody sees that a line was added.
func (s *Signals) Follow() tea.Cmd {
	reads := s.there() && !s.blurred
	present := s.pressed()
	if s.left.After(present) {
		present = s.left
	}
	m, due := s.queue.Next(s.TimeNow(), reads, present)
	switch {
	case !due:
		return nil
	case reads || s.Plain:
		s.Say(room.Caution, m.Line())
	}
	sequence, show := s.options.Terminal.Sequence(m), s.options.Desktop
	if reads {
		sequence, show = "", nil
	}
	if s.options.Bell && (!reads || s.Plain) {
		sequence += s.options.Terminal.Bell()
	}
	var cmds []tea.Cmd
	if sequence != "" {
		cmds = append(cmds, tea.Raw(sequence))
	}
	if ctx := s.Context; show != nil {
		cmds = append(cmds, reply.Start(&s.showing, func() error { return show(ctx, m) }, reply.Nothing(s.shown)))
	}
	return tea.Batch(cmds...)
}

// shown takes how showing a message on the desktop ended. A failure is said once: it
// will be the same with the next one.
func (s *Signals) shown(err error) {
	if err == nil || s.failed || s.Context.Err() != nil {
		return
	}
	s.failed = true
	s.Say(room.Caution, wording.Sentence(err.Error())+`. Set desktop = "off" in [attention] if there is no desktop here.`)
}

// Title is the title of the terminal, and never text from outside but the names of
// sources. What is not read is not counted, which it says.
func (s *Signals) Title(yours int, counts triage.Counts, snapshots []sources.Snapshot) string {
	if !s.options.Title {
		return ""
	}
	var parts []string
	if yours > 0 {
		parts = append(parts, strconv.Itoa(yours)+" yours")
	}
	if n := counts.Of(triage.CountedTriggered); n > 0 {
		parts = append(parts, strconv.Itoa(n)+" triggered")
	}
	for _, snap := range snapshots {
		if snap.Err != nil {
			parts = append(parts, clean.Line(snap.Source.Name)+" not read")
		}
	}
	if len(parts) == 0 {
		return "firstline"
	}
	return "firstline: " + strings.Join(parts, ", ")
}
