package respond

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// pass plans escalate and hand off of one group: to a person, or to a policy.
func (b *planner) pass(item *Item) []Recipient {
	target := b.plan.Target
	if target.Kind == ToOwner {
		owner, err := OwnerOf(item.Group, b.w)
		if err != nil {
			item.Refused = wording.Sentence(err.Error()) + "."
			return nil
		}
		target = owner
	}
	if target.Kind == ToNextOnCall {
		next, refused := b.nextOnCall(item)
		if refused != "" {
			item.Refused = refused
			return nil
		}
		target = next
	}
	item.Target = target
	if item.Group.Incident != nil {
		return b.passIncident(item)
	}
	return b.passAlerts(item)
}

func (b *planner) passIncident(item *Item) []Recipient {
	i := *item.Group.Incident
	if i.Status == sources.Resolved {
		item.Already = true
		item.Sentence = ResolvedAlready(i, b.r.Action, b.w.whoOf, b.w.Now)
		return nil
	}
	target := item.Target
	if b.r.Action == HandOff && b.r.Responders {
		return b.askResponders(item)
	}
	if target.Kind == ToUser && onlyAssignee(i, target.ID) {
		who := b.w.whoOf(sources.Reference{ID: target.ID, Name: target.Name})
		switch i.AssignedVia {
		case sources.AssignedDirectly:
			item.Already = true
			item.Sentence = fmt.Sprintf("%s is assigned to %s directly already.", describe.Incident(i), who)
			return nil
		case sources.AssignedByPolicy:
			item.Warnings = append(item.Warnings, fmt.Sprintf("%s is assigned to %s already, by %s, and may escalate: assigned directly it does not escalate any more.",
				describe.Incident(i), who, describe.Label(i.Policy, "escalation policy")))
		default:
			item.Warnings = append(item.Warnings, fmt.Sprintf("%s is assigned to %s already, and PagerDuty does not say whether directly: after this it is, and does not escalate.",
				describe.Incident(i), who))
		}
	}
	f := b.forecastOf(target, i.Urgency)
	write, refused := b.passStep(target, f)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	write.IncidentID = i.ID
	b.move(item, &write)
	b.afterNote(item, write, sentenceThird(write.Sentence))
	b.expect(item, f)
	b.warnOfHolders(item)
	if target.PolicyID != "" && target.PolicyID == i.Policy.ID {
		item.Warnings = append(item.Warnings, fmt.Sprintf("%s is with %s already: this starts it again at level %d.", describe.Incident(i), b.policyName(target), max(write.begins, 1)))
	}
	return b.w.recipientsOf(f)
}

// passStep is the write that gives an existing incident to a target; refused
// says why it can't be.
func (b *planner) passStep(t Target, f escalation.Forecast) (step Step, refused string) {
	if t.Kind == ToUser {
		if refused := b.cannotHave(t.ID); refused != "" {
			return Step{}, refused
		}
		name := clean.Line(f.Now.People[0].User.Name)
		return Step{Kind: StepAssign, Sentence: "assign it to " + name, UserID: t.ID, UserName: name, Recipients: []string{t.ID}}, ""
	}
	if refused := b.nobody(t, f); refused != "" {
		return Step{}, refused
	}
	return Step{
		Kind: StepPolicy, Sentence: "set its escalation policy to " + b.policyName(t),
		PolicyID: t.PolicyID, PolicyName: b.policyName(t), Recipients: f.Now.IDs(), begins: f.Now.Level,
	}, ""
}

// cannotHave says why PagerDuty assigns nothing to a user; empty where it does.
func (b *planner) cannotHave(userID string) string {
	u, ok := b.r.Facts.Rules[userID]
	if !ok {
		u, ok = b.w.user(userID)
	}
	if !ok {
		return ""
	}
	if why := cannotBeAssigned(u); why != "" {
		return fmt.Sprintf("%s %s: choose another target.", cmp.Or(clean.Line(u.Name), "an unnamed user"), why)
	}
	return ""
}

