package draw

import (
	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
)

// NewInput is a line to type in, without colours or a cursor of its own.
func NewInput() textinput.Model {
	input := textinput.New()
	input.Prompt = ""
	input.CharLimit = 100
	input.SetVirtualCursor(false)
	input.SetStyles(textinput.Styles{})
	// The terminal's own paste works everywhere; this key would start a
	// program to ask for the clipboard.
	input.KeyMap.Paste.SetEnabled(false)
	return input
}

// NewTextArea is a place for some lines of text, without colours, a cursor or
// line numbers of its own.
func NewTextArea() textarea.Model {
	area := textarea.New()
	area.Prompt = ""
	area.ShowLineNumbers = false
	area.CharLimit = 0
	area.MaxHeight = 0
	area.EndOfBufferCharacter = ' '
	area.SetVirtualCursor(false)
	area.SetStyles(textarea.Styles{})
	for _, b := range []interface{ SetEnabled(bool) }{
		&area.KeyMap.Paste, &area.KeyMap.InsertNewline, &area.KeyMap.PageUp, &area.KeyMap.PageDown,
		&area.KeyMap.SelectAll, &area.KeyMap.CopySelection,
	} {
		b.SetEnabled(false)
	}
	return area
}

// FitRows gives a place for text as many rows as its lines take, wrapped, between
// low and high, and scrolls it to its cursor. It is called after each change: what
// was inserted is scrolled to only once it was drawn.
func FitRows(area *textarea.Model, width, low, high int) {
	area.DynamicHeight, area.MinHeight, area.MaxHeight = true, low, high
	area.SetWidth(width)
	area.DynamicHeight, area.MaxHeight = false, 0 // which would bound the lines, too
	area.View()
	area.SetHeight(area.Height())
}

// HiddenRows is how many rows of a text are above and below those that are shown.
func HiddenRows(area *textarea.Model) (above, below int) {
	whole := NewTextArea()
	whole.DynamicHeight = true
	whole.SetWidth(area.Width())
	whole.SetValue(area.Value())
	above = area.ScrollYOffset()
	return above, max(whole.Height()-above-area.Height(), 0)
}
