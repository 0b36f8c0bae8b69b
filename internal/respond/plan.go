package respond

import (
	"slices"
	"time"

	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/sources"
)

// Plan is what will be sent, to whom, and what it still needs. It is made of
// what was known at Made; Doer looks again before it sends.
type Plan struct {
	Action Action `json:"action"`
	Target Target `json:"target,omitzero"`
	// Account is the PagerDuty account that it is sent to, where there are several.
	Account string    `json:"account,omitempty"`
	Made    time.Time `json:"made"`
	// Items are the groups, in the order they were asked for.
	Items []Item `json:"items"`
	// Pages are the people that will be or may be woken, the soonest first.
	Recipients []Recipient `json:"pages,omitempty"`
	// Follows are sentences on who follows when nobody answers, as far as Pages
	// does not have it: how a policy begins again, that nobody follows, and
	// what is unknown. Offers are sentences on what can be done about it.
	Follows []string `json:"follows,omitempty"`
	Offers  []string `json:"offers,omitempty"`
	// Note is what goes along; with several groups, the part they share.
	Note     string   `json:"note,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	// Refused says why nothing at all will be sent; empty when something may.
	Refused string `json:"refused,omitempty"`
	// Choices are what the responder has to choose from (Request.Instead)
	// before the items with NeedsChoice can be done.
	Choices []Choice `json:"choices,omitempty"`
	// Confirm are sentences that need one more confirmation, such as that it
	// wakes a developer outside their hours. A plan that has any is only
	// carried out when it was made again with Request.Confirmed, which
	// Confirmed shows.
	Confirm   []string `json:"confirm,omitempty"`
	Confirmed bool     `json:"confirmed,omitempty"`
	// Anyway sends it even if it is unknown whether an earlier try was carried
	// out.
	Anyway bool `json:"anyway,omitempty"`
	// Until is when a snooze or a silence ends; zero for other actions.
	Until time.Time `json:"until,omitzero"`
	// Summary is the context as text to copy, also where nothing can be sent.
	Summary string `json:"summary,omitempty"`
	// Triage are the options of the join.
	Triage triage.Options `json:"-"`
	// join, into, urgency and priority are those of the request: what its
	// attempts are about, whatever is so by the time of another try.
	join                    bool
	into, urgency, priority string
	// Me is whom it is done as; the ID is empty where that is not known.
	Me sources.Reference `json:"-"`
	// By is Me for people: a name or an email.
	By string `json:"by,omitempty"`
}

// Choice is one way to acknowledge alerts that have no incident.
type Choice struct {
	Instead Instead `json:"instead"`
	// Sentence says what would be done.
	Sentence string `json:"sentence"`
	// Refused says why it can't be chosen; empty when it can.
	Refused string `json:"refused,omitempty"`
}

// Item is what happens to one group.
type Item struct {
	Group triage.Group `json:"-"`
	ID    string       `json:"id"`
	Title string       `json:"title"`
	// Attempt is the id of the attempt, from when it is confirmed on.
	Attempt string `json:"attempt,omitempty"`
	// Steps are what is sent, in this order; empty when nothing is.
	Steps []Step `json:"steps,omitempty"`
	// Refused says why nothing is sent for this group.
	Refused string `json:"refused,omitempty"`
	// Already: there is nothing left to do; Sentence says who did it.
	Already bool `json:"already,omitempty"`
	// So says what is so already, where the responder's words are sent as a note
	// and nothing else is left to do.
	So string `json:"so,omitempty"`
	// NeedsChoice: see Plan.Choices.
	NeedsChoice bool `json:"needs_choice,omitempty"`
	// Sentence says what will be done, or what is already so.
	Sentence string `json:"sentence,omitempty"`
	// Escalation is who is notified and who follows; nil where nobody is.
	// Follows and Offers are the sentences of this group; see Plan.
	Escalation *escalation.Forecast `json:"escalation,omitempty"`
	Follows    []string             `json:"follows,omitempty"`
	Offers     []string             `json:"offers,omitempty"`
	// Target is Plan.Target made exact for this group.
	Target   Target   `json:"target,omitzero"`
	Warnings []string `json:"warnings,omitempty"`
	// OwnNote: the note is the responder's own words. Where what follows it
	// does not come about it is corrected.
	OwnNote bool `json:"-"`
	// Before is until when it may be sent, where it wakes developers in their hours;
	// zero: at any time. See Late.
	Before time.Time `json:"-"`
}

// Sends reports whether anything is sent for this group.
func (i Item) Sends() bool {
	return i.Refused == "" && !i.Already && !i.NeedsChoice && len(i.Steps) > 0
}

// StepKind is the kind of one write.
type StepKind string

// The kinds of write.
const (
	StepAcknowledge StepKind = "acknowledge"
	StepNote        StepKind = "note"
	StepPolicy      StepKind = "policy"
	StepAssign      StepKind = "assign"
	StepOpen        StepKind = "open"
	StepSilence     StepKind = "silence"
	StepLevel       StepKind = "level"
	StepMove        StepKind = "move"
	StepResponders  StepKind = "responders"
	StepResolve     StepKind = "resolve"
	StepSnooze      StepKind = "snooze"
	StepMerge       StepKind = "merge"
	StepUrgency     StepKind = "urgency"
	StepPriority    StepKind = "priority"
	StepExtend      StepKind = "extend-silence"
	StepExpire      StepKind = "expire-silence"
	// StepCorrect says in a note that its action did not happen.
	StepCorrect StepKind = "correct-note"
)

// OfSilence reports whether the write goes to an Alertmanager.
func (k StepKind) OfSilence() bool { return k == StepSilence || k == StepExtend || k == StepExpire }

// Step is one write.
type Step struct {
	Kind StepKind `json:"kind"`
	// Sentence is for the preview.
	Sentence string `json:"sentence"`
	// IncidentID is what is written to; empty after a StepOpen, whose
	// incident it then is.
	IncidentID string `json:"incident_id,omitempty"`
	// Note is the text of a StepNote. Posted is the attempt that posted it, where
	// it is on the incident already: then it is not posted again.
	Note   string `json:"note,omitempty"`
	Posted string `json:"posted,omitempty"`
	// PolicyID is what a StepPolicy sets and a StepOpen pages through.
	PolicyID   string `json:"policy_id,omitempty"`
	PolicyName string `json:"policy_name,omitempty"`
	// ServiceID is where a StepMove moves the incident.
	ServiceID   string `json:"service_id,omitempty"`
	ServiceName string `json:"service_name,omitempty"`
	// Level is what a StepLevel escalates to, From where it was before;
	// 1-based.
	Level int `json:"level,omitempty"`
	From  int `json:"from,omitempty"`
	// begins is the first level with anybody on call of a policy that the write
	// starts, whatever a later write escalates to; 0 where that is not known.
	begins int
	// Resolution is the reason of a StepResolve, Until the end of a
	// StepSnooze, Into the incident of a StepMerge, Urgency and PriorityID
	// what the steps of these names set.
	Resolution   string    `json:"resolution,omitempty"`
	Until        time.Time `json:"until,omitzero"`
	Into         string    `json:"into,omitempty"`
	Urgency      string    `json:"urgency,omitempty"`
	PriorityID   string    `json:"priority_id,omitempty"`
	PriorityName string    `json:"priority_name,omitempty"`
	// UserID is whom a StepAssign and a StepOpen assign to.
	// UserIDs are those of a StepAssign to several people; then UserID is one
	// of them, and UserName names all.
	UserID   string   `json:"user_id,omitempty"`
	UserName string   `json:"user_name,omitempty"`
	UserIDs  []string `json:"user_ids,omitempty"`
	// Pages are the ids of all users whom this write pages at once.
	Recipients []string `json:"pages,omitempty"`
	// Open is what a StepOpen opens. Silence is what a StepSilence makes, and
	// what a StepExtend and a StepExpire change as it was.
	Open    *sources.NewIncident `json:"open,omitempty"`
	Silence *sources.Silence     `json:"silence,omitempty"`
	// Chosen: the matchers of the silence are the responder's own, and not
	// those of the alerts of the group.
	Chosen bool `json:"chosen,omitempty"`
	// Matches are the alerts that the silence matches, one line each. Later
	// says what else it would match that does not fire now.
	Matches []string `json:"matches,omitempty"`
	Later   string   `json:"later,omitempty"`
	// MatchesUnknown is why it may match other alerts now than Matches; empty
	// where it does not.
	MatchesUnknown string `json:"matches_unknown,omitempty"`
	// Members are the other Alertmanagers of the cluster that Silence.Source is
	// in, which share its silences: the next one serves where it fails.
	Members []string `json:"members,omitempty"`
}

// Recipient is a person who will be or may be woken.
type Recipient struct {
	UserID string `json:"user_id"`
	Name   string `json:"name"`
	Email  string `json:"email,omitempty"`
	// Policy and Level are where they are on call; empty and 0 for somebody
	// who is assigned by name.
	Policy string `json:"policy,omitempty"`
	Level  int    `json:"level,omitempty"`
	// Via is the schedule, or "directly".
	Via string `json:"via"`
	// At is when they are paged, or zero when unknown. Now means at once,
	// otherwise only if nobody answered by then.
	At  time.Time `json:"at,omitzero"`
	Now bool      `json:"now"`
	// Local is At in their own time zone, whose name Zone is; where the zone
	// is not known Zone is empty and Local is UTC.
	Local time.Time `json:"local"`
	Zone  string    `json:"zone,omitempty"`
	// Night: between 22:00 and 07:00 for them. Weekend: Saturday or Sunday.
	Night   bool `json:"night"`
	Weekend bool `json:"weekend"`
	// OnCall: they are on call for something; Until when, zero: no end.
	OnCall bool `json:"on_call"`
	// OnCallUnknown: not all on-calls were read, so OnCall may be false for
	// one who is.
	OnCallUnknown bool      `json:"on_call_unknown,omitempty"`
	Until         time.Time `json:"until,omitzero"`
	// Share is how many of the Of people at this level are notified, where that
	// may not be all.
	Share escalation.Share `json:"share,omitempty"`
	Of    int              `json:"of,omitempty"`
	// Urgency is the urgency of the notification rules that PagerDuty uses, or
	// empty when unknown. Notified says whether they have any, After how long
	// after At the first one notifies them.
	Urgency  string              `json:"urgency,omitempty"`
	Notified escalation.Notified `json:"notified,omitempty"`
	After    time.Duration       `json:"-"`
	// Me: it is the person who acts.
	Me bool `json:"me,omitempty"`
	// Items are the indices in Plan.Items of the groups that they are notified
	// for.
	Items []int `json:"-"`
}

// Relieves reports whether the plan leaves groups that need nobody at the screen for
// now, which one that is passed on to the person who acts does not.
func (p Plan) Relieves() bool {
	return p.Action.Relieves() && !(p.Action.Passes() && slices.ContainsFunc(p.Recipients, func(r Recipient) bool { return r.Now && r.Me }))
}

// Ready reports whether doing the plan would send anything, and nothing is
// left to choose. It does not mind Confirm.
func (p Plan) Ready() bool {
	if p.Refused != "" || len(p.Choices) > 0 {
		return false
	}
	for _, i := range p.Items {
		if i.Sends() {
			return true
		}
	}
	return false
}

// Assignees are the users of a StepAssign, sorted.
func (s Step) Assignees() []string {
	if len(s.UserIDs) > 0 {
		return s.UserIDs
	}
	return []string{s.UserID}
}