// askResponders asks the target to join. The assignees stay the same.
func (b *planner) askResponders(item *Item) []Recipient {
	i := *item.Group.Incident
	if sentence := AskedAlready(i, item.Target, b.w.whoOf, b.w.Now); sentence != "" {
		item.Already, item.Sentence = true, sentence
		return nil
	}
	var f escalation.Forecast
	c := b.escalationCase(i.Urgency)
	if t := item.Target; t.Kind == ToUser {
		f = escalation.OfRequest(nil, []sources.Reference{b.w.named(sources.Reference{ID: t.ID, Name: t.Name})}, b.w.OnCalls, c)
	} else {
		policy := b.policyOf(sources.Reference{ID: t.PolicyID, Name: b.policyName(t)})
		f = escalation.OfRequest(&policy, nil, nil, c)
	}
	write, refused := b.passStep(item.Target, f)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	write.Kind, write.IncidentID, write.Note = StepResponders, i.ID, b.headFor(item.Group)
	write.Sentence = "ask " + cmp.Or(write.UserName, write.PolicyName) + " to join"
	b.afterNote(item, write, sentenceThird(write.Sentence))
	item.Sentence += fmt.Sprintf(" It stays %s.", b.holders(i))
	b.expect(item, f)
	return b.w.recipientsOf(f)
}

// AskedAlready is the sentence about a person who was asked to join and has not
// answered, or has joined: asking again would only wake them again.
func AskedAlready(i sources.Incident, t Target, who func(sources.Reference) string, now time.Time) string {
	for _, p := range i.Responders {
		if t.Kind != ToUser || p.User.ID != t.ID {
			continue
		}
		switch p.State {
		case "joined":
			return fmt.Sprintf("%s has joined %s already.", wording.Sentence(who(p.User)), describe.Incident(i))
		case "pending":
			return fmt.Sprintf("%s was asked already%s, and has not answered yet.", wording.Sentence(who(p.User)), describe.ByWhen(p.By, p.At, who, now))
		}
	}
	return ""
}

// move makes a write that sets a policy move the incident to a service of the
// target too, where its [[service]] says so.
func (b *planner) move(item *Item, write *Step) {
	if write.Kind != StepPolicy || !b.w.Settings.Services[item.Group.Service].Move {
		return
	}
	service, ok := b.serviceOfTarget(item.Group, write.PolicyID)
	if !ok {
		item.Warnings = append(item.Warnings, fmt.Sprintf("Which PagerDuty service belongs to %s is not known, so %s stays on %s.",
			write.PolicyName, describe.Incident(*item.Group.Incident), describe.Label(item.Group.Incident.Service, "service")))
		return
	}
	if service.ID == item.Group.Incident.Service.ID {
		return
	}
	write.Kind, write.ServiceID, write.ServiceName = StepMove, service.ID, clean.Line(service.Name)
	write.Sentence = fmt.Sprintf("move it to the service %s and set its escalation policy to %s", write.ServiceName, write.PolicyName)
}

// serviceOfTarget is the PagerDuty service that an incident moves to with a
// policy: the group's own for its owner, the configured one for first line,
// else the policy's only one.
func (b *planner) serviceOfTarget(g triage.Group, policyID string) (sources.Service, bool) {
	name := ""
	if policyID == g.OwnerPolicyID {
		name = cmp.Or(b.w.Settings.Services[g.Service].PagerDuty, g.Service)
	} else if first, err := b.w.resolveFirstLine(); err == nil && first.PolicyID == policyID {
		name = b.w.Settings.FirstLineService
	}
	var routed []sources.Service
	for _, s := range b.w.Services {
		if name != "" && (s.ID == name || strings.EqualFold(s.Name, name)) {
			return s, true
		}
		if s.Policy.ID == policyID {
			routed = append(routed, s)
		}
	}
	if len(routed) == 1 {
		return routed[0], true
	}
	return sources.Service{}, false
}

// nobody says that nobody would be notified at a target, or that it is unknown
// who would.
func (b *planner) nobody(t Target, f escalation.Forecast) string {
	switch unknown := b.w.unknownOnCall(t.PolicyID, b.policyName(t)); {
	case unknown != "":
		return unknown
	case f.Nobody():
		return fmt.Sprintf("Nobody is on call at %s: choose another target.", b.policyName(t))
	case len(f.Now.People) == 0:
		return fmt.Sprintf("Who would be notified at %s is not known: %s. Refresh and try again.", b.policyName(t), clean.Line(f.Now.Missing))
	}
	return ""
}

