// Package respond plans what a responder decides: NewPlan says, without asking
// anyone, what will be sent to PagerDuty or Alertmanager and who will be notified,
// and Plan.Preview is how a person sees it. Package execute carries plans out.
//
// A wrong plan wakes a person. So nothing here guesses a target.
package respond

import (
	"fmt"
	"strings"
	"time"

	"firstline/internal/rollout"
	"firstline/internal/triage"
	"firstline/internal/weekhours"
	"firstline/sources"
)

// Action is what a responder does to groups.
type Action string

// The actions.
const (
	Acknowledge Action = "ack"
	Escalate    Action = "escalate"
	HandOff     Action = "handoff"
	AddNote     Action = "note"
	// NextLevel is PagerDuty's own next level of the policy an incident is on.
	NextLevel Action = "next-level"
	Resolve   Action = "resolve"
	// Snooze extends acknowledgements until a time.
	Snooze Action = "snooze"
	// Merge moves the alerts of incidents into another and resolves them.
	Merge       Action = "merge"
	SetUrgency  Action = "urgency"
	SetPriority Action = "priority"
	// Silence makes a silence in Alertmanager; the two others change those
	// that are there.
	Silence       Action = "silence"
	ExtendSilence Action = "extend-silence"
	ExpireSilence Action = "expire-silence"
	// Undo takes back another action; UndoOf plans it.
	Undo Action = "undo"
)

// Actions are all actions that can be asked for by themselves, in the order in
// which help lists them.
func Actions() []Action {
	return []Action{
		Acknowledge, Escalate, NextLevel, HandOff, AddNote, Resolve, Snooze, Merge,
		SetUrgency, SetPriority, Silence, ExtendSilence, ExpireSilence,
	}
}

// Words is the action as a person says it: "acknowledge", "hand off".
func (a Action) Words() string {
	switch a {
	case Acknowledge:
		return "acknowledge"
	case HandOff:
		return "hand off"
	case AddNote:
		return "add a note"
	case NextLevel:
		return "escalate to the next level"
	case SetUrgency:
		return "change the urgency"
	case SetPriority:
		return "change the priority"
	case ExtendSilence:
		return "extend a silence"
	case ExpireSilence:
		return "end a silence"
	default:
		return string(a)
	}
}

// On is the action on something, as a person says it: "escalate #12 Disk full to
// the next level", "change the urgency of #12 Disk full".
func (a Action) On(what string) string {
	switch a {
	case NextLevel:
		return "escalate " + what + " to the next level"
	case AddNote:
		return "add a note to " + what
	case SetUrgency, SetPriority, ExtendSilence, ExpireSilence:
		return a.Words() + " of " + what
	}
	return a.Words() + " " + what
}

// verb is the action as it follows what it is done to: "nothing to escalate".
func (a Action) verb() string {
	switch a {
	case NextLevel:
		return "escalate"
	case AddNote:
		return "note"
	case SetUrgency, SetPriority:
		return "change"
	case ExtendSilence:
		return "extend"
	case ExpireSilence:
		return "end"
	}
	return a.Words()
}

// Past is the action as done: "handed off".
func (a Action) Past() string {
	switch a {
	case Acknowledge:
		return "acknowledged"
	case Escalate, NextLevel:
		return "escalated"
	case HandOff:
		return "handed off"
	case Resolve:
		return "resolved"
	case Snooze:
		return "snoozed"
	case Merge:
		return "merged"
	case SetUrgency, SetPriority:
		return "changed"
	case Undo:
		return "undone"
	}
	return "done"
}

// Passes reports whether the action brings in somebody else, who has to know what
// was tried.
func (a Action) Passes() bool { return a == Escalate || a == NextLevel || a == HandOff }

// Relieves reports whether the action leaves a group that needs nobody at the
// screen for now: others have it, or it is taken or quiet.
func (a Action) Relieves() bool {
	switch a {
	case Acknowledge, Escalate, NextLevel, HandOff, Resolve, Snooze, Merge, Silence:
		return true
	}
	return false
}

// OnIncidents reports whether the action changes incidents, so that it can be
// done to all that were opened for the same alerts.
func (a Action) OnIncidents() bool {
	switch a {
	case Silence, ExtendSilence, ExpireSilence, Undo:
		return false
	}
	return true
}

// Role is which kind of responder is at the screen; it decides where escalate
// goes when no target is named.
type Role string

// The roles.
const (
	// Developer is on call for what they built and escalates to first line.
	Developer Role = "developer"
	// FirstLine tries the runbook first and escalates to the owner.
	FirstLine Role = "first-line"
)

// ParseRole reads a role as configuration writes it; empty is Developer.
func ParseRole(s string) (Role, error) {
	switch r := Role(s); r {
	case "":
		return Developer, nil
	case Developer, FirstLine:
		return r, nil
	}
	return "", fmt.Errorf("%q is no role: use %q or %q", s, Developer, FirstLine)
}

