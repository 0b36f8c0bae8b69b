package respond

import (
	"fmt"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// giveBack restores an incident's state before a write: the people to whom it
// was assigned directly, else the level of its policy; then its urgency and its
// acknowledgement. Setting a policy starts it at level 1, so a later level
// takes two steps, and each notifies.
func (u *undoer) giveBack(item *Item, before *sources.Incident, s Step, res Result, add func(Step)) {
	if before == nil {
		return
	}
	b := back{undoer: u, item: item, before: *before, did: s, add: add}
	b.now = *before
	if res.Incident != nil {
		b.now = *res.Incident
	}
	item.Target = Target{}
	policy := u.policyOf(before.Policy)
	on := escalation.LevelOf(*before, policy, u.r.Facts.Logs[before.ID], u.w.Now)
	if s.Kind == StepLevel && s.From > 0 {
		on = escalation.On{Level: s.From}
	}
	direct := before.AssignedVia == sources.AssignedDirectly || before.AssignedVia == "" && on.Level == 0 && policy.OnCallsRead.Whole()
	var given bool
	switch {
	case direct && len(before.Assignments) > 0:
		given = b.toPeople()
	case direct && !before.AssigneesRead():
		u.stay("Who had %s before is not known, because %s: hand it off.", b.name(), sources.WhoUnknown)
	case before.Policy.ID == "":
		u.stay("Who had %s before is not known: hand it off.", b.name())
	default:
		given = b.toPolicy(policy, on)
	}
	if given {
		b.statusAndUrgency()
	}
}

// back gives one incident back.
type back struct {
	*undoer
	item *Item
	// before is the incident before the action, now after it; did is what
	// changed it.
	before, now sources.Incident
	did         Step
	add         func(Step)
}

func (b *back) name() string { return describe.Incident(b.before) }

// cannot says why the incident is not given back.
func (b *back) cannot(why string) bool {
	b.stay("%s can't be given back: %s", wording.Sentence(b.name()), why)
	return false
}

// notifies names those whom a step notifies, for its sentence.
func notifies(s escalation.Stage) string { return ", which notifies " + clean.Line(s.Who()) }

// toPeople assigns the incident to all whom it was assigned to.
func (b *back) toPeople() bool {
	var users []sources.Reference
	for _, a := range b.before.Assignments {
		if why := b.cannotHave(a.User.ID); why != "" {
			b.stay("%s", wording.Sentence(why))
			continue
		}
		users = append(users, b.w.named(a.User))
	}
	if len(users) == 0 {
		return b.cannot("nobody who had it can have it.")
	}
	f := escalation.OfPeople(users, b.w.OnCalls, b.escalationCase(b.before.Urgency))
	ids := f.Now.IDs()
	step := Step{
		Kind: StepAssign, IncidentID: b.before.ID, UserID: ids[0], UserName: clean.Line(f.Now.Who()), Recipients: ids,
		Sentence: "assign it to " + clean.Line(f.Now.Who()) + " again",
	}
	if len(ids) > 1 {
		step.UserIDs = ids
	}
	if b.before.AssignedVia == "" {
		b.stay("How %s was assigned is not known: it does not escalate further now.", b.name())
	}
	if b.did.Kind == StepMove {
		b.stay("%s stays on the service %s.", wording.Sentence(b.name()), clean.Line(b.did.ServiceName))
	}
	if b.did.PolicyID != "" && b.did.PolicyID != b.before.Policy.ID {
		b.stay("%s has the escalation policy %s instead of %s, which notifies nobody while it is assigned directly.",
			wording.Sentence(b.name()), clean.Line(b.did.PolicyName), describe.Name(b.before.Policy))
	}
	b.put(step, f)
	b.ends(f)
	return true
}

// toPolicy puts the incident on the level of its policy that it was on.
func (b *back) toPolicy(policy escalation.Policy, on escalation.On) bool {
	c := b.escalationCase(b.before.Urgency)
	last := escalation.OfPolicy(policy, c)
	if b.did.Kind != StepLevel {
		t := Target{Kind: ToPolicy, ID: policy.ID, Name: policy.Name, PolicyID: policy.ID}
		step, refused := b.passStep(t, last)
		if refused != "" {
			return b.cannot(refused)
		}
		step.IncidentID = b.before.ID
		step.Sentence += " again" + notifies(last.Now)
		if b.did.Kind == StepMove && b.before.Service.ID != "" {
			step.Kind, step.ServiceID, step.ServiceName = StepMove, b.before.Service.ID, describe.Name(b.before.Service)
			step.Sentence = fmt.Sprintf("move it back to the service %s and set its escalation policy to %s again%s", step.ServiceName, policy.Name, notifies(last.Now))
		}
		b.put(step, last)
	}
	for _, d := range on.Doubts {
		b.stay("%s", clean.Line(d))
	}
	switch {
	case on.Level == 0:
		b.stay("%s begins at level %d of %s: which level it was on is not known, because %s.",
			wording.Sentence(b.name()), last.Now.Level, policy.Name, clean.Line(on.Missing))
	case b.did.Kind == StepLevel || on.Level != last.Now.Level:
		level := escalation.OfLevel(policy, on.Level, c)
		if level.Now.Level != on.Level || len(level.Now.People) == 0 {
			b.stay("%s was on level %d of %s, where nobody is on call any more as far as it is known.", wording.Sentence(b.name()), on.Level, policy.Name)
			if b.did.Kind == StepLevel {
				return false
			}
			break
		}
		last = level
		b.put(Step{
			Kind: StepLevel, IncidentID: b.before.ID, PolicyID: policy.ID, PolicyName: policy.Name, Level: on.Level, Recipients: last.Now.IDs(),
			Sentence: fmt.Sprintf("escalate it to level %d of %s%s", on.Level, policy.Name, notifies(last.Now)),
		}, last)
	}
	b.others(last.Now)
	if policy.Loops > 0 || !policy.Read {
		b.stay("PagerDuty counts how often %s has begun again for %s. Undo does not restore that count, so it may begin again more or less often than before.", policy.Name, b.name())
	}
	b.ends(last)
	return true
}

// others says who had the incident and does not get it back, because others are
// on call now.
func (b *back) others(s escalation.Stage) {
	var names []string
	for _, a := range b.before.Assignments {
		if !slices.Contains(s.IDs(), a.User.ID) {
			names = append(names, b.w.userName(a.User))
		}
	}
	if len(names) > 0 {
		b.stay("%s had %s and %s not on call at level %d now, so PagerDuty does not give it back to them.",
			describe.List(names), b.name(), map[bool]string{true: "is", false: "are"}[len(names) == 1], s.Level)
	} else if s.Share != escalation.All && len(b.before.Assignments) > 0 && len(b.before.Assignments) < len(s.People) {
		b.stay("PagerDuty chooses whom of level %d it notifies; %s had %s.", s.Level, describe.List(b.holderNames()), b.name())
	}
}

func (b *back) holderNames() []string {
	var names []string
	for _, a := range b.before.Assignments {
		names = append(names, b.w.userName(a.User))
	}
	return names
}

// put adds a step with those whom it notifies at once.
func (b *back) put(s Step, f escalation.Forecast) {
	b.add(s)
	b.recipients = append(b.recipients, b.w.stageRecipients(f, f.Now, true)...)
}

// ends stores the forecast of the last step, except for an incident that is
// acknowledged again.
func (b *back) ends(f escalation.Forecast) {
	if b.before.Status == sources.Acknowledged {
		f.Next, f.End = nil, escalation.End{Kind: escalation.Acknowledged}
	}
	b.expect(b.item, f)
	for _, recipient := range b.w.recipientsOf(f) {
		if !recipient.Now {
			b.recipients = append(b.recipients, recipient)
		}
	}
}

// statusAndUrgency restores what else an incident had. Giving it back triggers
// it, so it is acknowledged again by the person who undoes.
func (b *back) statusAndUrgency() {
	if b.before.Urgency != "" && b.now.Urgency != "" && b.now.Urgency != b.before.Urgency {
		b.add(Step{Kind: StepUrgency, Sentence: "set the urgency back to " + b.before.Urgency, IncidentID: b.before.ID, Urgency: b.before.Urgency})
	}
	if b.before.Status != sources.Acknowledged {
		return
	}
	b.add(Step{Kind: StepAcknowledge, Sentence: "set it acknowledged again, by you", IncidentID: b.before.ID})
	var others []string
	for _, a := range b.before.Acknowledgers {
		if !b.w.isMe(a.User) {
			others = append(others, b.w.userName(a.User))
		}
	}
	if len(others) > 0 {
		b.stay("%s was acknowledged by %s; now it is by you.", wording.Sentence(b.name()), describe.List(others))
	}
	for _, p := range b.before.Pending {
		if p.Type == "unacknowledge" {
			b.stay("Its acknowledgement ended %s; now it ends when the service says.", wallclock.Of(b.w.Now).Weekday(p.At))
		}
	}
}

// urgencyBack sets the urgency back. Making it high again notifies those who
// have the incident.
func (u *undoer) urgencyBack(item *Item, before sources.Incident, add func(Step)) {
	step := Step{Kind: StepUrgency, Sentence: "set the urgency back to " + before.Urgency, IncidentID: before.ID, Urgency: before.Urgency}
	if f, raised := u.raised(before, before.Urgency); raised {
		step.Recipients = f.Now.IDs()
		u.recipients = append(u.recipients, u.w.recipientsOf(f)...)
		u.expect(item, f)
	}
	add(step)
}
