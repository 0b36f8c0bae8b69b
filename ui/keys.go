package ui

import (
	"slices"

	"firstline/ui/dialog"
	"firstline/ui/handover"
	"firstline/ui/keymap"
	"firstline/ui/list"
	"firstline/ui/palette"
	"firstline/ui/room"
	"firstline/ui/steprun"
)

// newKeymap is the keymap for a role: escalate says where it goes.
func (m *Model) newKeymap() keymap.Table {
	own := keymap.Table{
		keymap.Key(keymap.InNormal, keymap.Acknowledge, "a", "acknowledge", "a").In(keymap.GroupAct).Hinted("ack").Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.Escalate, "e", "escalate to "+dialog.EscalationName(m.options.Respond), "e").In(keymap.GroupAct).Hinted("*|escalate").Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.HandOff, "h", "hand off", "h").In(keymap.GroupAct).Hinted("*").Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.AddNote, "n", "note", "n").In(keymap.GroupAct).Hinted("*").Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.NextLevel, "E", "escalate to the next level", "E").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.ResolveGroup, "r", "resolve", "r").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.SnoozeGroup, "z", "snooze", "z").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.SilenceGroup, "s", "silence in Alertmanager", "s").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.UndoLast, "u", "undo the last action", "u").In(keymap.GroupAct).Unless(m.actions.WhyNotUndo),
		keymap.Key(keymap.InNormal, keymap.ExtendSilence, ":", "extend a silence").In(keymap.GroupAct).Unless(m.whyNoSilence),
		keymap.Key(keymap.InNormal, keymap.ExpireSilence, ":", "end a silence").In(keymap.GroupAct).Unless(m.whyNoSilence),
		keymap.Key(keymap.InNormal, keymap.AskResponders, ":", "ask others to join").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.MergeGroup, ":", "merge into another incident").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.ChangeUrgency, ":", "change the urgency").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.ChangePriority, ":", "change the priority").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.SelectGroup, "space", "select", "space").In(keymap.GroupAct).Hinted("*|pick").Unless(m.list.WhyNothingThere),
		keymap.Key(keymap.InNormal, keymap.SelectAllMatching, "*", "select all that match, or none", "*").In(keymap.GroupAct).Unless(m.list.WhyNothingThere),

		keymap.Key(keymap.InNormal, keymap.HandOverShift, "H", "hand over the shift", "H").In(keymap.GroupAct).Unless(m.whyNoHandover),
		keymap.Key(keymap.InNormal, keymap.MoveDown, "j ↓", "down", "j", "down").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.MoveUp, "k ↑", "up", "k", "up").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.HalfDown, "ctrl-d", "half a page down", "ctrl+d", "pgdown").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.HalfUp, "ctrl-u", "half a page up", "ctrl+u", "pgup").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.GoTop, "g", "first", "g", "home").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.GoBottom, "G", "last", "G", "end").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.OpenPane, "enter", "read the pane", "enter").In(keymap.GroupMove).Hinted("read").Unless(m.list.WhyNoGroup),
		keymap.Key(keymap.InNormal, keymap.Leave, "esc", "back, or clear selection or filter", "esc").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.NextTab, "tab", "next tab", "tab").In(keymap.GroupMove).Hinted("tab|"),
		keymap.Key(keymap.InNormal, keymap.FirstTab, "1", "runbook", "1").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.SecondTab, "2", "details", "2").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.ThirdTab, "3", "timeline", "3").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.WholeNotes, "R", "long notes whole, or folded", "R").In(keymap.GroupMove).Unless(m.pane.WhyNoNotes),
		keymap.Key(keymap.InNormal, keymap.NextSection, "]", "next section", "]").In(keymap.GroupMove).Unless(m.pane.WhyNoSections),
		keymap.Key(keymap.InNormal, keymap.PreviousSection, "[", "previous section", "[").In(keymap.GroupMove).Unless(m.pane.WhyNoSections),

		keymap.Key(keymap.InNormal, keymap.StartFilter, "/", "filter", "/").In(keymap.GroupFind).Hinted("*"),
		keymap.Key(keymap.InNormal, keymap.NextFilter, "F", "next saved filter", "F").In(keymap.GroupFind).Unless(m.list.WhyNoSavedFilter),
		keymap.Key(keymap.InNormal, keymap.SortNext, "S", "sort by the next order", "S").In(keymap.GroupFind),
		keymap.Key(keymap.InNormal, keymap.GroupNext, "v", "group by the next heading", "v").In(keymap.GroupFind),
		keymap.Key(keymap.InNormal, keymap.FoldSection, "c", "close or open the heading", "c").In(keymap.GroupFind).Unless(m.list.WhyNoHeadings),
		keymap.Key(keymap.InNormal, keymap.FoldAllSections, "C", "close or open all headings", "C").In(keymap.GroupFind).Unless(m.list.WhyNoHeadings),
		keymap.Key(keymap.InNormal, keymap.CopyLink, "y", "copy the link, or the id", "y").In(keymap.GroupFind).Unless(m.list.WhyNoGroup),
		keymap.Key(keymap.InNormal, keymap.CopyID, "Y", "copy the id", "Y").In(keymap.GroupFind).Unless(m.list.WhyNoGroup),
		keymap.Key(keymap.InNormal, keymap.OpenBrowser, "o", "open in the browser", "o").In(keymap.GroupFind).Unless(m.whyNotOpen),

		keymap.Key(keymap.InNormal, keymap.Refresh, "ctrl-r", "read all sources now", "ctrl+r").In(keymap.GroupRest).Unless(m.whyNotRefresh),
		keymap.Key(keymap.InNormal, keymap.ShowMessages, "m", "messages and sources", "m").In(keymap.GroupRest),
		keymap.Key(keymap.InNormal, keymap.Suspend, "ctrl-z", "suspend", "ctrl+z").In(keymap.GroupRest),
		keymap.Key(keymap.InNormal, keymap.Quit, "q", "quit", "q", "ctrl+c").In(keymap.GroupRest),
		keymap.Key(keymap.InNormal, keymap.ShowHelp, "?", "help", "?").In(keymap.GroupRest).Hinted("*"),

		keymap.Key(keymap.InNormal, keymap.OpenCommands, ":", "find a command by its name", ":").In(keymap.GroupRest),

		keymap.Key(keymap.InNormal, keymap.TickTheStep, "t", "tick the step", "t").In(keymap.GroupRunbook).Unless(m.pane.WhyNoSteps),
		keymap.Key(keymap.InNormal, keymap.RunTheCode, "x", "run the step's command, once confirmed", "x").In(keymap.GroupRunbook).Unless(m.pane.WhyNotRun),
		keymap.Key(keymap.InNormal, keymap.EditRunbook, "w", "edit the runbook, or write one", "w").In(keymap.GroupRunbook).Unless(m.pane.WhyNotMend),
	}
	return slices.Concat(own, m.pane.Table(), palette.Keys(), room.ReaderKeys(), handover.Keys(m.terminal.NoEditor, m.whyNotPost), steprun.Keys(), dialog.Keys(), list.Keys())
}
