package dialog

import (
	"cmp"
	"slices"

	"firstline/internal/clean"
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
	act := func(c keymap.Command, description string) keymap.Entry {
		e := keymap.Key(at, c, description).In(keymap.GroupAct).Unless(a.whyNotAct)
		return e.Vain(func() string { return a.whyVain(actionOf[c]) })
	}
	return keymap.Table{
		act(keymap.Acknowledge, "acknowledge").Hinted("ack"),
		act(keymap.Escalate, "escalate").Hinted("*|escalate").
			Saying(func() string { return "escalate to " + a.options.escalationTo(a.options.Targets()) }),
		act(keymap.HandOff, "hand off").Hinted("*"),
		act(keymap.AddNote, "note").Hinted("*"),
		act(keymap.NextLevel, "escalate to the next level"),
		act(keymap.ResolveGroup, "resolve"),
		act(keymap.SnoozeGroup, "snooze"),
		act(keymap.SilenceGroup, "silence in Alertmanager"),
		keymap.Key(at, keymap.UndoLast, "undo").In(keymap.GroupAct).Unless(a.WhyNotUndo),
		act(keymap.ExtendSilence, "extend a silence").Unless(a.whyNoSilence),
		act(keymap.ExpireSilence, "end a silence").Unless(a.whyNoSilence),
		act(keymap.AskResponders, "ask others to join"),
		act(keymap.MergeGroup, "merge into another incident"),
		act(keymap.ChangeUrgency, "change the urgency"),
		act(keymap.ChangePriority, "change the priority"),
	}
}

// mostVain is for how many groups it is found out whether an action is in vain,
// for the line of keys.
const mostVain = 50

// whyVain says why nothing would come of an action on the groups that it would be
// about; empty where something may.
func (a *Actions) whyVain(action respond.Action) string {
	groups := a.options.Targets()
	if len(groups) > mostVain {
		return ""
	}
	s := a.options.Respond
	return respond.WhyNever(respond.Request{Action: action, Groups: groups}, respond.Data{Settings: s, PagerDuty: s.HasPagerDuty, Now: a.Now})
}

// escalationTo is where escalate goes for groups, in people's words.
func (o Options) escalationTo(groups []triage.Group) string {
	if o.Respond.Role != respond.FirstLine {
		return cmp.Or(clean.Line(o.Respond.FirstLineName), "first line")
	}
	owner := ""
	for _, g := range groups {
		name := o.policyName(g.OwnerPolicyID)
		if name == "" || owner != "" && owner != name {
			return "the owner"
		}
		owner = name
	}
	if owner == "" {
		return "the owner"
	}
	return "the owner (" + owner + ")"
}

// policyName is the name of an escalation policy, as the sources say; empty where
// they do not.
func (o Options) policyName(id string) string {
	if id == "" {
		return ""
	}
	for _, s := range o.Snapshots() {
		for _, p := range s.Data.Policies {
			if p.ID == id {
				return clean.Line(p.Name)
			}
		}
	}
	return ""
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
