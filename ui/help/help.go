// Package help shows all keys, from the keymap, and what the filter knows.
package help

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage/filter"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Room is the full help.
type Room struct {
	room.Reader
	first string
	// input is what is looked for; while typing it has the keys.
	input  textinput.Model
	typing bool
}

// SearchKeys are the keys of the search in the help.
func SearchKeys() keymap.Table {
	const at = keymap.InHelpSearch
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "done").Hinted("*"),
		keymap.Key(at, keymap.CloseDialog, "clear").Hinted("*"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}

// New opens the help at the keys under a heading: those of where one is.
func New(s *room.Screen, first string) *Room {
	r := &Room{Reader: room.Reader{Screen: s}, first: first, input: draw.NewInput()}
	r.Resize()
	return r
}

// Mode is where its keys act.
func (r *Room) Mode() keymap.Mode {
	if r.typing {
		return keymap.InHelpSearch
	}
	return r.Reader.Mode()
}

// Key takes a key press.
func (r *Room) Key(msg tea.KeyPressMsg) tea.Cmd {
	c, _ := r.Keys.Command(msg, r.Mode())
	switch {
	case !r.typing && c == keymap.FindInRunbook:
		r.typing = true
		r.Resize()
		return r.input.Focus()
	case !r.typing:
		return r.Reader.Key(msg)
	}
	switch c {
	case keymap.Quit:
		return r.Host.Quit()
	case keymap.CloseDialog:
		r.input.SetValue("")
		r.typing = false
	case keymap.Confirm:
		r.typing = false
	default:
		return r.search(msg)
	}
	r.input.Blur()
	r.Resize()
	return nil
}

// Paste takes pasted text.
func (r *Room) Paste(msg tea.PasteMsg) tea.Cmd {
	if !r.typing {
		return nil
	}
	msg.Content = clean.Line(msg.Content)
	return r.search(msg)
}

// search types, and finds what fits.
func (r *Room) search(msg tea.Msg) tea.Cmd {
	before := r.input.Value()
	var cmd tea.Cmd
	if r.input, cmd = r.input.Update(msg); r.input.Value() != before {
		r.Offset = 0
		r.Resize()
	}
	return cmd
}

// View draws the lines that are on the screen, and the text cursor of the search.
func (r *Room) View() ([]string, draw.Rectangle, *tea.Cursor) {
	lines, area, _ := r.Reader.View()
	cursor := r.input.Cursor()
	if !r.typing || cursor == nil {
		return lines, area, nil
	}
	cursor.X += area.X + 2 + r.WidthOf(searchTitle)
	cursor.Y = area.Y
	return lines, area, cursor
}

const searchTitle = "Keys ── / "

// Resize writes the help for another size or theme, or for another search.
func (r *Room) Resize() {
	r.Lines, r.Title = nil, "Keys"+r.Theme.Of(draw.Dim).On("  "+r.Keys.Does(keymap.InReader, keymap.FindInRunbook, "finds"))
	r.input.SetWidth(max(r.Inside()-r.WidthOf(searchTitle)-1, 1))
	switch {
	case r.Plain:
		r.Title = "Keys"
	case r.typing || r.input.Value() != "":
		r.Title = searchTitle + strings.TrimRight(r.input.View(), " ")
	}
	r.writeKeys(r.Inside())
	r.writeFilter(r.Inside() - 2)
	if !r.Plain { // there, words are in the place of marks
		r.writeMarks()
	}
	if len(r.Lines) == 0 {
		r.Lines = append(r.Lines, r.Theme.Of(draw.Dim).On("Nothing here fits."))
	}
	r.Clamp()
}

// fits reports whether all words that are looked for are in one of the texts.
func (r *Room) fits(texts ...string) bool {
	all := strings.ToLower(strings.Join(texts, " "))
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(r.input.Value())), func(word string) bool { return !strings.Contains(all, word) })
}

// heading begins a part of the help.
func (r *Room) heading(text string) {
	if len(r.Lines) > 0 {
		r.Lines = append(r.Lines, "")
	}
	r.Lines = append(r.Lines, r.Theme.Of(draw.Accent).On(text))
}

// writeKeys writes the keys under their headings.
func (r *Room) writeKeys(width int) {
	groups := []string{keymap.GroupAct, keymap.GroupMove, keymap.GroupFind, keymap.GroupRunbook, keymap.GroupGraph, keymap.GroupRest}
	slices.SortStableFunc(groups, func(a, b string) int {
		return cmp.Compare(map[bool]int{true: 0, false: 1}[a == r.first], map[bool]int{true: 0, false: 1}[b == r.first])
	})
	for _, group := range groups {
		var entries []keymap.Entry
		for _, e := range r.Keys {
			if e.Group == group && r.fits(e.Binding.Help().Key, e.Text(), group, strings.ReplaceAll(e.Command.Name(), "_", " ")) {
				entries = append(entries, e)
			}
		}
		if len(entries) > 0 {
			r.heading(group + r.reached(group))
			r.Lines = append(r.Lines, r.columns(entries, width)...)
		}
	}
}

// writeFilter writes what the filter knows.
func (r *Room) writeFilter(width int) {
	texts := []string{"Words match any text. name=value, name!=value, name=~regexp and name!~regexp match fields and labels; " +
		"age>10m compares. All parts must hold."}
	if fields := filter.Fields(); len(fields) > 0 {
		texts = append(texts, "Fields and flags: "+strings.Join(fields, ", "))
	}
	if !r.fits(append(texts, "filter")...) {
		return
	}
	r.heading("Filter")
	for _, text := range texts {
		r.Lines = append(r.Lines, room.Indented(r.Wrap(text, width))...)
	}
}

// writeMarks writes what the marks in the list mean.
func (r *Room) writeMarks() {
	begun := false
	for _, mark := range [][2]string{
		{"▌", "the cursor"},
		{"●", "selected: an action is about all of these"},
		{"+", "came while nobody pressed a key for a minute"},
		{"~", "changed while nobody pressed a key for a minute"},
		{"?", "a source of this row can't be read; the row may be out of date"},
		{"gone", "no longer reported; the row goes once the cursor leaves it"},
		{"dim", "a key that would do nothing now; it says why"},
	} {
		if !r.fits(mark[0], mark[1], "marks") {
			continue
		}
		if !begun {
			r.heading("Marks")
			begun = true
		}
		r.Lines = append(r.Lines, "  "+r.Theme.Of(draw.Strong).On(r.Fit(mark[0], 8))+"  "+mark[1])
	}
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
	if r.Plain {
		n = 1
	}
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

// Input is what is looked for.
func (r *Room) Input() room.Input {
	if !r.typing {
		return room.Input{}
	}
	return room.Input{Label: "Find", Text: r.input.Value()}
}
