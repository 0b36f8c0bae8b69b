package attention

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/triage"
	"firstline/internal/triage/changes"
	"firstline/internal/weekhours"
	"firstline/internal/wording"
)

const (
	// Pause is the least time between two messages: a burst is one.
	Pause = 20 * time.Second
	// Again is for how long the same is not said twice of a group, such as one whose
	// alerts come and go.
	Again = 15 * time.Minute
	// mostNamed is how many groups a message names.
	mostNamed = 3
	// longestTitle and longestBody bound a message, in bytes: a terminal cuts longer
	// ones, or drops them.
	longestTitle, longestBody = 120, 240
)

// Message is what a responder is to hear.
type Message struct {
	Title, Body string
	// Events is how many it is about, and Keys names them.
	Events int
	Keys   []string
}

// Line is the message in one line.
func (m Message) Line() string {
	if m.Body == "" {
		return m.Title
	}
	return m.Title + " (" + m.Body + ")"
}

// Queue holds events until a message is due. The zero Queue has no quiet hours.
type Queue struct {
	// Quiet are the hours in which nothing is said to who is not there. What still
	// waits when they end is said then.
	Quiet weekhours.Hours

	pending []Event
	// shown are what was only shown on the screen, at a time, until a later key
	// proves that somebody was there.
	shown   []Event
	shownAt time.Time
	// last is when the last message was.
	last time.Time
	// said is when a change of a group was last taken.
	said map[said]time.Time
}

// said is a kind of change of a group.
type said struct {
	id   string
	kind changes.Kind
}

// Add takes events that were found in a later list of groups, and drops those whose
// group no longer waits.
func (q *Queue) Add(events []Event, groups []triage.Group, now time.Time) {
	for at, when := range q.said {
		if now.Sub(when).Abs() >= Again {
			delete(q.said, at)
		}
	}
	if q.said == nil {
		q.said = map[said]time.Time{}
	}
	over := func(e Event) bool {
		g := find(groups, e.ID)
		return !e.Reading && (g == nil || !Waits(g))
	}
	q.pending, q.shown = slices.DeleteFunc(q.pending, over), slices.DeleteFunc(q.shown, over)
	for _, e := range events {
		at := said{e.ID, e.Kind}
		if _, twice := q.said[at]; twice && !e.Reading {
			continue
		}
		q.said[at] = now
		q.pending = append(q.pending, e)
	}
}

// Next returns the message that is due, and forgets what it says. Who is there has it
// on the screen at once, without what changed on the group before their eyes. pressed
// is when they last pressed a key: who was not there after all hears of it later.
func (q *Queue) Next(now time.Time, there bool, pressed time.Time) (Message, bool) {
	if pressed.After(q.shownAt) {
		q.shown = nil
	}
	if !there && len(q.shown) > 0 {
		q.pending, q.shown = append(q.shown, q.pending...), nil
	}
	if len(q.pending) == 0 {
		return Message{}, false
	}
	quiet := q.Quiet.Covers(now)
	if there || quiet {
		q.pending = slices.DeleteFunc(q.pending, func(e Event) bool { return e.Reading })
	}
	wait := !there && (quiet || now.Sub(q.last).Abs() < Pause)
	if len(q.pending) == 0 || wait {
		return Message{}, false
	}
	m := messageOf(q.pending)
	if there {
		q.shown, q.shownAt = append(q.shown, q.pending...), now
	} else {
		q.last = now
	}
	q.pending = nil
	return m, true
}

// messageOf says events in one message.
func messageOf(events []Event) Message {
	m := Message{Events: len(events)}
	for _, e := range events {
		m.Keys = append(m.Keys, e.ID+" "+e.Kind.String())
	}
	if len(events) == 1 {
		m.Title, m.Body = events[0].Sentence(), events[0].Detail
	} else {
		var list []changes.Change
		var names []string
		for _, e := range events {
			list = append(list, e.Change)
			if !slices.Contains(names, e.Name) {
				names = append(names, e.Name)
			}
		}
		m.Title = changes.Summary(list)
		more := ""
		if n := len(names) - mostNamed; n > 0 {
			names, more = names[:mostNamed], fmt.Sprintf(" and %d more", n)
		}
		for i := range names {
			names[i] = wording.Shorten(names[i], (longestBody-len(more))/len(names)-len("; "))
		}
		m.Body = strings.Join(names, "; ") + more
	}
	m.Title, m.Body = wording.Shorten(m.Title, longestTitle), wording.Shorten(m.Body, longestBody)
	return m
}
