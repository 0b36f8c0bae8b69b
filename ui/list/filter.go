package list

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage/filter"
	"firstline/ui/room"
)

// filterPrompt is where a filter is typed, in the title of the list.
type filterPrompt struct {
	*room.Screen
	options Options
	Input   textinput.Model
	// Wrong says where the text is not a filter; then the list stays as the
	// last right one left it.
	Wrong string
	// wrongAt is the character at which it is not, or -1 when that is unknown.
	wrongAt int
	completion
}

func newFilterPrompt(s *room.Screen, o Options) *filterPrompt {
	f := &filterPrompt{Screen: s, options: o, Input: textinput.New(), completion: completion{chosen: -1}}
	f.Input.Prompt = ""
	f.Input.CharLimit = 500
	f.Input.SetVirtualCursor(false)
	// The terminal's own paste works everywhere; this key would start a
	// program to ask for the clipboard.
	f.Input.KeyMap.Paste.SetEnabled(false)
	f.restyle()
	return f
}

// restyle takes the colours off the input: the title's are enough.
func (f *filterPrompt) restyle() { f.Input.SetStyles(textinput.Styles{}) }

// begin starts typing with the filter in use.
func (f *filterPrompt) begin(text string) {
	f.Wrong = ""
	f.Input.SetValue(text)
	f.Input.CursorEnd()
	f.Input.Focus()
	f.offer()
}

// update types, and reports whether the text is another one now.
func (f *filterPrompt) update(msg tea.Msg) (changed bool, cmd tea.Cmd) {
	before := f.Input.Value()
	f.Input, cmd = f.Input.Update(msg)
	f.offer()
	return f.Input.Value() != before, cmd
}

// ended reports whether nothing is being typed at the cursor: the word before it is
// whole.
func (f *filterPrompt) ended() bool {
	text := f.Input.Value()[:f.position()]
	return text == "" || strings.HasSuffix(text, " ") || strings.HasSuffix(text, `"`)
}

// unfinished reports whether the word at the cursor only begins a name, a flag, a
// saved filter or a value that there is.
func (f *filterPrompt) unfinished() bool {
	if f.ended() {
		return false
	}
	w := WordAt(f.Input.Value(), f.position())
	var whole []string
	switch w.Operator {
	case "":
		whole = f.builtIn()
	case "=", "!=":
		whole = f.values[w.Name]
	}
	begins := false
	for _, s := range whole {
		if strings.EqualFold(s, w.Typed) {
			return false
		}
		begins = begins || len(s) > len(w.Typed) && strings.EqualFold(s[:len(w.Typed)], w.Typed)
	}
	return begins
}

// read makes a filter of the text, or says why it can't.
func (f *filterPrompt) read() (filter.Filter, bool) {
	text := f.Input.Value()
	typed, err := f.parseFilter(text)
	f.Wrong, f.wrongAt = FilterFault(text, err), -1
	var fault *filter.Error
	if errors.As(err, &fault) {
		f.wrongAt = utf8.RuneCountInString(text[:min(max(fault.Pos, 0), len(text))])
	}
	return typed, err == nil
}

// caret returns how many cells right of the prompt's beginning the fault is;
// shown is false when no fault is on the screen.
func (f *filterPrompt) caret(width int) (x int, shown bool) {
	cursor := f.Input.Cursor()
	if f.Wrong == "" || f.wrongAt < 0 || cursor == nil {
		return 0, false
	}
	text, at := []rune(f.Input.Value()), f.Input.Position()
	wrong := min(f.wrongAt, len(text))
	if wrong <= at {
		x = cursor.X - f.WidthOf(string(text[wrong:at]))
	} else {
		x = cursor.X + f.WidthOf(string(text[at:wrong]))
	}
	return x, x >= 0 && x < width
}

// savedFilters are the saved filters by their names.
func (f *filterPrompt) savedFilters() map[string]string {
	saved := make(map[string]string, len(f.options.Filters))
	for _, s := range f.options.Filters {
		saved[s.Name] = s.Expression
	}
	return saved
}

// parseFilter reads a filter that may name saved ones.
func (f *filterPrompt) parseFilter(text string) (filter.Filter, error) {
	return filter.Parse(text, f.savedFilters())
}

// FilterFault says where a filter is wrong, for a person.
func FilterFault(text string, err error) string {
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

// FitInto makes room of so many cells, in which a longer text scrolls.
func (f *filterPrompt) FitInto(width int) {
	f.Input.SetWidth(max(width-1, 1))
	f.Input.SetCursor(f.Input.Position())
}

// view is the part of the input that has room.
func (f *filterPrompt) view() string { return strings.TrimRight(f.Input.View(), " ") }