// Instead is what acknowledging means for alerts that have no incident.
type Instead string

// The ways to acknowledge alerts without an incident.
const (
	// ChooseLater: none was chosen; the plan lists the choices.
	ChooseLater Instead = ""
	// BySilence is a short silence in Alertmanager whose comment begins with
	// "ACK!", as karma and kthxbye do it.
	BySilence Instead = "silence"
	// ByIncident opens an incident on the owner's service, assigned to
	// oneself, and acknowledges it.
	ByIncident Instead = "incident"
)

// ParseInstead reads a choice as the command line writes it.
func ParseInstead(s string) (Instead, error) {
	switch i := Instead(strings.ToLower(s)); i {
	case ChooseLater, BySilence, ByIncident:
		return i, nil
	}
	return "", fmt.Errorf("%q can't be done instead: use %q or %q", s, BySilence, ByIncident)
}

// Settings are the settings for actions.
type Settings struct {
	Role Role
	// Email is whom actions are taken as. Emails are those that differ in accounts,
	// by the name of the account.
	Email  string
	Emails map[string]string
	// FirstLineName is what people call the first line; FirstLinePolicy is
	// the id or name of its escalation policy.
	FirstLineName, FirstLinePolicy string
	// FirstLineService is the id or name of first line's own PagerDuty
	// service; empty: the only one with its policy.
	FirstLineService string
	// ReadOnly refuses every write.
	ReadOnly bool
	// HasPagerDuty: a PagerDuty account is configured.
	HasPagerDuty bool
	// Silencers are the names of the Alertmanagers that may be silenced.
	Silencers []string
	// Triage are the options of the join, with the labels that name a service
	// and those that differ between replicas.
	Triage triage.Options
	// Services is what is configured of services, by their names.
	Services map[string]ServiceSettings
}

// ServiceSettings are the settings of a [[service]] for actions on its groups.
type ServiceSettings struct {
	// PagerDuty is the id or name of its PagerDuty service; empty: the one of
	// the same name.
	PagerDuty string
	// Move: an escalation moves the incident to a service of its target too.
	Move bool
	// Hours are when its developers may be woken; zero: at any time.
	Hours weekhours.Hours
	// Outside is what holds outside the Hours.
	Outside Outside
	// Stage is how far its rollout is; empty: rollout.Full.
	Stage rollout.Stage
}

// Outside is who is woken for a service outside its developers' hours.
type Outside string

// What can hold outside the hours.
const (
	// OutsideFirstLine: first line takes it; waking a developer is asked once
	// more.
	OutsideFirstLine Outside = "first-line"
	// OutsideHighUrgency: developers are woken for high urgency alone.
	OutsideHighUrgency Outside = "high-urgency"
	// OutsideAlways: developers are woken; the preview only shows the hours.
	OutsideAlways Outside = "always"
)

// ParseOutside reads what configuration writes; empty is OutsideFirstLine.
func ParseOutside(s string) (Outside, error) {
	switch o := Outside(s); o {
	case "":
		return OutsideFirstLine, nil
	case OutsideFirstLine, OutsideHighUrgency, OutsideAlways:
		return o, nil
	}
	return "", fmt.Errorf("%q says not who is woken outside the hours: use %q, %q or %q", s, OutsideFirstLine, OutsideHighUrgency, OutsideAlways)
}

// Request is what the responder asked for.
type Request struct {
	Action Action
	Groups []triage.Group
	// Target may be zero: then escalate goes where the role says.
	Target Target
	// Reason is why, in the responder's own words.
	Reason string
	// Tried are the steps that were tried for each group, by its ID, one line
	// each; see record.TriedStep.Line.
	Tried map[string][]string
	// Note, where not empty, takes the place of the text that NewPlan writes.
	// With several groups it takes the place of the part they share.
	Note string
	// Instead is for acknowledging alerts that have no incident.
	Instead Instead
	// Until is when a snooze or a silence ends; see ParseUntil.
	Until time.Time
	// Into is the id of the incident that others are merged into; IntoIncident is
	// that incident, where it is not among the open ones.
	Into         string
	IntoIncident *sources.Incident
	// Urgency is "high" or "low".
	Urgency string
	// PriorityID is one of Data.Priorities, by its id or name.
	PriorityID string
	// Matchers are what a silence matches; empty: the groups' alerts and no
	// other that fires now.
	Matchers []sources.Matcher
	// SilenceID is the silence to extend or to end. Empty means all that mute
	// the groups.
	SilenceID string
	// Responders makes a hand-off ask its target to join, and takes the
	// incident from nobody.
	Responders bool
	// Confirmed: the responder was asked once more, with Plan.Confirm on the
	// screen, and said yes.
	Confirmed bool
	// Anyway sends even if it is unknown whether an earlier try was carried
	// out.
	Anyway bool
	// Facts are what was read for this request; see ReadFacts.
	Facts Facts
}
