package room

import (
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
	"firstline/ui/draw"
)

// Level is how much a message matters.
type Level int

// The levels, from an answer to a key to what went wrong.
const (
	Info Level = iota
	OK
	Caution
	Failure
)

// Mark is the sign before a message. It says the same as the colour.
func (l Level) Mark() (string, draw.Role) {
	switch l {
	case OK:
		return "✓", draw.Good
	case Caution:
		return "!", draw.Warning
	case Failure:
		return "✗", draw.Critical
	}
	return "·", draw.Dim
}

// lifetime is how long a message stays in the status line.
func (l Level) lifetime() time.Duration {
	switch l {
	case OK:
		return 8 * time.Second
	case Caution:
		return 15 * time.Second
	case Failure:
		return 30 * time.Second
	}
	return 5 * time.Second
}

// Message is one line for the responder.
type Message struct {
	Level Level
	Text  string
	At    time.Time
	// Tail is the end of the text. A narrow line always shows its beginning, and cuts
	// what comes before it. It may be empty.
	Tail string
}

// mostMessages is how many messages the history holds.
const mostMessages = 200

// Messages is the line of messages and their history.
type Messages struct {
	History []Message
	// shown: the last message of the history is in the line.
	shown bool
	// offer is what can be done about the last message, as it is at a time; nil
	// where nothing can. The message stays until the time until.
	offer func(now time.Time) string
	until time.Time
	// Default is a sentence that the line shows while it has no message. Tip returns what
	// it shows without that one either, empty for nothing; it may be nil.
	Default string
	Tip     func() string
}

// Add puts a message into the line and the history. The text may come from
// outside; tail is its end that a narrow line always shows.
func (s *Messages) Add(l Level, text, tail string, at time.Time) {
	text, tail = clean.Line(text), clean.Line(tail)
	if text == "" {
		return
	}
	s.put(len(s.History), Message{Level: l, Text: draw.Join(" ", text, tail), At: at, Tail: tail})
	s.shown, s.offer, s.until = true, nil, time.Time{}
}

// Note puts a message into the history only, in the order of time. The text may
// come from outside.
func (s *Messages) Note(l Level, text string, at time.Time) {
	if text = clean.Line(text); text == "" {
		return
	}
	end := len(s.History)
	if s.shown {
		end-- // the last one stays the last: it is in the line
	}
	i := end
	for i > 0 && s.History[i-1].At.After(at) {
		i--
	}
	s.put(i, Message{Level: l, Text: text, At: at})
}

func (s *Messages) put(at int, m Message) {
	s.History = slices.Insert(s.History, at, m)
	if len(s.History) > mostMessages {
		s.History = s.History[len(s.History)-mostMessages:]
	}
}

// Offer puts beside the last message what can be done about it until a time. offer
// says how it is at a time; it may be empty.
func (s *Messages) Offer(until time.Time, offer func(now time.Time) string) {
	if s.shown {
		s.offer, s.until = offer, until
	}
}

// Hush takes an answer to a key off the line once another key is pressed;
// what matters more stays its time.
func (s *Messages) Hush() {
	if s.shown && s.History[len(s.History)-1].Level == Info {
		s.shown = false
	}
}

// Expire takes a message off whose time is over.
func (s *Messages) Expire(now time.Time) {
	if !s.shown {
		return
	}
	last := s.History[len(s.History)-1]
	if now.Sub(last.At) >= last.Level.lifetime() && !now.Before(s.until) {
		s.shown = false
	}
}

// tip is what somebody new has to know now; empty: nothing.
func (s *Messages) tip() string {
	if s.Tip == nil {
		return ""
	}
	return s.Tip()
}

// Shown is the message in the line as a whole; empty: it has none.
func (s *Messages) Shown() string {
	switch {
	case s.shown:
		last := s.History[len(s.History)-1]
		mark, _ := last.Level.Mark()
		return mark + " " + last.Text
	case s.Default != "":
		return s.Default
	}
	return ""
}

// StatusText is the last message, as long as it is shown, with what can be done
// about it.
func (s *Screen) StatusText(width int) string {
	if !s.Messages.shown && s.Messages.Default != "" {
		return s.MessageLine(Message{Level: Info, Text: s.Messages.Default}, width)
	}
	if !s.Messages.shown {
		if tip := s.Messages.tip(); tip != "" {
			for s.WidthOf(tip) > width-2 && strings.Contains(tip, hintGap) {
				tip = tip[:strings.LastIndex(tip, hintGap)] // no hint is cut
			}
			return s.Fit(" "+s.Theme.Of(draw.Dim).On(tip), width)
		}
		return draw.Blanks(width)
	}
	last := s.Messages.History[len(s.Messages.History)-1]
	offer := ""
	if s.Messages.offer != nil {
		offer = s.Messages.offer(s.Now)
	}
	if offer == "" {
		return s.MessageLine(last, width)
	}
	text := min(s.WidthOf(last.Text), width-s.WidthOf(offer)-6)
	return s.Fit(s.MessageLine(last, text+3)+s.Theme.Of(draw.Accent).On("  "+offer), width)
}

// hintGap is between two hints.
const hintGap = " · "

// leastTail is how much of a message's tail a narrow line shows at least.
const leastTail = 20

// MessageLine is one message on a line.
func (s *Screen) MessageLine(m Message, width int) string {
	mark, role := m.Level.Mark()
	text := draw.Plain
	if m.Level != Info {
		text = role
	}
	line := m.Text
	if head, has := strings.CutSuffix(line, " "+m.Tail); has && m.Tail != "" && s.WidthOf(line) > width-3 {
		tail := s.Cut(m.Tail, max(width-3-s.WidthOf(head)-1, leastTail))
		line = s.Cut(head, width-3-s.WidthOf(tail)-1) + " " + tail
	}
	return s.Spans(draw.Span{Text: " " + mark + " ", Role: role}, draw.Span{Text: s.Fit(line, width-3), Role: text})
}

// Sentence wraps the plain sentence of an error.
func (s *Screen) Sentence(err error, width int) []string {
	return s.Paragraph(clean.Line(sources.Sentence(err)), width, draw.Plain)
}
