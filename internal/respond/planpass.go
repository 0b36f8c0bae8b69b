package respond

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// pass plans escalate and hand off of one group: to a person, or to a policy.
func (b *planner) pass(item *Item) []Page {
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

func (b *planner) passIncident(item *Item) []Page {
	i := *item.Group.Incident
	if i.Status == sources.Resolved {
		item.Already = true
		item.Sentence = fmt.Sprintf("Already resolved%s: nothing to %s.",
			byWhen(i.ChangedBy, i.ChangedAt, b.w.whoOf, b.w.Now), b.r.Action.Words())
		return nil
	}
	target := item.Target
	if b.r.Action == HandOff && b.r.Responders {
		return b.askResponders(item)
	}
	if target.Kind == ToUser && onlyAssignee(i, target.ID) {
		item.Already = true
		item.Sentence = fmt.Sprintf("%s is assigned to %s already.", incidentName(i), b.w.whoOf(sources.Reference{ID: target.ID, Name: target.Name}))
		return nil
	}
	write, pages, refused := b.pagingStep(target)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	write.IncidentID = i.ID
	b.move(item, &write)
	item.Steps = []Step{b.noteStep(item.Group), write}
	item.Sentence = fmt.Sprintf("Puts the note on %s, then %s.", incidentName(i), sentenceThird(write.Sentence))
	b.warnOfHolders(item)
	if target.PolicyID != "" && target.PolicyID == i.Policy.ID {
		item.Warnings = append(item.Warnings, fmt.Sprintf("%s is with %s already: this starts it again at level 1.", incidentName(i), b.policyName(target)))
	}
	return pages
}

// pagingStep is the write that gives an existing incident to a target, and
// whom it pages; refused says why it can't be.
func (b *planner) pagingStep(t Target) (step Step, pages []Page, refused string) {
	if t.Kind == ToUser {
		page := b.w.userPage(t.ID, t.Name)
		return Step{
			Kind: StepAssign, Sentence: "assign it to " + page.Name, UserID: t.ID, UserName: page.Name, Pages: []string{t.ID},
		}, []Page{page}, ""
	}
	if refused := b.nobody(t); refused != "" {
		return Step{}, nil, refused
	}
	paging := b.pagingOf(t.PolicyID)
	return Step{
		Kind: StepPolicy, Sentence: "set its escalation policy to " + b.policyName(t),
		PolicyID: t.PolicyID, PolicyName: b.policyName(t), Pages: paging.atOnce,
	}, paging.pages, ""
}

// askResponders asks the target to join. Who has the incident keeps it.
func (b *planner) askResponders(item *Item) []Page {
	i := *item.Group.Incident
	if sentence := askedAlready(i, item.Target, b.w.whoOf, b.w.Now); sentence != "" {
		item.Already, item.Sentence = true, sentence
		return nil
	}
	write, pages, refused := b.pagingStep(item.Target)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	write.Kind, write.IncidentID, write.Note = StepResponders, i.ID, b.head
	write.Sentence = "ask " + cmp.Or(write.UserName, write.PolicyName) + " to join"
	item.Steps = []Step{b.noteStep(item.Group), write}
	item.Sentence = fmt.Sprintf("Puts the note on %s, then %s. It stays %s.", incidentName(i), sentenceThird(write.Sentence), b.holders(i))
	return pages
}

// askedAlready is the sentence about a person who was asked to join and has not
// answered, or has joined: asking again would only wake them again.
func askedAlready(i sources.Incident, t Target, who func(sources.Reference) string, now time.Time) string {
	for _, p := range i.Responders {
		if t.Kind != ToUser || p.User.ID != t.ID {
			continue
		}
		switch p.State {
		case "joined":
			return fmt.Sprintf("%s has joined %s already.", wording.Sentence(who(p.User)), incidentName(i))
		case "pending":
			return fmt.Sprintf("%s was asked already%s, and has not answered yet.", wording.Sentence(who(p.User)), byWhen(p.By, p.At, who, now))
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
			write.PolicyName, incidentName(*item.Group.Incident), labelOf(item.Group.Incident.Service, "service")))
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

// paging is what starting a policy does: whom it pages at once, at which
// level, and who comes next.
type paging struct {
	atOnce []string
	level  int
	pages  []Page
}

// pagingOf looks a policy up once for all groups.
func (b *planner) pagingOf(policyID string) paging {
	known, ok := b.policies[policyID]
	if !ok {
		users, level := pagedAtOnce(b.w.OnCalls, policyID, b.w.Now)
		known = paging{idsOf(users), level, b.w.policyPages(policyID, level)}
		if b.policies == nil {
			b.policies = map[string]paging{}
		}
		b.policies[policyID] = known
	}
	return known
}

// nobody says that nobody would be paged at a target, or that it can't be told
// who would.
func (b *planner) nobody(t Target) string {
	if unknown := b.w.unknownOnCall(t.PolicyID, b.policyName(t)); unknown != "" {
		return unknown
	}
	if b.pagingOf(t.PolicyID).level > 0 {
		return ""
	}
	return fmt.Sprintf("Nobody is on call at %s: choose another target.", b.policyName(t))
}

// policyName is the target's policy for people, with what they call it.
func (b *planner) policyName(t Target) string {
	p, ok := b.w.policy(t.PolicyID)
	if !ok || clean.Line(p.Name) == "" {
		return targetName(t)
	}
	return clean.Line(p.Name)
}

// passAlerts opens an incident for alerts that have none. The group's id is
// its key, so that opening twice is opening once.
func (b *planner) passAlerts(item *Item) []Page {
	target := item.Target
	service, guessed, refused := b.serviceOf(item)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	mindService(item, service)
	open := b.newIncident(*item, service)
	step := Step{Kind: StepOpen, Open: &open}
	var pages []Page
	if target.Kind == ToUser {
		page := b.w.userPage(target.ID, target.Name)
		open.UserIDs = []string{target.ID}
		step.UserID, step.UserName, step.Pages = target.ID, page.Name, []string{target.ID}
		step.Sentence = fmt.Sprintf("open an incident on %s, assigned to %s", clean.Line(service.Name), page.Name)
		pages = []Page{page}
	} else {
		if item.Refused = b.nobody(target); item.Refused != "" {
			return nil
		}
		paging := b.pagingOf(target.PolicyID)
		open.PolicyID = target.PolicyID
		step.PolicyID, step.PolicyName, step.Pages = target.PolicyID, b.policyName(target), paging.atOnce
		step.Sentence = fmt.Sprintf("open an incident on %s at the escalation policy %s", clean.Line(service.Name), step.PolicyName)
		pages = paging.pages
	}
	item.Steps = []Step{step, {Kind: StepNote, Sentence: "add the note", Note: b.note(item.Group)}}
	item.Sentence = wording.Sentence(sentenceThird(step.Sentence)) + ", with the note."
	if guessed {
		item.Warnings = append(item.Warnings, fmt.Sprintf(
			"Which PagerDuty service these alerts belong to is not known: the incident is opened on %s.", clean.Line(service.Name)))
	}
	return pages
}

// newIncident has no details: the note that follows says it all, and is a step
// of its own that can be told apart when it fails.
func (b *planner) newIncident(item Item, service sources.Service) sources.NewIncident {
	title := cut(clean.Line(item.Group.Title), 255)
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
		clean.Line(cmp.Or(service.Name, service.ID)), state))
}

// onlyAssignee reports whether an incident is assigned to this user alone.
func onlyAssignee(i sources.Incident, userID string) bool {
	return len(i.Assignments) == 1 && i.Assignments[0].User.ID == userID
}

func idsOf(refs []sources.Reference) []string {
	ids := make([]string, len(refs))
	for i, r := range refs {
		ids[i] = r.ID
	}
	slices.Sort(ids)
	return ids
}

// sentenceThird turns "assign it to Ann" into "assigns it to Ann".
func sentenceThird(s string) string {
	verb, rest, _ := strings.Cut(s, " ")
	return verb + "s " + rest
}
