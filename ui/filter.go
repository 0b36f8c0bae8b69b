package ui

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage/filter"
)

// filterPrompt is where a filter is typed, in the title of the list.
type filterPrompt struct {
	*shared
	input textinput.Model
	// wrong says where the text is not a filter; then the list stays as the
	// last right one left it.
	wrong string
	// wrongAt is the character at which it is not, -1 when that can't be told.
	wrongAt int
	completion
}

func newFilterPrompt(s *shared) *filterPrompt {
	f := &filterPrompt{shared: s, input: textinput.New(), completion: completion{chosen: -1}}
	f.input.Prompt = ""
	f.input.CharLimit = 500
	f.input.SetVirtualCursor(false)
	// The terminal's own paste works everywhere; this key would start a
	// program to ask for the clipboard.
	f.input.KeyMap.Paste.SetEnabled(false)
	f.restyle()
	return f
}

// restyle takes the colours off the input: the title's are enough.
func (f *filterPrompt) restyle() { f.input.SetStyles(textinput.Styles{}) }

// begin starts typing with the filter in use.
func (f *filterPrompt) begin(text string) {
	f.wrong = ""
	f.input.SetValue(text)
	f.input.CursorEnd()
	f.input.Focus()
	f.offer()
}

// update types, and returns the new filter when the text is one.
func (f *filterPrompt) update(msg tea.Msg) (typed filter.Filter, changed bool, cmd tea.Cmd) {
	before := f.input.Value()
	f.input, cmd = f.input.Update(msg)
	f.offer()
	if f.input.Value() == before {
		return typed, false, cmd
	}
	typed, changed = f.read()
	return typed, changed, cmd
}

// read makes a filter of what stands there, or says why it is none.
func (f *filterPrompt) read() (filter.Filter, bool) {
	text := f.input.Value()
	typed, err := f.parseFilter(text)
	f.wrong, f.wrongAt = filterFault(text, err), -1
	var fault *filter.Error
	if errors.As(err, &fault) {
		f.wrongAt = utf8.RuneCountInString(text[:min(max(fault.Pos, 0), len(text))])
	}
	return typed, err == nil
}

// caret is how many cells right of the prompt's beginning the fault stands;
// shown is false when there is none on the screen.
func (f *filterPrompt) caret(width int) (x int, shown bool) {
	cursor := f.input.Cursor()
	if f.wrong == "" || f.wrongAt < 0 || cursor == nil {
		return 0, false
	}
	text, at := []rune(f.input.Value()), f.input.Position()
	wrong := min(f.wrongAt, len(text))
	if wrong <= at {
		x = cursor.X - f.WidthOf(string(text[wrong:at]))
	} else {
		x = cursor.X + f.WidthOf(string(text[at:wrong]))
	}
	return x, x >= 0 && x < width
}

// savedFilters are the saved filters by their names.
func (s *shared) savedFilters() map[string]string {
	saved := make(map[string]string, len(s.options.Filters))
	for _, f := range s.options.Filters {
		saved[f.Name] = f.Expression
	}
	return saved
}

// parseFilter reads a filter that may name saved ones.
func (s *shared) parseFilter(text string) (filter.Filter, error) {
	return filter.Parse(text, s.savedFilters())
}

// filterFault says where a filter is wrong, for a person.
func filterFault(text string, err error) string {
	if err == nil {
		return ""
	}
	var fault *filter.Error
	if !errors.As(err, &fault) {
		return clean.Line(err.Error())
	}
	pos := min(max(fault.Pos, 0), len(text))
	return fmt.Sprintf("filter, column %d: %s", utf8.RuneCountInString(text[:pos])+1, clean.Line(fault.Sentence))
}

// fitInto makes room of so many cells, in which a longer text scrolls.
func (f *filterPrompt) fitInto(width int) {
	f.input.SetWidth(max(width-1, 1))
	f.input.SetCursor(f.input.Position())
}

// view is the part of the input that has room.
func (f *filterPrompt) view() string { return strings.TrimRight(f.input.View(), " ") }
