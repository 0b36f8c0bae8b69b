package dialog

import (
	"slices"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/ui/keymap"
)

// actionOf are the actions that commands prepare.
var actionOf = map[keymap.Command]respond.Action{
	keymap.Acknowledge: respond.Acknowledge, keymap.Escalate: respond.Escalate, keymap.HandOff: respond.HandOff, keymap.AddNote: respond.AddNote,
	keymap.NextLevel: respond.NextLevel, keymap.ResolveGroup: respond.Resolve, keymap.SnoozeGroup: respond.Snooze, keymap.SilenceGroup: respond.Silence,
	keymap.MergeGroup: respond.Merge, keymap.ChangeUrgency: respond.SetUrgency, keymap.ChangePriority: respond.SetPriority,
	keymap.AskResponders: respond.HandOff, keymap.ExtendSilence: respond.ExtendSilence, keymap.ExpireSilence: respond.ExpireSilence,
}

// Table is the keys that prepare an action.
func (a *Actions) Table() keymap.Table {
	const at = keymap.InNormal
	return keymap.Table{
		keymap.Key(at, keymap.Acknowledge, "a", "acknowledge", "a").In(keymap.GroupAct).Hinted("ack").Unless(a.whyNotAct),
		keymap.Key(at, keymap.Escalate, "e", "escalate to "+EscalationName(a.options.Respond), "e").In(keymap.GroupAct).Hinted("*|escalate").Unless(a.whyNotAct),
		keymap.Key(at, keymap.HandOff, "h", "hand off", "h").In(keymap.GroupAct).Hinted("*").Unless(a.whyNotAct),
		keymap.Key(at, keymap.AddNote, "n", "note", "n").In(keymap.GroupAct).Hinted("*").Unless(a.whyNotAct),
		keymap.Key(at, keymap.NextLevel, "E", "escalate to the next level", "E").In(keymap.GroupAct).Unless(a.whyNotAct),
		keymap.Key(at, keymap.ResolveGroup, "r", "resolve", "r").In(keymap.GroupAct).Unless(a.whyNotAct),
		keymap.Key(at, keymap.SnoozeGroup, "z", "snooze", "z").In(keymap.GroupAct).Unless(a.whyNotAct),
		keymap.Key(at, keymap.SilenceGroup, "s", "silence in Alertmanager", "s").In(keymap.GroupAct).Unless(a.whyNotAct),
		keymap.Key(at, keymap.UndoLast, "u", "undo", "u").In(keymap.GroupAct).Unless(a.WhyNotUndo),
		keymap.Key(at, keymap.ExtendSilence, ":", "extend a silence").In(keymap.GroupAct).Unless(a.whyNoSilence),
		keymap.Key(at, keymap.ExpireSilence, ":", "end a silence").In(keymap.GroupAct).Unless(a.whyNoSilence),
		keymap.Key(at, keymap.AskResponders, ":", "ask others to join").In(keymap.GroupAct).Unless(a.whyNotAct),
		keymap.Key(at, keymap.MergeGroup, ":", "merge into another incident").In(keymap.GroupAct).Unless(a.whyNotAct),
		keymap.Key(at, keymap.ChangeUrgency, ":", "change the urgency").In(keymap.GroupAct).Unless(a.whyNotAct),
		keymap.Key(at, keymap.ChangePriority, ":", "change the priority").In(keymap.GroupAct).Unless(a.whyNotAct),
	}
}

// Do prepares the action that a command asks for; it reports whether it asks for
// one.
func (a *Actions) Do(c keymap.Command) bool {
	action, is := actionOf[c]
	switch {
	case c == keymap.UndoLast:
		a.OpenUndo()
		return true
	case !is:
		return false
	}
	a.OpenOn(action)
	if c == keymap.AskResponders && a.Dialog != nil {
		a.Dialog.responders = true
	}
	return true
}

// whyNotAct says why no action can be prepared; empty when one can.
func (a *Actions) whyNotAct() string {
	switch {
	case a.options.Respond.ReadOnly:
		return "firstline runs read-only"
	case a.options.Doer == nil:
		return "no source that can be acted upon is configured"
	}
	return a.options.WhyNoTarget()
}

func (a *Actions) whyNoSilence() string {
	if why := a.whyNotAct(); why != "" {
		return why
	}
	if slices.ContainsFunc(a.options.Targets(), func(g triage.Group) bool { return len(g.Silences) > 0 }) {
		return ""
	}
	return "no silence covers this"
}
