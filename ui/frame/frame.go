package frame

import (
	"slices"
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
// help itself always does. lead is what they are about, such as what is selected;
// it may be empty. offers returns completions that come before them in some width;
// it may be nil.
func Keys(s *room.Screen, mode keymap.Mode, lead string, offers func(width int) []draw.Span) string {
	if offers != nil {
		if spans := offers(s.Width); spans != nil {
			hints := hints(s, mode, "", true)
			if left := s.Width - s.WidthOfSpans(hints) - 2; left > leastOffers {
				spans = append(offers(left), draw.Span{Text: "  ", Role: draw.Plain})
				spans = append(spans, hints...)
			}
			return s.Fit(s.Spans(spans...), s.Width)
		}
	}
	return s.Fit(s.Spans(hints(s, mode, lead, false)...), s.Width)
}

// hint is an entry in the line of keys; nil where it has no text there. What
// nothing would come of is dim.
func hint(e keymap.Entry, brief bool) []draw.Span {
	text, short, found := strings.Cut(e.HintText(), "|")
	if text == "*" {
		text = e.Text()
	}
	if brief && found {
		text = short
	}
	if text == "" || len(e.Binding.Keys()) == 0 {
		return nil
	}
	key, role := draw.Accent, draw.Plain
	if e.Idle() != "" {
		key, role = draw.Dim, draw.Dim
	}
	return []draw.Span{{Text: e.Binding.Help().Key, Role: key}, {Text: " " + text, Role: role}, {Text: "  ", Role: draw.Plain}}
}

// reminds reports whether a mode's line of keys has an entry: one of the mode's
// own, or one of the list that acts while the pane is read. In the runbook and the graph those are
// only the actions, once they are about something else than what is read.
func reminds(keys keymap.Table, e keymap.Entry, at keymap.Mode, lead string) bool {
	switch {
	case e.Mode == at:
		return true
	case e.Mode != keymap.InNormal:
		return false
	case at == keymap.InReading:
		return !keys.Shadowed(e, at)
	case (at == keymap.InRunbook || at == keymap.InGraph) && lead != "":
		return e.Group == keymap.GroupAct && !keys.Shadowed(e, at, keymap.InReading)
	}
	return false
}

// hints are the keys worth a reminder. Where they do not fit, the last of them
// become shorter first, and then are left out; the help always fits, and outside
// these two the key that leaves, or clears a selection or a filter. brief takes all shorter texts.
func hints(s *room.Screen, at keymap.Mode, lead string, brief bool) []draw.Span {
	var last []draw.Span
	ends := at == keymap.InNormal || at == keymap.InReading || at == keymap.InBeginning || lead != ""
	if ends {
		last = hint(s.Keys.Of(keymap.Leave, at), brief)
	}
	if ends || at == keymap.InRunbook || at == keymap.InGraph {
		last = append(last, hint(s.Keys.Of(keymap.ShowHelp, keymap.InNormal), brief)...)
		last = last[:len(last)-1] // nothing follows it
	}
	out := []draw.Span{{Text: " ", Role: draw.Plain}}
	if lead != "" {
		out = append(out, draw.Span{Text: lead + " ", Role: draw.Strong})
	}
	var shown, short [][]draw.Span
	width := s.WidthOfSpans(out) + s.WidthOfSpans(last)
	for _, e := range s.Keys {
		if !reminds(s.Keys, e, at, lead) || ends && (e.Command == keymap.ShowHelp || e.Command == keymap.Leave) {
			continue
		}
		if pieces := hint(e, brief); len(pieces) > 0 {
			shown, short = append(shown, pieces), append(short, hint(e, true))
			width += s.WidthOfSpans(pieces)
		}
	}
	replace := func(i int, by []draw.Span) {
		width += s.WidthOfSpans(by) - s.WidthOfSpans(shown[i])
		shown[i] = by
	}
	for i := len(shown) - 1; i >= 0 && width > s.Width; i-- {
		replace(i, short[i])
	}
	for i := len(shown) - 1; i >= 0 && width > s.Width; i-- {
		replace(i, nil)
	}
	return slices.Concat(out, slices.Concat(shown...), last)
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
