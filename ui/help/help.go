// Package help shows all keys, from the keymap, and what the filter knows.
package help

import (
	"cmp"
	"slices"
	"strings"

	"firstline/internal/triage/filter"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Room is the full help.
type Room struct {
	room.Reader
	first string
}

// New opens the help at the keys under a heading: those of where one is.
func New(s *room.Screen, first string) *Room {
	r := &Room{Reader: room.Reader{Screen: s, Title: "Keys"}, first: first}
	r.Resize()
	return r
}

// Resize writes the help for another size or theme.
func (r *Room) Resize() {
	r.Lines = nil
	width := r.Inside()
	groups := []string{keymap.GroupAct, keymap.GroupMove, keymap.GroupFind, keymap.GroupRunbook, keymap.GroupGraph, keymap.GroupRest}
	slices.SortStableFunc(groups, func(a, b string) int {
		return cmp.Compare(map[bool]int{true: 0, false: 1}[a == r.first], map[bool]int{true: 0, false: 1}[b == r.first])
	})
	for _, group := range groups {
		var entries []keymap.Entry
		for _, e := range r.Keys {
			if e.Group == group {
				entries = append(entries, e)
			}
		}
		if len(entries) == 0 {
			continue
		}
		if len(r.Lines) > 0 {
			r.Lines = append(r.Lines, "")
		}
		r.Lines = append(r.Lines, r.Theme.Of(draw.Accent).On(group+r.reached(group)))
		r.Lines = append(r.Lines, r.columns(entries, width)...)
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
		{"+", "came while nobody pressed a key for a minute"},
		{"~", "changed while nobody pressed a key for a minute"},
		{"?", "a source of this row can't be read; the row may be out of date"},
		{"gone", "no longer reported; the row goes once the cursor leaves it"},
		{"dim", "a key that would do nothing now; it says why"},
	} {
		r.Lines = append(r.Lines, "  "+r.Theme.Of(draw.Strong).On(r.Fit(mark[0], 8))+"  "+mark[1])
	}
	r.Clamp()
}

// reached are the keys after which those of a group act.
func (r *Room) reached(group string) string {
	read := r.Keys.KeyOf(keymap.OpenPane, keymap.InNormal)
	switch group {
	case keymap.GroupRunbook:
		return " (" + read + ")"
	case keymap.GroupGraph:
		return " (" + r.Keys.KeyOf(keymap.FourthTab, keymap.InNormal) + ", " + read + ")"
	}
	return ""
}

// leastColumn is how wide a column of keys is at least.
const leastColumn = 36

// columns are keys in as many columns as fit, read from top to bottom.
func (r *Room) columns(entries []keymap.Entry, width int) []string {
	n := max(width/leastColumn, 1)
	rows, wide := (len(entries)+n-1)/n, width/n
	var lines []string
	for row := range rows {
		var cells [][]string
		high := 0
		for at := row; at < len(entries); at += rows {
			cell := r.keyLines(entries[at], wide-2)
			cells, high = append(cells, cell), max(high, len(cell))
		}
		for i := range high {
			line := ""
			for _, cell := range cells {
				part := ""
				if i < len(cell) {
					part = cell[i]
				}
				line += r.Fit(part, wide)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// leastReason is how much of a reason is worth showing.
const leastReason = 8

// keyLines are one key and what it does. Why it can't now is on the same line, as
// far as it fits: the key itself says all of it.
func (r *Room) keyLines(e keymap.Entry, width int) []string {
	key, role, text := draw.Strong, draw.Plain, e.Text()
	if why := e.Idle(); why != "" {
		key, role = draw.Dim, draw.Dim
		if left := width - 10 - r.WidthOf(text+": "); left >= min(leastReason, r.WidthOf(why)) {
			text += ": " + r.Cut(why, left)
		}
	}
	var lines []string
	for i, l := range r.Wrap(text, width-10) {
		name := ""
		if i == 0 {
			name = e.Binding.Help().Key
		}
		lines = append(lines, "  "+r.Theme.Of(key).On(r.Fit(name, 6))+"  "+r.Theme.Of(role).On(l))
	}
	return lines
}
