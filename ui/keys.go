package ui

import (
	"firstline/internal/respond"
	"firstline/ui/keymap"
)

// newKeymap is the keymap for a role: escalate says where it goes.
func (m *Model) newKeymap() keymap.Table {
	return keymap.Table{
		keymap.Key(keymap.InNormal, keymap.Acknowledge, "a", "acknowledge", "a").In(keymap.GroupAct).Hinted("ack").Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.Escalate, "e", "escalate to "+escalationName(m.options.Respond), "e").In(keymap.GroupAct).Hinted("*|escalate").Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.HandOff, "h", "hand off", "h").In(keymap.GroupAct).Hinted("*").Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.AddNote, "n", "note", "n").In(keymap.GroupAct).Hinted("*").Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.NextLevel, "E", "escalate to the next level", "E").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.ResolveGroup, "r", "resolve", "r").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.SnoozeGroup, "z", "snooze", "z").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.SilenceGroup, "s", "silence in Alertmanager", "s").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.UndoLast, "u", "undo the last action", "u").In(keymap.GroupAct).Unless(m.whyNotUndo),
		keymap.Key(keymap.InNormal, keymap.ExtendSilence, ":", "extend a silence").In(keymap.GroupAct).Unless(m.whyNoSilence),
		keymap.Key(keymap.InNormal, keymap.ExpireSilence, ":", "end a silence").In(keymap.GroupAct).Unless(m.whyNoSilence),
		keymap.Key(keymap.InNormal, keymap.AskResponders, ":", "ask others to join").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.MergeGroup, ":", "merge into another incident").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.ChangeUrgency, ":", "change the urgency").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.ChangePriority, ":", "change the priority").In(keymap.GroupAct).Unless(m.whyNotAct),
		keymap.Key(keymap.InNormal, keymap.SelectGroup, "space", "select", "space").In(keymap.GroupAct).Hinted("*|pick").Unless(m.whyNothingThere),
		keymap.Key(keymap.InNormal, keymap.SelectAllMatching, "*", "select all that match, or none", "*").In(keymap.GroupAct).Unless(m.whyNothingThere),

		keymap.Key(keymap.InNormal, keymap.HandOverShift, "H", "hand over the shift", "H").In(keymap.GroupAct).Unless(m.whyNoHandover),
		keymap.Key(keymap.InNormal, keymap.MoveDown, "j ↓", "down", "j", "down").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.MoveUp, "k ↑", "up", "k", "up").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.HalfDown, "ctrl-d", "half a page down", "ctrl+d", "pgdown").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.HalfUp, "ctrl-u", "half a page up", "ctrl+u", "pgup").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.GoTop, "g", "first", "g", "home").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.GoBottom, "G", "last", "G", "end").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.OpenPane, "enter", "read the pane", "enter").In(keymap.GroupMove).Hinted("read").Unless(m.whyNoGroup),
		keymap.Key(keymap.InNormal, keymap.Leave, "esc", "back, or clear selection or filter", "esc").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.NextTab, "tab", "next tab", "tab").In(keymap.GroupMove).Hinted("tab|"),
		keymap.Key(keymap.InNormal, keymap.FirstTab, "1", "runbook", "1").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.SecondTab, "2", "details", "2").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.ThirdTab, "3", "timeline", "3").In(keymap.GroupMove),
		keymap.Key(keymap.InNormal, keymap.WholeNotes, "R", "long notes whole, or folded", "R").In(keymap.GroupMove).Unless(m.whyNoNotes),
		keymap.Key(keymap.InNormal, keymap.NextSection, "]", "next section", "]").In(keymap.GroupMove).Unless(m.whyNoSections),
		keymap.Key(keymap.InNormal, keymap.PreviousSection, "[", "previous section", "[").In(keymap.GroupMove).Unless(m.whyNoSections),

		keymap.Key(keymap.InNormal, keymap.StartFilter, "/", "filter", "/").In(keymap.GroupFind).Hinted("*"),
		keymap.Key(keymap.InNormal, keymap.NextFilter, "F", "next saved filter", "F").In(keymap.GroupFind).Unless(m.whyNoSavedFilter),
		keymap.Key(keymap.InNormal, keymap.SortNext, "S", "sort by the next order", "S").In(keymap.GroupFind),
		keymap.Key(keymap.InNormal, keymap.GroupNext, "v", "group by the next heading", "v").In(keymap.GroupFind),
		keymap.Key(keymap.InNormal, keymap.FoldSection, "c", "close or open the heading", "c").In(keymap.GroupFind).Unless(m.whyNoHeadings),
		keymap.Key(keymap.InNormal, keymap.FoldAllSections, "C", "close or open all headings", "C").In(keymap.GroupFind).Unless(m.whyNoHeadings),
		keymap.Key(keymap.InNormal, keymap.CopyLink, "y", "copy the link, or the id", "y").In(keymap.GroupFind).Unless(m.whyNoGroup),
		keymap.Key(keymap.InNormal, keymap.CopyID, "Y", "copy the id", "Y").In(keymap.GroupFind).Unless(m.whyNoGroup),
		keymap.Key(keymap.InNormal, keymap.OpenBrowser, "o", "open in the browser", "o").In(keymap.GroupFind).Unless(m.whyNotOpen),

		keymap.Key(keymap.InNormal, keymap.Refresh, "ctrl-r", "read all sources now", "ctrl+r").In(keymap.GroupRest).Unless(m.whyNotRefresh),
		keymap.Key(keymap.InNormal, keymap.ShowMessages, "m", "messages and sources", "m").In(keymap.GroupRest),
		keymap.Key(keymap.InNormal, keymap.Suspend, "ctrl-z", "suspend", "ctrl+z").In(keymap.GroupRest),
		keymap.Key(keymap.InNormal, keymap.Quit, "q", "quit", "q", "ctrl+c").In(keymap.GroupRest),
		keymap.Key(keymap.InNormal, keymap.ShowHelp, "?", "help", "?").In(keymap.GroupRest).Hinted("*"),

		keymap.Key(keymap.InNormal, keymap.OpenCommands, ":", "find a command by its name", ":").In(keymap.GroupRest),

		keymap.Key(keymap.InNormal, keymap.TickTheStep, "t", "tick the step", "t").In(keymap.GroupRunbook).Unless(m.whyNoSteps),
		keymap.Key(keymap.InNormal, keymap.RunTheCode, "x", "run the step's command, once confirmed", "x").In(keymap.GroupRunbook).Unless(m.whyNotRun),
		keymap.Key(keymap.InNormal, keymap.EditRunbook, "w", "edit the runbook, or write one", "w").In(keymap.GroupRunbook).Unless(m.whyNotMend),
		keymap.Key(keymap.InRunbook, keymap.NextStep, "J", "next step", "J").In(keymap.GroupRunbook).Hinted("step").Unless(m.whyNoSteps),
		keymap.Key(keymap.InRunbook, keymap.PreviousStep, "K", "previous step", "K").In(keymap.GroupRunbook).Unless(m.whyNoSteps),
		keymap.Key(keymap.InRunbook, keymap.TickTheStep, "t", "tick the step", "t").Hinted("tick").Unless(m.whyNoSteps),
		keymap.Key(keymap.InRunbook, keymap.RunTheCode, "x", "run the step's command", "x").Hinted("run").Unless(m.whyNotRun),
		keymap.Key(keymap.InRunbook, keymap.EditRunbook, "w", "edit the runbook", "w").Hinted("edit").Unless(m.whyNotMend),
		keymap.Key(keymap.InRunbook, keymap.CopyTheCode, "y", "copy the step's command", "y").In(keymap.GroupRunbook).Hinted("copy").Unless(m.whyNoPage),
		keymap.Key(keymap.InRunbook, keymap.ToMeaning, "M", "to Meaning", "M").In(keymap.GroupRunbook).Unless(m.whyNoPage),
		keymap.Key(keymap.InRunbook, keymap.ToImpact, "I", "to Impact", "I").In(keymap.GroupRunbook).Unless(m.whyNoPage),
		keymap.Key(keymap.InRunbook, keymap.ToDiagnosis, "D", "to Diagnosis", "D").In(keymap.GroupRunbook).Unless(m.whyNoPage),
		keymap.Key(keymap.InRunbook, keymap.ToMitigation, "T", "to Mitigation", "T").In(keymap.GroupRunbook).Unless(m.whyNoPage),
		keymap.Key(keymap.InRunbook, keymap.ShowOutline, "O", "outline", "O").In(keymap.GroupRunbook).Hinted("outline").Unless(m.whyNoSections),
		keymap.Key(keymap.InRunbook, keymap.FindInPage, "/", "find in the page", "/").In(keymap.GroupRunbook).Hinted("find").Unless(m.whyNoPage),
		keymap.Key(keymap.InRunbook, keymap.NextHit, "ctrl-n", "next place found", "ctrl+n").In(keymap.GroupRunbook).Unless(m.whyNoHits),
		keymap.Key(keymap.InRunbook, keymap.PreviousHit, "ctrl-p", "previous place found", "ctrl+p").In(keymap.GroupRunbook).Unless(m.whyNoHits),
		keymap.Key(keymap.InRunbook, keymap.FollowLinks, "f", "follow a link", "f").In(keymap.GroupRunbook).Hinted("links").Unless(m.whyNoLinks),
		keymap.Key(keymap.InRunbook, keymap.GoBack, "⌫", "back to the page before", "backspace", "ctrl+o", "alt+left").In(keymap.GroupRunbook).Unless(m.whyNotBack),
		keymap.Key(keymap.InRunbook, keymap.GoForward, "alt-→", "forward again", "alt+right").In(keymap.GroupRunbook).Unless(m.whyNotForward),
		keymap.Key(keymap.InRunbook, keymap.ShowRaw, "R", "as written, or filled", "R").In(keymap.GroupRunbook).Unless(m.whyNoPage),
		keymap.Key(keymap.InRunbook, keymap.ChooseLabels, "V", "choose whose labels fill it", "V").In(keymap.GroupRunbook).Unless(m.whyNoAlerts),

		keymap.Key(keymap.InSearch, keymap.Confirm, "enter", "keep", "enter").Hinted("*"),
		keymap.Key(keymap.InSearch, keymap.NextHit, "ctrl-n", "next", "ctrl+n", "down").Hinted("*"),
		keymap.Key(keymap.InSearch, keymap.PreviousHit, "ctrl-p", "previous", "ctrl+p", "up").Hinted("*"),
		keymap.Key(keymap.InSearch, keymap.CloseDialog, "esc", "clear", "esc").Hinted("*"),
		keymap.Key(keymap.InSearch, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),

		keymap.Key(keymap.InChoice, keymap.MoveDown, "j ↓", "down", "j", "down").Hinted("*"),
		keymap.Key(keymap.InChoice, keymap.MoveUp, "k ↑", "up", "k", "up").Hinted("*"),
		keymap.Key(keymap.InChoice, keymap.HalfDown, "ctrl-d", "half a page down", "ctrl+d", "pgdown"),
		keymap.Key(keymap.InChoice, keymap.HalfUp, "ctrl-u", "half a page up", "ctrl+u", "pgup"),
		keymap.Key(keymap.InChoice, keymap.GoTop, "g", "first", "g", "home"),
		keymap.Key(keymap.InChoice, keymap.GoBottom, "G", "last", "G", "end"),
		keymap.Key(keymap.InChoice, keymap.Confirm, "enter", "take it", "enter").Hinted("*"),
		keymap.Key(keymap.InChoice, keymap.CloseDialog, "esc", "close", "esc", "q", "O").Hinted("*"),
		keymap.Key(keymap.InChoice, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),

		keymap.Key(keymap.InRun, keymap.Confirm, "enter", "run it, or close", "enter"),
		keymap.Key(keymap.InRun, keymap.Interactive, "i", "give it the terminal", "i"),
		keymap.Key(keymap.InRun, keymap.CopyLink, "y", "copy", "y"),
		keymap.Key(keymap.InRun, keymap.EditNote, "n", "note the output", "n"),
		keymap.Key(keymap.InRun, keymap.MoveDown, "j ↓", "down", "j", "down"),
		keymap.Key(keymap.InRun, keymap.MoveUp, "k ↑", "up", "k", "up"),
		keymap.Key(keymap.InRun, keymap.HalfDown, "ctrl-d", "half a page down", "ctrl+d", "pgdown", "space"),
		keymap.Key(keymap.InRun, keymap.HalfUp, "ctrl-u", "half a page up", "ctrl+u", "pgup"),
		keymap.Key(keymap.InRun, keymap.GoTop, "g", "first", "g", "home"),
		keymap.Key(keymap.InRun, keymap.GoBottom, "G", "last", "G", "end"),
		keymap.Key(keymap.InRun, keymap.CloseDialog, "esc", "stop it, or close", "esc"),
		keymap.Key(keymap.InRun, keymap.Quit, "ctrl-c", "stop it, or quit", "ctrl+c"),

		keymap.Key(keymap.InFilter, keymap.Confirm, "enter", "keep", "enter").Hinted("*"),
		keymap.Key(keymap.InFilter, keymap.CompleteNext, "tab", "complete", "tab"),
		keymap.Key(keymap.InFilter, keymap.CompletePrevious, "shift-tab", "complete the other way", "shift+tab"),
		keymap.Key(keymap.InFilter, keymap.CloseDialog, "esc", "clear", "esc").Hinted("*"),
		keymap.Key(keymap.InFilter, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),

		keymap.Key(keymap.InDialog, keymap.Confirm, "enter", "confirm", "enter"),
		keymap.Key(keymap.InDialog, keymap.Acknowledge, "a", "acknowledge", "a"),
		keymap.Key(keymap.InDialog, keymap.NextField, "tab", "next", "tab"),
		keymap.Key(keymap.InDialog, keymap.PreviousField, "shift-tab", "back", "shift+tab"),
		keymap.Key(keymap.InDialog, keymap.ChoiceDown, "↓", "down", "down", "ctrl+n"),
		keymap.Key(keymap.InDialog, keymap.ChoiceUp, "↑", "up", "up", "ctrl+p"),
		keymap.Key(keymap.InDialog, keymap.NewLine, "ctrl-j", "new line", "ctrl+j", "shift+enter", "alt+enter"),
		keymap.Key(keymap.InDialog, keymap.InEditor, "ctrl-e", "write in your editor", "ctrl+e"),
		keymap.Key(keymap.InDialog, keymap.HalfDown, "pgdn", "more of the preview", "pgdown"),
		keymap.Key(keymap.InDialog, keymap.HalfUp, "pgup", "back in the preview", "pgup"),
		keymap.Key(keymap.InDialog, keymap.CopyLink, "y", "copy the summary", "y"),
		keymap.Key(keymap.InDialog, keymap.ToggleJoin, "ctrl-t", "ask to join instead, or back", "ctrl+t"),
		keymap.Key(keymap.InDialog, keymap.AllIncidents, "ctrl-g", "all incidents for the same alerts, or this one alone", "ctrl+g"),
		keymap.Key(keymap.InDialog, keymap.EditNote, "n", "write the note yourself", "n"),
		keymap.Key(keymap.InDialog, keymap.CloseDialog, "esc", "close", "esc"),
		keymap.Key(keymap.InDialog, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),

		keymap.Key(keymap.InCommands, keymap.Confirm, "enter", "do it", "enter").Hinted("*"),
		keymap.Key(keymap.InCommands, keymap.ChoiceDown, "↓", "down", "down", "ctrl+n", "tab").Hinted("*"),
		keymap.Key(keymap.InCommands, keymap.ChoiceUp, "↑", "up", "up", "ctrl+p", "shift+tab").Hinted("*"),
		keymap.Key(keymap.InCommands, keymap.CloseDialog, "esc", "close", "esc").Hinted("*"),
		keymap.Key(keymap.InCommands, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),

		keymap.Key(keymap.InReader, keymap.MoveDown, "j ↓", "down", "j", "down").Hinted("*"),
		keymap.Key(keymap.InReader, keymap.MoveUp, "k ↑", "up", "k", "up").Hinted("*"),
		keymap.Key(keymap.InReader, keymap.HalfDown, "ctrl-d", "half a page down", "ctrl+d", "pgdown", "space"),
		keymap.Key(keymap.InReader, keymap.HalfUp, "ctrl-u", "half a page up", "ctrl+u", "pgup"),
		keymap.Key(keymap.InReader, keymap.GoTop, "g", "first", "g", "home"),
		keymap.Key(keymap.InReader, keymap.GoBottom, "G", "last", "G", "end"),
		keymap.Key(keymap.InReader, keymap.CloseDialog, "esc", "close", "esc", "q", "?", "m", "enter").Hinted("*"),
		keymap.Key(keymap.InReader, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),

		keymap.Key(keymap.InHandover, keymap.EditHere, "e", "edit", "e").Hinted("*"),
		keymap.Key(keymap.InHandover, keymap.InEditor, "ctrl-e", "in your editor", "ctrl+e").Hinted("*|editor").Unless(m.whyNoEditor),
		keymap.Key(keymap.InHandover, keymap.CopyLink, "y", "copy", "y").Hinted("*"),
		keymap.Key(keymap.InHandover, keymap.WriteFile, "w", "write to a file", "w").Hinted("*|write"),
		keymap.Key(keymap.InHandover, keymap.PostNotes, "p", "post as a note", "p").Hinted("*|post").Unless(m.whyNotPost),
		keymap.Key(keymap.InHandover, keymap.PostAll, "A", "all three", "A").Hinted("*|all").Unless(m.whyNotPost),
		keymap.Key(keymap.InHandover, keymap.Regenerate, "ctrl-r", "make it anew", "ctrl+r").Hinted("*|anew"),
		keymap.Key(keymap.InHandover, keymap.CloseDialog, "esc", "close", "esc", "q").Hinted("*"),
		keymap.Key(keymap.InHandover, keymap.MoveDown, "j ↓", "down", "j", "down"),
		keymap.Key(keymap.InHandover, keymap.MoveUp, "k ↑", "up", "k", "up"),
		keymap.Key(keymap.InHandover, keymap.HalfDown, "ctrl-d", "half a page down", "ctrl+d", "pgdown", "space"),
		keymap.Key(keymap.InHandover, keymap.HalfUp, "ctrl-u", "half a page up", "ctrl+u", "pgup"),
		keymap.Key(keymap.InHandover, keymap.GoTop, "g", "first", "g", "home"),
		keymap.Key(keymap.InHandover, keymap.GoBottom, "G", "last", "G", "end"),
		keymap.Key(keymap.InHandover, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),

		keymap.Key(keymap.InHandoverText, keymap.NewLine, "enter", "new line", "enter", "ctrl+j").Hinted("*"),
		keymap.Key(keymap.InHandoverText, keymap.InEditor, "ctrl-e", "in your editor", "ctrl+e").Hinted("*").Unless(m.whyNoEditor),
		keymap.Key(keymap.InHandoverText, keymap.CloseDialog, "esc", "done; what you wrote is kept", "esc").Hinted("*|done"),
		keymap.Key(keymap.InHandoverText, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),

		keymap.Key(keymap.InHandoverName, keymap.Confirm, "enter", "write", "enter").Hinted("*"),
		keymap.Key(keymap.InHandoverName, keymap.CloseDialog, "esc", "back", "esc").Hinted("*"),
		keymap.Key(keymap.InHandoverName, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),
	}
}

// escalationName is where escalate goes, in people's words.
func escalationName(s respond.Settings) string {
	if s.Role == respond.FirstLine {
		return "the owner"
	}
	if s.FirstLineName != "" {
		return cleanName(s.FirstLineName)
	}
	return "first line"
}
