package respond

import (
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/notetext"
	"firstline/internal/silencing"
	"firstline/internal/wording"
	"firstline/sources"
)

// acknowledgeAlerts plans for alerts that have no incident: by a silence, or
// with PagerDuty, by opening an incident. With PagerDuty the responder
// chooses; without it there is only the silence.
func (b *planner) acknowledgeAlerts(item *Item) []Recipient {
	if quiet := QuietAlready(item.Group, b.w); quiet != "" && b.r.Instead != ByIncident {
		item.Already, item.Sentence = true, quiet
		return nil
	}
	instead := b.r.Instead
	if !b.w.PagerDuty {
		if instead == ByIncident {
			item.Refused = "Without PagerDuty no incident can be opened: acknowledge with a silence."
			return nil
		}
		instead = BySilence
	}
	switch instead {
	case BySilence:
		b.bySilence(item)
		return nil
	case ByIncident:
		return b.byIncident(item)
	}
	item.NeedsChoice = true
	item.Sentence = noIncident(item.Group, " to acknowledge") + ": choose a silence or an incident."
	return nil
}

func (b *planner) bySilence(item *Item) {
	steps, err := silencesFor(item.Group, ackComment(b.r.Reason, b.w), b.w.Now.Add(silencing.AckSilence), b.w)
	if err != nil {
		item.Refused = wording.Sentence(err.Error()) + "."
		return
	}
	item.Steps = steps
	one := len(steps) == 1
	no := " and no other that fires now"
	if unknown := unknownMatches(steps); len(unknown) > 0 {
		no = ""
		item.Warnings = append(item.Warnings, unknown...)
	}
	item.Sentence = fmt.Sprintf("Makes %s of %s that %s these alerts%s. %s before when they resolve while a screen of yours is open.",
		wording.Count(len(steps), "silence"), describe.Span(silencing.AckSilence),
		map[bool]string{true: "matches", false: "match"}[one], no, map[bool]string{true: "It ends", false: "They end"}[one])
}

// byIncident opens the incident assigned to the person who acts, so that
// acknowledging does not page the owner first; only where it is not known who
// that is does the service's own policy page.
func (b *planner) byIncident(item *Item) []Recipient {
	service, _, refused := b.serviceOf(item)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	mindService(item, service)
	open := b.newIncident(*item, service)
	step := Step{Kind: StepOpen, Open: &open}
	var f escalation.Forecast
	if b.w.Me != nil {
		open.UserIDs = []string{b.w.Me.ID}
		step.UserID, step.UserName, step.Recipients = b.w.Me.ID, clean.Line(b.w.Me.Name), []string{b.w.Me.ID}
		step.Sentence = fmt.Sprintf("open an incident on %s, assigned to you", clean.Line(service.Name))
		f = b.forecastOf(Target{Kind: ToUser, ID: b.w.Me.ID, Name: b.w.Me.Name}, open.Urgency)
	} else {
		policy := Target{Kind: ToPolicy, ID: service.Policy.ID, PolicyID: service.Policy.ID, Name: service.Policy.Name}
		if service.Policy.ID == "" {
			item.Refused = fmt.Sprintf("Whom an incident on %s notifies is not known: set [me] email.", clean.Line(service.Name))
			return nil
		}
		f = b.forecastOf(policy, open.Urgency)
		if item.Refused = b.nobody(policy, f); item.Refused != "" {
			return nil
		}
		open.PolicyID = policy.PolicyID
		step.PolicyID, step.PolicyName, step.Recipients = policy.PolicyID, b.policyName(policy), f.Now.IDs()
		step.begins = f.Now.Level
		step.Sentence = fmt.Sprintf("open an incident on %s, which notifies %s", clean.Line(service.Name), step.PolicyName)
	}
	item.Steps = []Step{
		step,
		{Kind: StepAcknowledge, Sentence: "set it acknowledged"},
		{Kind: StepNote, Sentence: "add the note", Note: b.note(item.Group)},
	}
	item.Sentence = wording.Sentence(sentenceThird(step.Sentence)) + ", acknowledges it, and adds the note."
	item.Escalation = &f
	return b.w.recipientsOf(f)
}

// choices lists what the responder can choose from, if any item needs it.
func (b *planner) choices() {
	var waiting []Item
	for _, i := range b.plan.Items {
		if i.NeedsChoice {
			waiting = append(waiting, i)
		}
	}
	if len(waiting) == 0 {
		return
	}
	try := func(instead Instead, plan func(*Item)) Choice {
		c := Choice{Instead: instead}
		possible := 0
		for _, i := range waiting {
			i.NeedsChoice, i.Sentence = false, ""
			plan(&i)
			b.inStage(&i, nil)
			if i.Refused != "" {
				c.Refused = i.Refused
				continue
			}
			possible++
			c.Sentence = i.Sentence
		}
		if possible > 0 {
			c.Refused = ""
		}
		if possible < len(waiting) && possible > 0 {
			c.Sentence += fmt.Sprintf(" Only for %d of %d.", possible, len(waiting))
		}
		return c
	}
	silence := try(BySilence, b.bySilence)
	incident := try(ByIncident, func(i *Item) { b.byIncident(i) })
	if silence.Refused != "" && incident.Refused != "" {
		for i := range b.plan.Items {
			if b.plan.Items[i].NeedsChoice {
				b.plan.Items[i].NeedsChoice = false
				b.plan.Items[i].Sentence = ""
				b.plan.Items[i].Refused = silence.Refused + " " + incident.Refused
			}
		}
		return
	}
	b.plan.Choices = []Choice{silence, incident}
}

