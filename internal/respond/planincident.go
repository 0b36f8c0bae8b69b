package respond

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/naming"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// longestSnooze is PagerDuty's.
const longestSnooze = 7 * 24 * time.Hour

// openIncident is the incident of a group that something can be done to; else
// the item says why not.
func (b *planner) openIncident(item *Item) (sources.Incident, bool) {
	if item.Group.Incident == nil {
		item.Refused = noIncident(item.Group, " to "+b.r.Action.verb()) + map[Action]string{
			NextLevel: ", and without one it is on no level: escalate it to first line or to the owner, which opens one.",
			Resolve:   ": an alert ends when what is wrong is mended.",
			Snooze:    ": silence the alerts.",
		}[b.r.Action]
		if !strings.HasSuffix(item.Refused, ".") {
			item.Refused += "."
		}
		return sources.Incident{}, false
	}
	i := *item.Group.Incident
	if i.Status == sources.Resolved {
		item.Already = true
		item.Sentence = ResolvedAlready(i, b.r.Action, b.w.whoOf, b.w.Now)
		return i, false
	}
	return i, true
}

// noIncident begins a sentence about a group without an incident: that there is
// none, or that this is unknown. to is what the incident is for.
func noIncident(g triage.Group, to string) string {
	if g.NotifiedUnknown.ToShow() {
		return fmt.Sprintf("Whether there is an incident%s is unknown, because %s", to, clean.Line(g.NotifiedUnknown.Because()))
	}
	return "There is no incident" + to
}

// ResolvedAlready says who was faster.
func ResolvedAlready(i sources.Incident, a Action, who func(sources.Reference) string, now time.Time) string {
	sentence := "Already resolved" + describe.ByWhen(i.ChangedBy, i.ChangedAt, who, now)
	if a == Acknowledge || a == Resolve || a == Silence || a == ExtendSilence || a == ExpireSilence {
		return sentence + "."
	}
	return sentence + ": nothing to " + a.verb() + "."
}

// warnOfHolders warns that somebody else may be working on an incident.
func (b *planner) warnOfHolders(item *Item) {
	i := *item.Group.Incident
	for _, a := range i.Acknowledgers {
		if i.Status == sources.Acknowledged && !b.w.isMe(a.User) {
			item.Warnings = append(item.Warnings, fmt.Sprintf("%s acknowledged %s %s and may be working on it.",
				describe.Name(a.User), describe.Incident(i), describe.Ago(a.At, b.w.Now)))
		}
	}
}

// noteStep is the write of the note that goes along.
func (b *planner) noteStep(g triage.Group) Step {
	return Step{Kind: StepNote, Sentence: "add the note", IncidentID: g.Incident.ID, Note: b.note(g)}
}

// afterNote makes a write follow the note of an item. does says what it does.
func (b *planner) afterNote(item *Item, write Step, does string) {
	note := b.noteStep(item.Group)
	item.Sentence = fmt.Sprintf("Puts the note on %s, then %s.", describe.Incident(*item.Group.Incident), does)
	if posted, ok := FindPosted(b.r.Facts.Notes, note); ok && !item.OwnNote {
		note.Posted, note.Sentence = posted.Attempt, "the note is on the incident already"
		item.Sentence = fmt.Sprintf("The note is on %s already, since %s: it is not added again. %s.",
			describe.Incident(*item.Group.Incident), wallclock.Of(b.w.Now).Second(posted.At), wording.Sentence(does))
	}
	item.Steps = []Step{note, write}
}

// resolve closes an incident. The reason is PagerDuty's resolution, which it
// shows as a note.
func (b *planner) resolve(item *Item) {
	i, ok := b.openIncident(item)
	if !ok {
		return
	}
	item.Steps = []Step{{
		Kind: StepResolve, Sentence: "resolve it", IncidentID: i.ID, Resolution: b.resolution(),
	}}
	item.Sentence = "Resolves " + describe.Incident(i) + "."
	if n := item.Group.Firing(); n > 0 && !item.Group.NoLongerFiring() {
		item.Warnings = append(item.Warnings, fmt.Sprintf("%s of %s still %s: Alertmanager will notify again.",
			wording.Count(n, "alert"), describe.Incident(i), map[bool]string{true: "fires", false: "fire"}[n == 1]))
	}
	b.warnOfHolders(item)
}

