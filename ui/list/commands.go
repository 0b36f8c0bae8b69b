package list

import (
	"fmt"

	"firstline/internal/triage/filter"
	"firstline/ui/keymap"
)

// Table is the keys to move and to select.
func (l *List) Table() keymap.Table {
	const at = keymap.InNormal
	return keymap.Table{
		keymap.Key(at, keymap.SelectGroup, "select").In(keymap.GroupAct).Hinted("*|pick").Unless(l.WhyNothingThere),
		keymap.Key(at, keymap.SelectAllMatching, "select all that match, or none").In(keymap.GroupAct).Unless(l.WhyNothingThere),
		keymap.Key(at, keymap.MoveDown, "down").In(keymap.GroupMove),
		keymap.Key(at, keymap.MoveUp, "up").In(keymap.GroupMove),
		keymap.Key(at, keymap.HalfDown, "half a screen down").In(keymap.GroupMove),
		keymap.Key(at, keymap.HalfUp, "half a screen up").In(keymap.GroupMove),
		keymap.Key(at, keymap.GoTop, "first").In(keymap.GroupMove),
		keymap.Key(at, keymap.GoBottom, "last").In(keymap.GroupMove),
		keymap.Key(at, keymap.OpenPane, "read the pane").In(keymap.GroupMove).HintedNow(l.readHint).Unless(l.WhyNoGroup),
		keymap.Key(at, keymap.Leave, "back, or clear selection or filter").In(keymap.GroupMove).HintedNow(l.leaveHint),
	}
}

// FindTable is the keys to filter, sort and group.
func (l *List) FindTable() keymap.Table {
	const at = keymap.InNormal
	return keymap.Table{
		keymap.Key(at, keymap.StartFilter, "filter").In(keymap.GroupFind).Hinted("*"),
		keymap.Key(at, keymap.PickFilter, "choose a filter").In(keymap.GroupFind).Unless(l.WhyNothingToFilter),
		keymap.Key(at, keymap.PickOrder, "choose the order").In(keymap.GroupFind),
		keymap.Key(at, keymap.GroupNext, "group by the next heading").In(keymap.GroupFind),
		keymap.Key(at, keymap.FoldSection, "close or open the heading").In(keymap.GroupFind).Unless(l.WhyNoHeadings),
		keymap.Key(at, keymap.FoldAllSections, "close or open all headings").In(keymap.GroupFind).Unless(l.WhyNoHeadings),
	}
}

// Do carries out a command of the list; it reports whether it is one.
func (l *List) Do(c keymap.Command) bool {
	switch c {
	case keymap.MoveDown, keymap.MoveUp, keymap.HalfDown, keymap.HalfUp, keymap.GoTop, keymap.GoBottom,
		keymap.SelectGroup, keymap.SelectAllMatching, keymap.FoldSection, keymap.FoldAllSections:
		l.Update(c)
	case keymap.GroupNext:
		l.GroupNext()
	default:
		return false
	}
	return true
}

// leaveHint says what Leave does now, for the line of keys.
func (l *List) leaveHint() string {
	switch {
	case len(l.Selected) > 0:
		return "clear"
	case !l.Sources.Filter.Empty():
		return "clear filter"
	}
	return ""
}

// readHint says what OpenPane does now, for the line of keys.
func (l *List) readHint() string {
	if l.options.PaneRead != nil && l.options.PaneRead() {
		return ""
	}
	return "read"
}

// About says what the keys of the list are about, for the line of keys: what is
// selected; empty where that is the row under the cursor.
func (l *List) About() string {
	if n := len(l.Selected); n > 0 {
		return fmt.Sprintf("%d selected:", n)
	}
	return ""
}

// Leave clears the selection, else the filter.
func (l *List) Leave() bool {
	switch {
	case len(l.Selected) > 0:
		clear(l.Selected)
	case !l.Sources.Filter.Empty():
		l.SetFilter(filter.Filter{})
	default:
		return false
	}
	return true
}