// refuse gives the whole plan a sentence where nothing of it may be sent.
func (b *planner) refuse() {
	p := &b.plan
	switch {
	case b.w.Settings.ReadOnly:
		p.Refused = ReadOnlySentence
	case p.Refused != "":
	case len(p.Items) == 0:
		p.Refused = "No group is chosen: choose one first."
	case len(b.head) > notetext.Limit:
		p.Refused = fmt.Sprintf("The note is %d bytes too long for people to read at night (at most %d): shorten it.", len(b.head)-notetext.Limit, notetext.Limit)
	case !slices.ContainsFunc(p.Items, func(i Item) bool { return i.Refused == "" }):
		p.Refused = p.Items[0].Refused
		if len(p.Items) > 1 && slices.ContainsFunc(p.Items, func(i Item) bool { return i.Refused != p.Refused }) {
			p.Refused = "Nothing can be done for any of these; each says why."
		}
	}
	if p.Refused == "" {
		return
	}
	// What is not sent pages nobody and needs no choice.
	p.Recipients, p.Choices, p.Confirm = nil, nil, nil
	for i := range p.Items {
		if p.Items[i].Refused == "" && !p.Items[i].Already {
			p.Items[i].Refused = p.Refused
		}
		p.Items[i].Steps, p.Items[i].NeedsChoice = nil, false
	}
}

// warn says what the responder should know before they decide.
func (b *planner) warn() {
	p := &b.plan
	if p.Refused != "" {
		return
	}
	add := func(s string) {
		if !slices.Contains(p.Warnings, s) {
			p.Warnings = append(p.Warnings, s)
		}
	}
	passes := b.r.Action.Passes()
	sends := slices.ContainsFunc(p.Items, Item.Sends)
	if passes && sends && b.head != "" && clean.Line(b.r.Reason) == "" && clean.Line(b.r.Note) == "" {
		add("No reason is given: whoever is notified will not know why.")
	}
	if b.w.PagerDutyErr != nil && sends {
		since := ""
		if !b.w.PagerDutyRead.IsZero() {
			since = ", " + describe.Ago(b.w.PagerDutyRead, b.w.Now)
		}
		add("PagerDuty could not be read just now: this is what was known before" + since + ".")
	}
	for _, s := range b.r.Facts.Trouble {
		add(clean.Line(s))
	}
	for _, recipient := range p.Recipients {
		if slices.Contains(b.next, recipient.UserID) {
			continue // said with whose turn it is
		}
		if recipient.Now && !recipient.OnCall && !recipient.OnCallUnknown && !recipient.Me {
			add(recipient.Name + " is not on call now.")
		}
		if recipient.Now && recipient.Zone == "" && !recipient.Me {
			add("What time it is for " + recipient.Name + " is not known.")
		}
	}
	for _, item := range p.Items {
		if item.Sends() {
			for _, s := range item.Warnings {
				add(s)
			}
			for _, s := range item.Group.Stale {
				add(clean.Line(s) + " could not be read just now: what it shows may be old.")
			}
		}
	}
	b.skippedLevels(add)
	b.leftAlone(add)
}

// leftAlone names the other open incidents that were opened for the alerts of
// those that are acted on.
func (b *planner) leftAlone(add func(string)) {
	if !b.r.Action.OnIncidents() {
		return
	}
	var names []string
	for _, item := range b.plan.Items {
		if !item.Sends() {
			continue
		}
		for _, other := range item.Group.Incidents {
			asked := slices.ContainsFunc(b.plan.Items, func(i Item) bool { return i.ID == other.ID }) || other.ID == b.r.Into
			if name := clean.Line(other.Short()); !asked && other.Status != sources.Resolved && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	switch len(names) {
	case 0:
	case 1:
		add(names[0] + ", which was opened for the same alerts, stays as it is.")
	default:
		add(strings.Join(names, ", ") + ", which were opened for the same alerts, stay as they are.")
	}
}

// skippedLevels says that nobody is on call for the first level of a policy
// that is started. A later write may escalate further, which skips nothing.
func (b *planner) skippedLevels(add func(string)) {
	for _, item := range b.plan.Items {
		if !item.Sends() {
			continue
		}
		for _, s := range item.Steps {
			switch {
			case s.PolicyID == "" || s.begins < 2:
			case s.begins == 2:
				add(fmt.Sprintf("Nobody is on call at level 1 of %s: level 2 is notified at once.", s.PolicyName))
			default:
				add(fmt.Sprintf("Nobody is on call at levels 1 to %d of %s: level %d is notified at once.", s.begins-1, s.PolicyName, s.begins))
			}
		}
	}
}
