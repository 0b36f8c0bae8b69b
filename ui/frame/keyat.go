package frame

import (
	"strings"

	"firstline/ui/keymap"
	"firstline/ui/room"
)

// KeyAt is the entry whose key and text are at a column of the line of keys, as Keys
// draws it.
func KeyAt(s *room.Screen, mode keymap.Mode, lead string, column int) (keymap.Entry, bool) {
	spans := hints(s, mode, lead, false)
	from := 0
	for i, span := range spans {
		width := s.WidthOf(span.Text)
		if i > 0 && column >= from && column < from+width {
			key, text := span, ""
			switch {
			case strings.HasPrefix(span.Text, " ") && strings.TrimSpace(span.Text) != "":
				key, text = spans[i-1], span.Text
			case i+1 < len(spans):
				text = spans[i+1].Text
			}
			return entryOf(s, mode, key.Text, strings.TrimSpace(text), lead)
		}
		from += width
	}
	return keymap.Entry{}, false
}

// entryOf is the entry that the line of keys shows by a key and a text.
func entryOf(s *room.Screen, mode keymap.Mode, key, text, lead string) (keymap.Entry, bool) {
	for _, e := range s.Keys {
		shown := reminds(s.Keys, e, mode, lead) || e.Mode == mode || e.Command == keymap.ShowHelp
		if !shown || e.Binding.Help().Key != key || len(e.Binding.Keys()) == 0 || text == "" {
			continue
		}
		for _, brief := range []bool{false, true} {
			if pieces := hint(e, brief); len(pieces) > 1 && strings.TrimSpace(pieces[1].Text) == text {
				return e, true
			}
		}
	}
	return keymap.Entry{}, false
}
