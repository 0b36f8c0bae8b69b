// Package respond is where a responder's decision becomes writes to PagerDuty
// or Alertmanager: plan -> preview -> do -> verify. NewPlan says, without
// asking anyone, what will be sent and who will be woken by it; Doer looks
// again just before it sends, sends once, and reads back what came of it.
//
// A wrong page wakes a person. So nothing here guesses a target, repeats a
// write whose answer was lost, or pages somebody the preview did not name.
package respond

import (
	"fmt"
	"strings"

	"firstline/internal/triage"
)

// Action is what a responder does to groups.
type Action string

// The actions.
const (
	Acknowledge Action = "ack"
	Escalate    Action = "escalate"
	HandOff     Action = "handoff"
	AddNote     Action = "note"
)

// Words is the action as a person says it: "acknowledge", "hand off".
func (a Action) Words() string {
	switch a {
	case Acknowledge:
		return "acknowledge"
	case HandOff:
		return "hand off"
	case AddNote:
		return "add a note"
	default:
		return string(a)
	}
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

// Settings is what configuration tells about acting.
type Settings struct {
	Role Role
	// Email is whom actions are taken as.
	Email string
	// FirstLineName is what people call the first line; FirstLinePolicy is
	// the id or name of its escalation policy.
	FirstLineName, FirstLinePolicy string
	// ReadOnly refuses every write.
	ReadOnly bool
	// HasPagerDuty: a PagerDuty account is configured.
	HasPagerDuty bool
	// Silencers are the names of the Alertmanagers that may be silenced.
	Silencers []string
}

// Request is what the responder asked for.
type Request struct {
	Action Action
	Groups []triage.Group
	// Target may be zero: then escalate goes where the role says.
	Target Target
	// Reason is why, in the responder's own words.
	Reason string
	// Tried are the steps that were tried, one line each.
	Tried []string
	// Note, where not empty, takes the place of the text that NewPlan writes.
	// With several groups it takes the place of the part they share.
	Note string
	// Instead is for acknowledging alerts that have no incident.
	Instead Instead
}
