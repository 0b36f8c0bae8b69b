package respond

import (
	"fmt"
	"slices"

	"firstline/internal/describe"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// WhyNever says why nothing comes of a request for any of its groups, whatever is
// still to be chosen or written; empty where that decides. A person hears it
// before they choose, and not after.
func WhyNever(r Request, w Data) string {
	return forAll(r, w, func(b *planner, g triage.Group) string { return b.never(g) })
}

// WhyNotTo says why none of a request's groups can be handed to a target,
// whatever is written, as far as that is known without asking PagerDuty; empty
// where one may be.
func WhyNotTo(r Request, t Target, w Data) string {
	return forAll(r, w, func(b *planner, g triage.Group) string { return b.neverTo(g, t) })
}

// forAll is the reason that each of the groups has, or the first of several;
// empty where one has none.
func forAll(r Request, w Data, reason func(*planner, triage.Group) string) string {
	b := &planner{r: r, w: w.For(r).with(r.Facts)}
	b.plan = Plan{Action: r.Action, Made: b.w.Now}
	var all []string
	for _, g := range r.Groups {
		why := reason(b, g)
		if why == "" {
			return ""
		}
		if !slices.Contains(all, why) {
			all = append(all, why)
		}
	}
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0]
	}
	return all[0] + " Nothing can be done for the others either."
}

// never is why the request does nothing for one group.
func (b *planner) never(g triage.Group) string {
	if b.w.Settings.ReadOnly {
		return ReadOnlySentence
	}
	item := Item{Group: g}
	if why := b.elsewhere(g); why != "" {
		return why
	}
	switch b.r.Action {
	case NextLevel, Resolve, Snooze, Merge, SetUrgency, SetPriority:
		if !b.w.PagerDuty {
			return "Without PagerDuty there is no incident to " + b.r.Action.verb() + "."
		}
		if _, ok := b.openIncident(&item); !ok {
			return item.Refused + item.Sentence
		}
	case Acknowledge:
		if g.Incident != nil {
			return describe.Already(*g.Incident, b.w.whoOf, b.w.Now)
		}
	case HandOff:
		if !b.w.PagerDuty {
			return b.withoutPagerDuty()
		}
		if i := g.Incident; i != nil && i.Status == sources.Resolved {
			return ResolvedAlready(*i, b.r.Action, b.w.whoOf, b.w.Now)
		}
	case Silence, ExtendSilence, ExpireSilence:
		if len(b.w.Settings.Silencers) == 0 && len(b.w.Alertmanagers) == 0 {
			return "No Alertmanager is configured: there is nothing to make a silence in."
		}
	case AddNote:
		if g.Incident == nil {
			return noIncident(g, " to put a note on") + noteNeedsIncident
		}
	}
	return b.neverInStage(g)
}

// neverTo is why one group can't be handed to a target.
func (b *planner) neverTo(g triage.Group, t Target) string {
	if t.Kind == ToOwner {
		owner, err := OwnerOf(g, b.w)
		if err != nil {
			return wording.Sentence(err.Error()) + "."
		}
		t = owner
	}
	if t.Kind == ToUser {
		if why := b.cannotHave(t.ID); why != "" {
			return why
		}
	}
	i := g.Incident
	switch {
	case i == nil:
		_, _, refused := b.serviceOf(&Item{Group: g, Target: t})
		return refused
	case b.r.Responders:
		return AskedAlready(*i, t, b.w.whoOf, b.w.Now)
	case t.Kind == ToUser && onlyAssignee(*i, t.ID) && i.AssignedVia == sources.AssignedDirectly:
		return fmt.Sprintf("%s has it already, assigned directly.", wording.Sentence(b.w.whoOf(sources.Reference{ID: t.ID, Name: t.Name})))
	}
	return ""
}

// withoutPagerDuty says that nobody can be notified.
func (b *planner) withoutPagerDuty() string {
	to := ""
	if !b.plan.Target.IsZero() {
		to = " to " + b.toWhom()
	}
	return fmt.Sprintf("Without PagerDuty there is nobody to notify: copy the summary and send it%s yourself.", to)
}

// noteNeedsIncident ends the sentence on a note that there is no incident for.
const noteNeedsIncident = ": escalate or acknowledge it first, which can open one."

// Refusing is the plan of a request from which nothing comes, with the summary to
// copy.
func Refusing(r Request, w Data, why string) Plan {
	p := NewPlan(r, w)
	p.Refused, p.Recipients, p.Choices, p.Confirm, p.Warnings, p.Follows, p.Offers = why, nil, nil, nil, nil, nil, nil
	for i := range p.Items {
		p.Items[i].Refused, p.Items[i].Steps, p.Items[i].Already, p.Items[i].NeedsChoice = why, nil, false, false
	}
	return p
}
