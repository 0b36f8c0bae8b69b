// Package help shows all keys, from the keymap, and what the filter knows.
package help

import (
	"strings"

	"firstline/internal/triage/filter"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Room is the full help.
type Room struct{ room.Reader }

// New opens the help.
func New(s *room.Screen) *Room {
	r := &Room{room.Reader{Screen: s, Title: "Keys"}}
	r.Resize()
	return r
}

// Resize writes the help for another size or theme.
func (r *Room) Resize() {
	r.Lines = nil
	width := r.Inside()
	for _, group := range []string{keymap.GroupAct, keymap.GroupMove, keymap.GroupRunbook, keymap.GroupFind, keymap.GroupRest} {
		if len(r.Lines) > 0 {
			r.Lines = append(r.Lines, "")
		}
		r.Lines = append(r.Lines, r.Theme.Of(draw.Accent).On(group))
		for _, e := range r.Keys {
			if e.Group == group {
				r.Lines = append(r.Lines, r.keyLine(e))
			}
		}
	}
	r.Lines = append(r.Lines, "", r.Theme.Of(draw.Accent).On("Filter"))
	text := "Words match any text. name=value, name!=value, name=~regexp and name!~regexp match fields and labels; " +
		"age>10m compares. All parts must hold."
	r.Lines = append(r.Lines, room.Indented(r.Wrap(text, width-2))...)
	if fields := filter.Fields(); len(fields) > 0 {
		r.Lines = append(r.Lines, room.Indented(r.Wrap("Fields and flags: "+strings.Join(fields, ", "), width-2))...)
	}
	r.Lines = append(r.Lines, "", r.Theme.Of(draw.Accent).On("Marks"))
	for _, mark := range [][2]string{
		{"▌", "the cursor"},
		{"●", "selected: an action is about all of these"},
		{"?", "a source of this row can't be read; the row may be out of date"},
		{"gone", "no longer reported; the row goes once the cursor leaves it"},
	} {
		r.Lines = append(r.Lines, "  "+r.Theme.Of(draw.Strong).On(r.Fit(mark[0], 8))+"  "+mark[1])
	}
	r.Clamp()
}

// keyLine is one key and what it does, or why it can't now.
func (r *Room) keyLine(e keymap.Entry) string {
	h := e.Binding.Help()
	if why := e.Refuses(); why != "" {
		return "  " + r.Theme.Of(draw.Dim).On(r.Fit(h.Key, 8)+"  "+h.Desc+": "+why)
	}
	return "  " + r.Theme.Of(draw.Strong).On(r.Fit(h.Key, 8)) + "  " + h.Desc
}
