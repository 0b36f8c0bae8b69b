package frame

import (
	"strings"

	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Status draws the status line: why a key did not confirm, the fault of what is
// being typed, or the last message.
func Status(s *room.Screen, refused, fault string) string {
	switch {
	case refused != "":
		return s.MessageLine(room.Message{Level: room.Caution, Text: wording.Sentence(refused) + "."}, s.Width)
	case fault != "":
		return s.MessageLine(room.Message{Level: room.Failure, Text: fault}, s.Width)
	}
	return s.StatusText(s.Width)
}

// leastOffers is the width from which on offers and keys share a line.
const leastOffers = 40

// Keys draws the keys of a mode that are worth a reminder, as many as fit; the
// help itself always does. offers returns completions that come before them in
// some width; it may be nil.
func Keys(s *room.Screen, mode keymap.Mode, offers func(width int) []draw.Span) string {
	if offers != nil {
		if spans := offers(s.Width); spans != nil {
			hints := hints(s, mode, true)
			if left := s.Width - s.WidthOfSpans(hints) - 2; left > leastOffers {
				spans = append(offers(left), draw.Span{Text: "  ", Role: draw.Plain})
				spans = append(spans, hints...)
			}
			return s.Fit(s.Spans(spans...), s.Width)
		}
	}
	spans := hints(s, mode, false)
	if s.WidthOfSpans(spans) > s.Width {
		spans = hints(s, mode, true)
	}
	return s.Fit(s.Spans(spans...), s.Width)
}

// hints are the keys worth a reminder. brief takes their shorter texts and
// leaves out what still does not fit; the help always does.
func hints(s *room.Screen, at keymap.Mode, brief bool) []draw.Span {
	hint := func(e keymap.Entry) []draw.Span {
		h := e.Binding.Help()
		text, short, found := strings.Cut(e.Hint, "|")
		if text == "*" {
			text = h.Desc
		}
		if brief && found {
			text = short
		}
		if text == "" {
			return nil
		}
		key, role := draw.Accent, draw.Plain
		if e.Refuses() != "" {
			key, role = draw.Dim, draw.Dim
		}
		return []draw.Span{{Text: h.Key, Role: key}, {Text: " " + text, Role: role}, {Text: "  ", Role: draw.Plain}}
	}
	left := s.Width
	var last []draw.Span
	if at == keymap.InNormal || at == keymap.InRunbook {
		last = hint(s.Keys.Of(keymap.ShowHelp, keymap.InNormal))
		last = last[:len(last)-1] // nothing follows it
		left -= s.WidthOfSpans(last)
	}
	out := []draw.Span{{Text: " ", Role: draw.Plain}}
	left--
	for _, e := range s.Keys {
		if e.Mode != at || e.Hint == "" || (at == keymap.InNormal && e.Command == keymap.ShowHelp) {
			continue
		}
		pieces := hint(e)
		if left -= s.WidthOfSpans(pieces); brief && left < 0 {
			break
		}
		out = append(out, pieces...)
	}
	return append(out, last...)
}

// Lay puts a room over the lines of the screen and dims what is behind it. A room
// that leaves the pane free leaves it as it is, to be read.
func Lay(s *room.Screen, lines, over []string, area draw.Rectangle) {
	role := s.Theme.Of(draw.Border)
	behind := s.Layout.Body
	end := s.Width
	if pane := s.Layout.Pane; s.Layout.Beside() && area.X+area.Width <= pane.X {
		end = pane.X
	}
	for y := behind.Y; y < behind.Y+behind.Height; y++ {
		bare, free := s.Bare(lines[y]), ""
		if end < s.Width {
			free = s.From(lines[y], end)
		}
		if y < area.Y || y >= area.Y+area.Height {
			lines[y] = role.On(s.Slice(bare, 0, end)) + free
			continue
		}
		left, right := s.Slice(bare, 0, area.X), s.Slice(bare, area.X+area.Width, end)
		lines[y] = role.On(left) + over[y-area.Y] + role.On(right) + free
	}
}