// resolution is the reason of a resolve with what was tried.
func (b *planner) resolution() string {
	if own := strings.TrimSpace(clean.Text(b.r.Note)); own != "" {
		return own
	}
	if !b.says() {
		return ""
	}
	return b.head
}

// snooze extends an incident's acknowledgement until a time, when it triggers
// again.
func (b *planner) snooze(item *Item) {
	i, ok := b.openIncident(item)
	if !ok {
		return
	}
	item.Steps = []Step{{
		Kind: StepSnooze, Sentence: "snooze it until " + b.localClock(b.r.Until), IncidentID: i.ID, Until: b.r.Until,
	}}
	item.Sentence = fmt.Sprintf("Snoozes %s until %s; then it is triggered again, which notifies whoever has it.", describe.Incident(i), b.localClock(b.r.Until))
	if b.says() {
		b.addsNote(item)
	}
	b.warnOfHolders(item)
}

// localClock is a time as the person who acts reads it, in the zone in which they
// chose an end.
func (b *planner) localClock(t time.Time) string {
	return describe.WallClock(t, cmp.Or(b.r.Until, b.w.Now))
}

// checkUntil refuses an end that can't be.
func (b *planner) checkUntil() string { return b.r.WhyNotUntil(b.w.Now) }

// WhyNotUntil says why the request can't end when it is to; empty when it can.
func (r Request) WhyNotUntil(now time.Time) string {
	switch {
	case r.Until.IsZero():
		return "Until when is not said: choose an end."
	case !r.Until.After(now):
		return "The end is past: choose a later one."
	case r.Action == Snooze && r.Until.Sub(now) > longestSnooze:
		return "PagerDuty snoozes for at most 7 days: choose an earlier end."
	}
	return ""
}

// merge moves the alerts of an incident into another and resolves it.
func (b *planner) merge(item *Item) {
	i, ok := b.openIncident(item)
	if !ok {
		return
	}
	into, ok := b.into()
	switch {
	case !ok && into.Status == sources.Resolved:
		item.Refused = fmt.Sprintf("%s, which it was to be merged into, is already resolved%s: choose another.",
			describe.Incident(into), describe.ByWhen(into.ChangedBy, into.ChangedAt, b.w.whoOf, b.w.Now))
		return
	case !ok:
		item.Refused = "The incident to merge into is not among the open ones: choose another."
		return
	case into.Source != i.Source:
		item.Refused = fmt.Sprintf("%s is in another PagerDuty account, %s: choose one in %s.", describe.Incident(into), clean.Line(into.Source), clean.Line(i.Source))
		return
	case into.ID == i.ID:
		item.Already, item.Sentence = true, "The others are merged into this one."
		return
	}
	item.Steps = []Step{{Kind: StepMerge, Sentence: "merge it into " + describe.Incident(into), IncidentID: i.ID, Into: into.ID}}
	item.Sentence = fmt.Sprintf("Merges %s into %s, which keeps its alerts and its assignees. It can't be undone.", describe.Incident(i), describe.Incident(into))
	if into.Service.ID != i.Service.ID {
		item.Warnings = append(item.Warnings, fmt.Sprintf("%s is of the service %s, %s of %s.",
			describe.Incident(i), describe.Label(i.Service, "service"), describe.Incident(into), describe.Label(into.Service, "service")))
	}
	if b.says() {
		b.addsNote(item)
	}
	b.warnOfHolders(item)
}

