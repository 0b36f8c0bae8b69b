package ui

import (
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/list"
	"firstline/ui/reply"
)

// storing stores now and then what a later screen can begin with.
type storing struct {
	// store is called off the loop, which may get another one; nil: nothing is stored.
	store   func(list.First)
	storing reply.Loader
	// at is when something was last stored.
	at time.Time
	// mu is held while something is stored. ended: nothing may be stored any more.
	mu    sync.Mutex
	ended bool
}

// storeEvery is how often it is stored.
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
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.ended {
			store(first())
		}
		return struct{}{}
	}, reply.Nothing(func(struct{}) {}))
}

// end waits for what is being stored, and lets nothing be stored any more.
func (s *storing) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}
