package ui

import (
	"time"

	"firstline/internal/clean"
	"firstline/ui/draw"
)

// level is how much a message matters.
type level int

const (
	info level = iota
	ok
	caution
	failure
)

// mark stands before a message, so that its colour is not all that tells.
func (l level) mark() (string, draw.Role) {
	switch l {
	case ok:
		return "✓", draw.Good
	case caution:
		return "!", draw.Warning
	case failure:
		return "✗", draw.Critical
	}
	return "·", draw.Dim
}

// lifetime is how long a message stays in the status line.
func (l level) lifetime() time.Duration {
	switch l {
	case ok:
		return 8 * time.Second
	case caution:
		return 15 * time.Second
	case failure:
		return 30 * time.Second
	}
	return 5 * time.Second
}

// message is one line for the responder.
type message struct {
	level level
	text  string
	at    time.Time
}

// keptMessages is how many messages the history holds.
const keptMessages = 200

// status is the line of messages and their history.
type status struct {
	*shared
	history []message
	// shown: the last message of the history is in the line.
	shown bool
}

// say puts a message into the line and the history. The text may come from
// outside.
func (s *status) say(l level, text string) {
	text = clean.Line(text)
	if text == "" {
		return
	}
	s.history = append(s.history, message{l, text, s.clockNow()})
	if len(s.history) > keptMessages {
		s.history = s.history[len(s.history)-keptMessages:]
	}
	s.shown = true
}

// hush takes an answer to a key off the line once another key is pressed;
// what matters more stays its time.
func (s *status) hush() {
	if s.shown && s.history[len(s.history)-1].level == info {
		s.shown = false
	}
}

// expire takes a message off whose time is over.
func (s *status) expire() {
	if !s.shown {
		return
	}
	last := s.history[len(s.history)-1]
	if s.now.Sub(last.at) >= last.level.lifetime() {
		s.shown = false
	}
}

// line is the status line, cut to the screen's width.
func (s *status) line(width int) string {
	if !s.shown {
		return draw.Blanks(width)
	}
	return s.messageLine(s.history[len(s.history)-1], width)
}

func (s *status) messageLine(m message, width int) string {
	mark, look := m.level.mark()
	text := draw.Plain
	if m.level != info {
		text = look
	}
	return s.Spans(draw.Span{Text: " " + mark + " ", Role: look}, draw.Span{Text: s.Fit(m.text, width-3), Role: text})
}
