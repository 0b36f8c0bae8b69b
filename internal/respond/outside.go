package respond

import (
	"fmt"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/rollout"
	"firstline/internal/triage"
	"firstline/sources"
)

// outsideHours says what waking a service's developers now means under the
// hours that are configured for them: a warning, or a sentence that has to be
// confirmed. Both are empty where the write wakes none of them, and within the
// hours.
func (b *planner) outsideHours(g triage.Group, s Step) (warning, confirm string) {
	name, service := b.w.settingsOf(g)
	if service.Stage == rollout.BusinessHours {
		return "", b.stageAsks(name, service, g, s)
	}
	if service.Hours.IsZero() || service.Hours.Covers(b.w.Now) {
		return "", ""
	}
	woken := b.developersWoken(g, s)
	if extent := b.w.onCallExtent(g.OwnerPolicyID); len(woken) == 0 && len(s.Recipients) > 0 && g.Owned() && !extent.Whole() {
		return fmt.Sprintf("It is outside the hours of %s's developers (%s), and whether this wakes one of them is not known, because %s.",
			name, clean.Line(service.Hours.String()), clean.Line(extent.Why())), ""
	}
	if len(woken) == 0 {
		return "", ""
	}
	fact := b.outsideFact(name, service)
	switch {
	case service.Outside == OutsideAlways:
		return fact + ": they are woken all the same.", ""
	case service.Outside == OutsideHighUrgency && urgencyOf(g) != "low":
		return fact + ", and of high urgency: they are woken.", ""
	case service.Outside == OutsideHighUrgency:
		return "", fmt.Sprintf("%s, and of low urgency, for which they are not woken. This would wake %s.", fact, describe.Few(woken, 3))
	}
	return "", fmt.Sprintf("%s: until then %s takes it. This would wake %s.", fact, b.w.firstLineName(), describe.Few(woken, 3))
}

// developersWoken are the people a write pages who are on call for the
// service's owner, but for the person who acts. Where first line owns the
// service itself nobody is.
func (b *planner) developersWoken(g triage.Group, s Step) []string {
	if g.OwnerPolicyID == "" {
		return nil
	}
	if first, err := b.w.resolveFirstLine(); err == nil && first.PolicyID == g.OwnerPolicyID {
		return nil
	}
	var names []string
	for _, id := range s.Recipients {
		developer := s.PolicyID == g.OwnerPolicyID || slices.ContainsFunc(b.w.OnCalls, func(o sources.OnCall) bool {
			return o.Policy.ID == g.OwnerPolicyID && o.User.ID == id
		})
		if developer && !b.w.isMe(sources.Reference{ID: id}) {
			names = append(names, b.w.recipient(sources.Reference{ID: id}, b.w.Now).Name)
		}
	}
	return names
}

// urgencyOf is the group's urgency; what PagerDuty does not call low is high.
func urgencyOf(g triage.Group) string {
	if g.Incident != nil && g.Incident.Urgency != "" {
		return g.Incident.Urgency
	}
	return g.Urgency
}

// confirms gathers what needs one more yes. It is asked of the items that send
// something alone.
func (b *planner) confirms() {
	add := func(sentence string) {
		if sentence != "" && !slices.Contains(b.plan.Confirm, sentence) {
			b.plan.Confirm = append(b.plan.Confirm, sentence)
		}
	}
	for i := range b.plan.Items {
		item := &b.plan.Items[i]
		if !item.Sends() {
			continue
		}
		for _, s := range item.Steps {
			warning, confirm := b.outsideHours(item.Group, s)
			if warning != "" {
				item.Warnings = append(item.Warnings, warning)
			}
			add(confirm)
			add(b.mergesIntoShadow(*item, s))
		}
	}
	for _, sentence := range b.quietsInShadow() {
		add(sentence)
	}
	if b.r.Anyway && slices.ContainsFunc(b.plan.Items, Item.Sends) {
		add(b.twice())
	}
	for _, sentence := range b.broad {
		add(sentence)
	}
}

// twice says what may happen a second time by sending anyway. A note does only
// where it goes alone, and can't come by the try before any more.
func (b *planner) twice() string {
	const unknown = "An earlier try of the same, if one is unknown, may have come about or may still be carried out: "
	for _, item := range b.plan.Items {
		if item.Sends() && slices.ContainsFunc(item.Steps, func(s Step) bool { return s.Kind != StepNote }) {
			return unknown + "sending may do it, and notify people, a second time. Its note is not posted again."
		}
	}
	return unknown + "if it no longer can, the note is sent again and may be there twice; until then nothing is sent."
}