// policyName is the target's policy for people, with what they call it.
func (b *planner) policyName(t Target) string {
	p, ok := b.w.policy(t.PolicyID)
	if !ok || clean.Line(p.Name) == "" {
		return NameOf(t)
	}
	return clean.Line(p.Name)
}

// passAlerts opens an incident for alerts that have none. The group's id is
// its key, so that opening twice is opening once.
func (b *planner) passAlerts(item *Item) []Recipient {
	target := item.Target
	service, guessed, refused := b.serviceOf(item)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	mindService(item, service)
	open := b.newIncident(*item, service)
	step := Step{Kind: StepOpen, Open: &open}
	f := b.forecastOf(target, open.Urgency)
	write, refused := b.passStep(target, f)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	step.UserID, step.UserName, step.PolicyID, step.PolicyName, step.Recipients = write.UserID, write.UserName, write.PolicyID, write.PolicyName, write.Recipients
	step.begins = write.begins
	if target.Kind == ToUser {
		open.UserIDs = []string{target.ID}
		step.Sentence = fmt.Sprintf("open an incident on %s, assigned to %s", clean.Line(service.Name), step.UserName)
	} else {
		open.PolicyID = target.PolicyID
		step.Sentence = fmt.Sprintf("open an incident on %s at the escalation policy %s", clean.Line(service.Name), step.PolicyName)
	}
	item.Steps = []Step{step, {Kind: StepNote, Sentence: "add the note", Note: b.note(item.Group)}}
	item.Sentence = wording.Sentence(sentenceThird(step.Sentence)) + ", with the note."
	if guessed {
		item.Warnings = append(item.Warnings, fmt.Sprintf(
			"Which PagerDuty service these alerts belong to is not known: the incident is opened on %s.", clean.Line(service.Name)))
	}
	b.expect(item, f)
	return b.w.recipientsOf(f)
}

// newIncident has no details: the following note has all of it, and is a step
// of its own that may fail separately.
func (b *planner) newIncident(item Item, service sources.Service) sources.NewIncident {
	title := wording.Shorten(clean.Line(item.Group.Title), 255)
	if title == "" {
		title = "Alert without a title"
	}
	return sources.NewIncident{
		Title: title, Key: item.Group.ID, ServiceID: service.ID, Urgency: item.Group.Urgency,
	}
}

// serviceOf is the PagerDuty service that an incident for alerts is opened on:
// the group's, the one of the same name, or the target policy's only one, of
// which it says that it is guessed.
func (b *planner) serviceOf(item *Item) (service sources.Service, guessed bool, refused string) {
	g := item.Group
	if s, ok := b.w.service(g.ServiceID); ok {
		return s, false, ""
	}
	if g.ServiceID != "" {
		return sources.Service{ID: g.ServiceID, Name: g.Service}, false, ""
	}
	var named, routed []sources.Service
	for _, s := range b.w.Services {
		if g.Service != "" && strings.EqualFold(s.Name, g.Service) {
			named = append(named, s)
		}
		if item.Target.PolicyID != "" && s.Policy.ID == item.Target.PolicyID {
			routed = append(routed, s)
		}
	}
	switch {
	case len(named) == 1:
		return named[0], false, ""
	case len(routed) == 1:
		return routed[0], true, ""
	}
	return sources.Service{}, false,
		"Which PagerDuty service these alerts belong to is not known, and an incident needs one: set pagerduty in a [[service]] that matches them."
}

// mindService warns where an incident is opened on a service that opens none of
// its own.
func mindService(item *Item, service sources.Service) {
	state := ""
	switch service.Status {
	case sources.ServiceDisabled:
		state = "is disabled"
	case sources.ServiceMaintenance:
		state = "is in a maintenance window"
	default:
		return
	}
	item.Warnings = append(item.Warnings, fmt.Sprintf("The PagerDuty service %s %s: PagerDuty may refuse an incident there, or notify nobody of it.",
		cmp.Or(clean.Line(service.Name), "of these alerts"), state))
}

// onlyAssignee reports whether an incident is assigned to this user alone.
func onlyAssignee(i sources.Incident, userID string) bool {
	return len(i.Assignments) == 1 && i.Assignments[0].User.ID == userID
}

// sentenceThird turns "assign it to Ann" into "assigns it to Ann".
func sentenceThird(s string) string {
	verb, rest, _ := strings.Cut(s, " ")
	return verb + "s " + rest
}
