package pane

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// searchRoom is the text that is looked for in the runbook, in the title of the
// pane.
type searchRoom struct{ *Pane }

func (r searchRoom) Mode() keymap.Mode               { return keymap.InSearch }
func (r searchRoom) Key(msg tea.KeyPressMsg) tea.Cmd { return r.searchKey(msg) }
func (r searchRoom) Paste(msg tea.PasteMsg) tea.Cmd {
	msg.Content = clean.Line(msg.Content)
	return r.typeSearch(msg)
}

func (r searchRoom) View() (lines []string, area draw.Rectangle, cursor *tea.Cursor) {
	p := r.Pane
	if cursor = p.Find.input.Cursor(); cursor != nil {
		cursor.X += r.Layout.Pane.X + len(searchEdge) + len("+ ")
		cursor.Y = r.Layout.Pane.Y
	}
	return nil, area, cursor
}
func (r searchRoom) Resize() { r.fitSearch() }

// choiceRoom is a list in the pane to choose from.
type choiceRoom struct{ *Pane }

func (r choiceRoom) Mode() keymap.Mode               { return keymap.InChoice }
func (r choiceRoom) Key(msg tea.KeyPressMsg) tea.Cmd { return r.choiceKey(msg) }
func (r choiceRoom) Paste(tea.PasteMsg) tea.Cmd      { return nil }
func (r choiceRoom) View() (lines []string, area draw.Rectangle, cursor *tea.Cursor) {
	return nil, area, nil
}
func (r choiceRoom) Resize() {}

// CommandOf takes a digit for a choice.
func (r choiceRoom) CommandOf(msg tea.KeyPressMsg) keymap.Command {
	if r.Chooser.takes(msg) {
		return keymap.Confirm
	}
	c, _ := r.Keys.Command(msg, keymap.InChoice)
	return c
}

// Table is the keys of the runbook, of the search in it, and of a list to choose
// from.
func (p *Pane) Table() keymap.Table {
	const at, search, choice = keymap.InRunbook, keymap.InSearch, keymap.InChoice
	return keymap.Table{
		keymap.Key(at, keymap.NextStep, "J", "next step", "J").In(keymap.GroupRunbook).Hinted("step").Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.PreviousStep, "K", "previous step", "K").In(keymap.GroupRunbook).Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.TickTheStep, "t", "tick the step", "t").Hinted("tick").Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.RunTheCode, "x", "run the step's command", "x").Hinted("run").Unless(p.WhyNotRun),
		keymap.Key(at, keymap.EditRunbook, "w", "edit the runbook", "w").Hinted("edit").Unless(p.WhyNotMend),
		keymap.Key(at, keymap.CopyTheCode, "y", "copy the step's command", "y").In(keymap.GroupRunbook).Hinted("copy").Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ToMeaning, "M", "to Meaning", "M").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ToImpact, "I", "to Impact", "I").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ToDiagnosis, "D", "to Diagnosis", "D").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ToMitigation, "T", "to Mitigation", "T").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ShowOutline, "O", "outline", "O").In(keymap.GroupRunbook).Hinted("outline").Unless(p.WhyNoSections),
		keymap.Key(at, keymap.FindInRunbook, "/", "find in the page", "/").In(keymap.GroupRunbook).Hinted("find").Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.NextHit, "ctrl-n", "next place found", "ctrl+n").In(keymap.GroupRunbook).Unless(p.whyNoHits),
		keymap.Key(at, keymap.PreviousHit, "ctrl-p", "previous place found", "ctrl+p").In(keymap.GroupRunbook).Unless(p.whyNoHits),
		keymap.Key(at, keymap.FollowLinks, "f", "follow a link", "f").In(keymap.GroupRunbook).Hinted("links").Unless(p.whyNoLinks),
		keymap.Key(at, keymap.GoBack, "⌫", "back to the page before", "backspace", "ctrl+o", "alt+left").In(keymap.GroupRunbook).Unless(p.whyNotBack),
		keymap.Key(at, keymap.GoForward, "alt-→", "forward again", "alt+right").In(keymap.GroupRunbook).Unless(p.whyNotForward),
		keymap.Key(at, keymap.ShowRaw, "R", "as written, or filled", "R").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ChooseLabels, "V", "choose whose labels fill it", "V").In(keymap.GroupRunbook).Unless(p.whyNoAlerts),
		keymap.Key(search, keymap.Confirm, "enter", "done", "enter").Hinted("*"),
		keymap.Key(search, keymap.NextHit, "ctrl-n", "next", "ctrl+n", "down").Hinted("*"),
		keymap.Key(search, keymap.PreviousHit, "ctrl-p", "previous", "ctrl+p", "up").Hinted("*"),
		keymap.Key(search, keymap.CloseDialog, "esc", "clear", "esc").Hinted("*"),
		keymap.Key(search, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),
		keymap.Key(choice, keymap.MoveDown, "j ↓", "down", "j", "down").Hinted("*"),
		keymap.Key(choice, keymap.MoveUp, "k ↑", "up", "k", "up").Hinted("*"),
		keymap.Key(choice, keymap.HalfDown, "ctrl-d", "half a page down", "ctrl+d", "pgdown"),
		keymap.Key(choice, keymap.HalfUp, "ctrl-u", "half a page up", "ctrl+u", "pgup"),
		keymap.Key(choice, keymap.GoTop, "g", "first", "g", "home"),
		keymap.Key(choice, keymap.GoBottom, "G", "last", "G", "end"),
		keymap.Key(choice, keymap.Confirm, "enter", "take it", "enter").Hinted("*"),
		keymap.Key(choice, keymap.CloseDialog, "esc", "close", "esc", "q", "O").Hinted("*"),
		keymap.Key(choice, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),
	}
}
