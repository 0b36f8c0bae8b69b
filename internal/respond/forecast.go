package respond

import (
	"cmp"
	"fmt"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/wording"
	"firstline/sources"
)

// escalationPolicy is all that is known of an escalation policy.
func (w Data) escalationPolicy(ref sources.Reference) escalation.Policy {
	p := escalation.Policy{
		ID: ref.ID, Name: describe.Label(ref, "escalation policy"), OnCallsRead: w.Extents.OnCalls[ref.ID], Until: w.OnCallsUntil[ref.ID],
	}
	if read, ok := w.policy(ref.ID); ok {
		p.Read, p.Levels, p.Loops = true, read.Levels, read.Loops
		p.Name = cmp.Or(clean.Line(read.Name), p.Name)
	} else {
		p.Gone = w.Extents.Policies.Whole()
	}
	for _, o := range w.OnCalls {
		if o.Policy.ID == ref.ID {
			o.User.Name = w.userName(o.User)
			if o.Schedule.ID != "" || o.Schedule.Name != "" {
				o.Schedule.Name = describe.Label(o.Schedule, "schedule")
			}
			p.OnCalls = append(p.OnCalls, o)
		}
	}
	return p
}

// userName is what to call a user: the name of the user where it was read.
func (w Data) userName(r sources.Reference) string {
	if u, ok := w.user(r.ID); ok && clean.Line(u.Name) != "" {
		return clean.Line(u.Name)
	}
	return describe.Name(r)
}

// named is a reference to a user with the name that people know.
func (w Data) named(r sources.Reference) sources.Reference {
	r.Name = w.userName(r)
	return r
}

// escalationCase is what a forecast of this request is made for.
func (b *planner) escalationCase(urgency string) escalation.Case {
	return escalation.Case{Now: b.w.Now, Urgency: urgency, User: func(id string) (sources.User, bool) {
		u, ok := b.r.Facts.Rules[id]
		return u, ok
	}}
}

// policyOf is what is known of a policy, gathered once for all groups.
func (b *planner) policyOf(ref sources.Reference) escalation.Policy {
	p, ok := b.policies[ref.ID]
	if !ok {
		p = b.w.escalationPolicy(ref)
		if b.policies == nil {
			b.policies = map[string]escalation.Policy{}
		}
		b.policies[ref.ID] = p
	}
	return p
}

// forecastOf is what giving an incident of an urgency to a target leads to.
func (b *planner) forecastOf(t Target, urgency string) escalation.Forecast {
	if t.Kind == ToUser {
		user := b.w.named(sources.Reference{ID: t.ID, Name: t.Name})
		return escalation.OfPeople([]sources.Reference{user}, b.w.OnCalls, b.escalationCase(urgency))
	}
	policy := b.policyOf(sources.Reference{ID: t.PolicyID, Name: b.policyName(t)})
	return escalation.OfPolicy(policy, b.escalationCase(urgency))
}

// expect stores the forecast of an item, with the sentences about it.
func (b *planner) expect(item *Item, f escalation.Forecast) {
	item.Escalation = &f
	item.Follows = append(item.Follows, describe.Follow(f, b.w.Now)...)
	b.offer(item, f)
	for _, p := range f.Now.People {
		switch rules := ""; p.Notified {
		case escalation.WithNone:
			if f.Urgency != "" {
				rules = " for " + f.Urgency + " urgency"
			}
			item.Warnings = append(item.Warnings, fmt.Sprintf("PagerDuty will not notify %s, who has no notification rule%s.", b.w.userName(p.User), rules))
		case escalation.TooLate:
			item.Warnings = append(item.Warnings, fmt.Sprintf("PagerDuty will not notify %s, whose first notification rule comes when it has escalated.", b.w.userName(p.User)))
		}
	}
}

// offer says what can be done where nobody follows.
func (b *planner) offer(item *Item, f escalation.Forecast) {
	i := item.Group.Incident
	if b.r.Responders || i == nil && f.Urgency == escalation.Low && f.Via != sources.AssignedDirectly {
		return
	}
	if f.Urgency == escalation.Low && i != nil && b.r.Action != SetUrgency {
		item.Offers = append(item.Offers, fmt.Sprintf("Raise its urgency so that PagerDuty notifies by the high-urgency rules and escalates: "+
			"\"change the urgency\" under : on the screen, or firstline urgency high %s.", targetOnTheCommandLine(*i)))
	}
	if f.End.Kind == escalation.Direct && f.Now.Level == 0 && b.r.Action.Passes() {
		item.Offers = append(item.Offers, "So that others follow, hand it off to an escalation policy (team:NAME or policy:ID), "+
			"or ask others to join, which leaves it with whom it is (--join).")
	}
}

// targetOnTheCommandLine is how a command names an incident.
func targetOnTheCommandLine(i sources.Incident) string {
	if i.Number > 0 {
		return fmt.Sprint(i.Number)
	}
	return clean.Line(i.ID)
}

// follows gathers what the items say on who follows, each once: with the name
// of the incident where it is not true of all.
func (b *planner) follows() {
	b.plan.Follows = b.gather(func(i Item) []string { return i.Follows })
	b.plan.Offers = b.gather(func(i Item) []string { return i.Offers })
}

func (b *planner) gather(of func(Item) []string) []string {
	var sends []Item
	for _, i := range b.plan.Items {
		if i.Sends() && i.Escalation != nil {
			sends = append(sends, i)
		}
	}
	var all []string
	for _, i := range sends {
		for _, s := range of(i) {
			if slices.ContainsFunc(sends, func(other Item) bool { return !slices.Contains(of(other), s) }) {
				s = wording.Shorten(cmp.Or(i.Title, i.ID), 60) + ": " + s
			}
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// recipientsOf are the people of a forecast, but for those who are notified when the
// policy begins again.
func (w Data) recipientsOf(f escalation.Forecast) []Recipient {
	recipients := w.stageRecipients(f, f.Now, true)
	for _, s := range f.Next {
		if s.Pass == f.Now.Pass {
			recipients = append(recipients, w.stageRecipients(f, s, false)...)
		}
	}
	return recipients
}

func (w Data) stageRecipients(f escalation.Forecast, s escalation.Stage, now bool) []Recipient {
	var recipients []Recipient
	for _, person := range s.People {
		recipient := w.recipient(person.User, cmp.Or(s.At, w.Now))
		recipient.At = s.At
		recipient.Now, recipient.OnCall, recipient.Until = now, person.OnCall, person.Until
		recipient.OnCallUnknown = !person.OnCall && !w.allOnCallsRead()
		recipient.Level, recipient.Policy = s.Level, clean.Line(f.Policy.Name)
		recipient.Via = "directly"
		if len(person.Via) > 0 {
			names := make([]string, len(person.Via))
			for i, v := range person.Via {
				names[i] = describe.Name(v)
			}
			recipient.Via = describe.List(names)
		}
		if s.Share != escalation.All {
			recipient.Share, recipient.Of = s.Share, len(s.People)
		}
		recipient.Urgency, recipient.Notified, recipient.After = f.Urgency, person.Notified, person.After
		recipients = append(recipients, recipient)
	}
	return recipients
}
