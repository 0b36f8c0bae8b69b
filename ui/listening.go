package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// listening takes what comes in by itself: what the sources say, sentences, and changed
// configurations.
type listening struct {
	screen *room.Screen
	// busy reports whether something is open or under way that another configuration
	// would change: who is notified, what is sent, what a key means.
	busy func() bool
	// joining reports whether something that a source said is being joined: what is new
	// in it is found by the configuration in use.
	joining func() bool

	snapshots, notices, configurations reply.Loader
	stop                               context.CancelFunc
	// offered is the configuration that waits to be used.
	offered *Configuration
}

// toSources begins to take what the sources say. What is still on its way from other
// sources is not taken any more.
func (l *listening) toSources(from <-chan sources.Snapshot, take func([]sources.Snapshot)) tea.Cmd {
	if from == nil {
		return nil
	}
	if l.stop != nil {
		l.stop()
	}
	ctx, stop := context.WithCancel(l.screen.Context)
	l.stop = stop
	next := func() ([]sources.Snapshot, bool) { return sources.NextSnapshots(ctx, from) }
	return reply.Listen(&l.snapshots, next, reply.Nothing(take))
}

// toNotices begins to take other sentences to show.
func (l *listening) toNotices(from <-chan string) tea.Cmd {
	if from == nil {
		return nil
	}
	return reply.Listen(&l.notices, reply.Until(l.screen.Context, from), reply.Nothing(func(sentence string) {
		l.screen.Say(room.Caution, wording.Sentence(sentence))
	}))
}

// toConfigurations begins to take configurations.
func (l *listening) toConfigurations(from <-chan Configuration) tea.Cmd {
	if from == nil {
		return nil
	}
	return reply.Listen(&l.configurations, reply.Until(l.screen.Context, from), reply.Nothing(l.offer))
}

// offer takes a configuration to use, or what is to be said of one.
func (l *listening) offer(c Configuration) {
	if c.Refused != "" {
		l.screen.Say(room.Caution, wording.Sentence(c.Refused)+".")
		return
	}
	l.offered = nil
	if c.AsItWas {
		l.screen.Say(room.OK, "The configuration can be read again, and is as it was.")
	}
	if c.Take == nil {
		return
	}
	l.offered = &c
	if l.busy() {
		l.screen.Say(room.Info, "The configuration was changed. It is used as soon as this is closed and nothing is being sent.")
	}
}

// due takes the configuration that waits, once it may be used; nil: none.
func (l *listening) due() *Configuration {
	c := l.offered
	if c == nil || l.busy() || l.joining() {
		return nil
	}
	l.offered = nil
	return c
}