// into is the open incident that others are merged into.
func (b *planner) into() (sources.Incident, bool) {
	for _, g := range b.r.Groups {
		if g.Incident != nil && g.Incident.ID == b.r.Into {
			return *g.Incident, g.Incident.Status != sources.Resolved
		}
	}
	for _, i := range b.w.Incidents {
		if i.ID == b.r.Into {
			return i, i.Status != sources.Resolved
		}
	}
	for _, snap := range b.w.accounts {
		for _, i := range snap.Data.Incidents {
			if i.ID == b.r.Into {
				return i, i.Status != sources.Resolved
			}
		}
	}
	if i := b.r.IntoIncident; i != nil && i.ID == b.r.Into {
		return *i, i.Status != sources.Resolved
	}
	return sources.Incident{}, false
}

// urgency changes the urgency. Making it high pages those who have it as high
// urgency does.
func (b *planner) urgency(item *Item) []Recipient {
	i, ok := b.openIncident(item)
	if !ok {
		return nil
	}
	urgency := strings.ToLower(strings.TrimSpace(b.r.Urgency))
	switch {
	case urgency != "high" && urgency != "low":
		item.Refused = "An urgency is high or low: choose one."
		return nil
	case i.Urgency == urgency:
		item.Already, item.Sentence = true, fmt.Sprintf("The urgency of %s is %s already.", describe.Incident(i), urgency)
		return nil
	}
	step := Step{Kind: StepUrgency, Sentence: "make its urgency " + urgency, IncidentID: i.ID, Urgency: urgency}
	var recipients []Recipient
	if f, raised := b.raised(i, urgency); raised {
		recipients, step.Recipients = b.w.recipientsOf(f), f.Now.IDs()
		b.expect(item, f)
	}
	item.Steps = []Step{step}
	item.Sentence = fmt.Sprintf("Changes the urgency of %s from %s to %s.", describe.Incident(i), cmp.Or(clean.Line(i.Urgency), "none"), urgency)
	if b.says() {
		b.addsNote(item)
	}
	return recipients
}

// raised is what making the urgency high leads to; false where it notifies
// nobody.
func (b *planner) raised(i sources.Incident, urgency string) (escalation.Forecast, bool) {
	if urgency != escalation.High || i.Status != sources.Triggered {
		return escalation.Forecast{}, false
	}
	i.Assignments = slices.Clone(i.Assignments)
	for n := range i.Assignments {
		i.Assignments[n].User = b.w.named(i.Assignments[n].User)
	}
	f := escalation.OfUrgency(i, b.policyOf(i.Policy), b.r.Facts.Logs[i.ID], b.escalationCase(urgency))
	f.Now.Level = 0 // they are notified because they have it
	return f, true
}

// priority gives an incident a priority.
func (b *planner) priority(item *Item) {
	i, ok := b.openIncident(item)
	if !ok {
		return
	}
	p, err := b.w.findPriority(b.r.PriorityID)
	switch {
	case err != nil:
		item.Refused = wording.Sentence(err.Error()) + "."
		return
	case i.Priority != nil && i.Priority.ID == p.ID:
		item.Already, item.Sentence = true, fmt.Sprintf("The priority of %s is %s already.", describe.Incident(i), clean.Line(p.Name))
		return
	}
	before := "none"
	if i.Priority != nil {
		before = clean.Line(i.Priority.Name)
	}
	item.Steps = []Step{{
		Kind: StepPriority, Sentence: "make its priority " + clean.Line(p.Name), IncidentID: i.ID, PriorityID: p.ID, PriorityName: clean.Line(p.Name),
	}}
	item.Sentence = fmt.Sprintf("Changes the priority of %s from %s to %s.", describe.Incident(i), before, clean.Line(p.Name))
	if b.says() {
		b.addsNote(item)
	}
}

func (w Data) findPriority(typed string) (sources.Priority, error) {
	if len(w.Priorities) == 0 && w.Extents.Priorities.Whole() {
		return sources.Priority{}, errors.New("PagerDuty has shown no priorities: the account has none, or this token may not see them")
	}
	return naming.Find("priority", strings.TrimSpace(typed), w.Priorities, w.Extents.Priorities, func(p sources.Priority) []string { return []string{p.ID, p.Name} },
		func(p sources.Priority) string { return p.Name })
}
