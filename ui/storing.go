package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/list"
	"firstline/ui/reply"
)

// storing stores now and then what a later screen can begin with.
type storing struct {
	// store is called off the loop; nil: nothing is stored.
	store   func(list.First)
	storing reply.Loader
	// at is when something was last stored.
	at time.Time
}

// storeEvery is how often it is stored, as often as the sources' answers.
const storeEvery = 30 * time.Second

// follow stores when it is due.
func (s *storing) follow(l *list.List, now time.Time) tea.Cmd {
	if s.store == nil || now.Sub(s.at) < storeEvery {
		return nil
	}
	first, ok := l.First()
	if !ok {
		return nil
	}
	s.at = now
	store := s.store
	return reply.Start(&s.storing, func() struct{} {
		store(first())
		return struct{}{}
	}, reply.Nothing(func(struct{}) {}))
}
