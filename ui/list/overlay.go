package list

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage/filter"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// filterOverlay is the filter while it is typed, in the title of the list.
type filterOverlay struct{ *List }

func (r filterOverlay) Mode() keymap.Mode               { return keymap.InFilter }
func (r filterOverlay) Key(msg tea.KeyPressMsg) tea.Cmd { return r.filterKey(msg) }
func (r filterOverlay) Paste(msg tea.PasteMsg) tea.Cmd {
	msg.Content = clean.Line(msg.Content)
	return r.typeFilter(msg)
}

func (r filterOverlay) View() (lines []string, area draw.Rectangle, cursor *tea.Cursor) {
	if cursor = r.Prompt.Input.Cursor(); cursor != nil {
		cursor.X += r.filterStart()
		cursor.Y = r.Layout.List.Y
	}
	return nil, area, cursor
}
func (r filterOverlay) Resize() {}

// Input is the filter.
func (r filterOverlay) Input() room.Input {
	return room.Input{Label: "Filter", Text: r.Prompt.Input.Value()}
}

// SetFilter puts a filter in use.
func (l *List) SetFilter(f filter.Filter) {
	l.Sources.setFilter(f)
	l.filtered = true
}

func (l *List) filterKey(msg tea.KeyPressMsg) tea.Cmd {
	switch c, _ := l.Keys.Command(msg, keymap.InFilter); c {
	case keymap.Quit:
		return l.Host.Quit()
	case keymap.CloseDialog:
		l.Host.Close()
		l.Prompt.Wrong = ""
		l.SetFilter(filter.Filter{})
		return nil
	case keymap.Confirm:
		// A wrong filter stays open: what it says can be mended.
		if l.Prompt.Wrong == "" {
			l.Host.Close()
			typed, _ := l.Prompt.read()
			l.SetFilter(typed)
		}
		return nil
	case keymap.CompleteNext, keymap.CompletePrevious:
		by := 1
		if c == keymap.CompletePrevious {
			by = -1
		}
		if l.Prompt.complete(by) {
			l.try()
		}
		return nil
	}
	return l.typeFilter(msg)
}

func (l *List) typeFilter(msg tea.Msg) tea.Cmd {
	l.Prompt.FitInto(l.FilterWidth())
	changed, cmd := l.Prompt.update(msg)
	if changed {
		l.try()
	}
	return cmd
}

// try shows what is typed once it is a filter whose last word is whole, or one that
// a group matches. Until then the list stays, dim.
func (l *List) try() {
	typed, right := l.Prompt.read()
	switch {
	case !right || l.Prompt.unfinished():
		l.Sources.try(nil)
		return
	case l.Prompt.ended():
		l.SetFilter(typed)
		return
	}
	l.Sources.try(&typed)
	l.filtered = true
}

// stays reports whether the list is that of a filter before the one that is being
// typed.
func (l *List) stays() bool {
	return l.Prompt.Wrong != "" || l.Prompt.unfinished() || l.Sources.none
}

// Keys are the keys while a filter is typed.
func Keys() keymap.Table {
	const at = keymap.InFilter
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "done").Hinted("*"),
		keymap.Key(at, keymap.CompleteNext, "complete"),
		keymap.Key(at, keymap.CompletePrevious, "complete the other way"),
		keymap.Key(at, keymap.CloseDialog, "clear").Hinted("*"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}
