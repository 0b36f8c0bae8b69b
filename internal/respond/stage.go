package respond

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/rollout"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// settingsOf are the settings of a group's service, and what it is called. A service
// without a [[service]] has none. The PagerDuty service decides where the name does
// not: PagerDuty and labels may write it differently.
func (s Settings) settingsOf(g triage.Group, services []sources.Service) (name string, settings ServiceSettings) {
	if len(s.Services) == 0 {
		return clean.Line(g.Service), ServiceSettings{}
	}
	if settings, ok := s.Services[g.Service]; ok {
		return clean.Line(g.Service), settings
	}
	service := sources.Reference{ID: g.ServiceID}
	if i := g.Incident; i != nil && !i.Service.IsZero() {
		service = i.Service
	}
	name, settings = s.settingsOfPagerDuty(service, services)
	return cmp.Or(name, clean.Line(g.Service)), settings
}

// settingsOfPagerDuty are the settings of the [[service]] for a PagerDuty service.
func (s Settings) settingsOfPagerDuty(service sources.Reference, services []sources.Service) (name string, settings ServiceSettings) {
	for _, read := range services {
		if read.ID == service.ID && service.ID != "" {
			service.Name = read.Name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		called := cmp.Or(s.Services[name].PagerDuty, name)
		if called != "" && (called == service.ID || strings.EqualFold(called, service.Name)) {
			return clean.Line(name), s.Services[name]
		}
	}
	return clean.Line(service.Name), ServiceSettings{}
}

// StageOf is the stage of the rollout of a group's service, and what the service is
// called. services are those that PagerDuty has.
func (s Settings) StageOf(g triage.Group, services []sources.Service) (service string, stage rollout.Stage) {
	name, settings := s.settingsOf(g, services)
	return name, settings.Stage.OrFull()
}

// StageText says in which stage a group's service is, and what that means now; empty
// where it is in full.
func (s Settings) StageText(g triage.Group, services []sources.Service, now time.Time) string {
	_, settings := s.settingsOf(g, services)
	stage := settings.Stage.OrFull()
	switch {
	case stage.Effect() == "":
		return ""
	case stage != rollout.BusinessHours:
		return string(stage) + ": " + stage.Effect()
	}
	text := string(stage) + ": developers are notified " + clean.Line(settings.Hours.String())
	who := "; now first line takes it"
	if settings.Hours.Covers(now) {
		who = "; now they are"
	}
	if change := settings.Hours.Next(now); !change.IsZero() {
		who += ", until " + wallclock.In(change.Location()).Named().Weekday(change)
	}
	return text + who
}

// StageOfService is the stage of the rollout of a PagerDuty service.
func (s Settings) StageOfService(service sources.Reference) rollout.Stage {
	_, settings := s.settingsOfPagerDuty(service, nil)
	return settings.Stage.OrFull()
}

func (w Data) settingsOf(g triage.Group) (name string, s ServiceSettings) {
	return w.Settings.settingsOf(g, w.Services)
}

// notifies reports whether a write may make PagerDuty notify somebody who is not
// notified without it, at once or later. Only what is known to notify nobody does not.
func (s Step) notifies() bool {
	switch s.Kind {
	case StepAcknowledge, StepNote, StepCorrect, StepResolve, StepMerge, StepPriority, StepSilence, StepExtend, StepExpire:
		return false
	}
	return true
}

// quiets says how a write ends notifications of PagerDuty or Alertmanager; empty where
// it ends none.
func (s Step) quiets() string {
	switch s.Kind {
	case StepAcknowledge:
		return "While it is acknowledged PagerDuty does not escalate it"
	case StepResolve, StepMerge:
		return "After this PagerDuty notifies nobody of it"
	case StepSilence, StepExtend:
		return "While the silence lasts Alertmanager notifies nobody of these alerts"
	}
	return ""
}

// inStage refuses an item that the stage of its service does not allow, and says of
// one that it allows what the stage means. It is the one place that all writes pass,
// those of an undo too. It returns whom the item still notifies.
func (b *planner) inStage(item *Item, notified []Recipient) []Recipient {
	if !item.Sends() {
		return notified
	}
	name, s := b.w.settingsOf(item.Group)
	refused := ""
	switch s.Stage {
	case rollout.Shadow:
		refused = b.inShadow(name, *item)
	case rollout.BusinessHours:
		refused = b.outsideStage(name, s, *item)
	}
	if refused != "" {
		*item = Item{Group: item.Group, ID: item.ID, Title: item.Title, Target: item.Target, OwnNote: item.OwnNote, Refused: refused}
		return nil
	}
	switch s.Stage {
	case rollout.Shadow:
		if slices.ContainsFunc(item.Steps, func(s Step) bool { return s.Kind == StepExpire }) {
			item.Warnings = append(item.Warnings, "Alertmanager then notifies of these alerts again, as it does without firstline.")
		}
	case rollout.BusinessHours:
		b.followsOutside(name, s, item, notified)
	}
	b.limit(item, s)
	return notified
}

// neverInStage is why the stage of its service lets nothing come of a request for a
// group, whatever is written; empty where that is not known yet.
func (b *planner) neverInStage(g triage.Group) string {
	name, s := b.w.settingsOf(g)
	open := g.Incident == nil || g.Incident.Status != sources.Resolved
	switch {
	case !b.w.PagerDuty || !open:
	case s.Stage == rollout.Shadow && slices.Contains([]Action{Escalate, NextLevel, HandOff, SetUrgency, Snooze}, b.r.Action):
		return b.shadowSentence(name, g)
	case s.Stage == rollout.BusinessHours && b.r.Action == Escalate:
		one := planner{r: b.r, w: b.w, plan: b.plan}
		one.r.Groups = []triage.Group{g}
		if one.target(); one.plan.Refused != "" {
			return ""
		}
		if item, _ := one.item(g); item.Sends() {
			return one.outsideStage(name, s, item)
		}
	}
	return ""
}

// inShadow says why an item is not sent of a service in the stage shadow; empty where
// it notifies nobody.
func (b *planner) inShadow(name string, item Item) string {
	if !slices.ContainsFunc(item.Steps, Step.notifies) {
		return ""
	}
	return b.shadowSentence(name, item.Group)
}

// shadowSentence says that nobody is notified of a group of a service in the stage
// shadow, and what becomes of it.
func (b *planner) shadowSentence(name string, g triage.Group) string {
	so := "no incident is opened"
	if i := g.Incident; i != nil {
		so = fmt.Sprintf("%s stays %s", describe.Incident(*i), b.holders(*i))
	}
	return fmt.Sprintf("%s is in the stage shadow, in which firstline notifies nobody: %s. To notify somebody use PagerDuty itself, or set another stage in its [[service]].",
		wording.Sentence(name), so)
}

// quietsInShadow is what has to be confirmed before something is taken from the people
// of a service in the stage shadow: nobody could be notified of it from here.
func (b *planner) quietsInShadow() []string {
	type kind struct{ service, effect string }
	var kinds []kind
	has := map[kind][]string{}
	for _, item := range b.plan.Items {
		name, settings := b.w.settingsOf(item.Group)
		if settings.Stage != rollout.Shadow || !item.Sends() || b.mine(item.Group) {
			continue
		}
		for _, s := range item.Steps {
			k := kind{name, s.quiets()}
			if k.effect == "" {
				continue
			}
			if has[k] == nil {
				kinds = append(kinds, k)
			}
			one := "its own people have it"
			if i := item.Group.Incident; i != nil {
				one = fmt.Sprintf("%s is %s", describe.Incident(*i), b.holders(*i))
			}
			if !slices.Contains(has[k], one) {
				has[k] = append(has[k], one)
			}
		}
	}
	var all []string
	for _, k := range kinds {
		who := has[k][0]
		if n := len(has[k]); n > 1 {
			who = fmt.Sprintf("its own people have %d of these groups", n)
		}
		all = append(all, fmt.Sprintf("%s is in the stage shadow, and %s. %s, and firstline can notify nobody of it.", wording.Sentence(k.service), who, k.effect))
	}
	return all
}

// mergesIntoShadow is what has to be confirmed before an incident is merged into one
// of a service in the stage shadow.
func (b *planner) mergesIntoShadow(item Item, s Step) string {
	into, ok := b.into()
	if s.Kind != StepMerge || !ok {
		return ""
	}
	name, settings := b.w.Settings.settingsOfPagerDuty(into.Service, b.w.Services)
	for _, g := range b.r.Groups {
		if g.Incident != nil && g.Incident.ID == into.ID {
			name, settings = b.w.settingsOf(g)
		}
	}
	if _, own := b.w.settingsOf(item.Group); settings.Stage != rollout.Shadow || own.Stage == rollout.Shadow {
		return ""
	}
	return fmt.Sprintf("%s is of %s, which is in the stage shadow: after this firstline can notify nobody of %s.",
		describe.Incident(into), name, describe.Incident(*item.Group.Incident))
}

// mine reports whether the incident of a group is assigned to the person who acts.
func (b *planner) mine(g triage.Group) bool {
	return g.Incident != nil && slices.ContainsFunc(g.Incident.Assignments, func(a sources.Assignment) bool { return b.w.isMe(a.User) })
}

// outsideStage says why an item is not sent outside the hours of a service in the
// stage business-hours: it would wake developers while first line is there. Without
// first line nothing is refused, and is asked once more instead: see stageAsks.
func (b *planner) outsideStage(name string, s ServiceSettings, item Item) string {
	if s.Hours.Covers(b.w.Now) {
		return ""
	}
	for _, step := range item.Steps {
		woken := b.othersWoken(item.Group, step)
		if len(woken) == 0 || b.toFirstLine(step) || b.noFirstLine() != "" {
			continue
		}
		first := b.w.firstLineName()
		sentence := fmt.Sprintf("%s. In the stage business-hours %s takes it until then, and this would wake %s.", b.outsideFact(name, s), first, describe.Few(woken, 3))
		i := item.Group.Incident
		policy, _ := b.w.resolveFirstLine()
		switch {
		case i == nil:
			return sentence + fmt.Sprintf(" Hand it off to %s, which opens an incident.", first)
		case i.Policy.ID == policy.PolicyID:
			return sentence + fmt.Sprintf(" %s stays %s.", wording.Sentence(describe.Incident(*i)), b.holders(*i))
		}
		return sentence + fmt.Sprintf(" %s is %s, with %s: hand it off to %s.", wording.Sentence(describe.Incident(*i)), b.holders(*i), describe.Label(i.Policy, "escalation policy"), first)
	}
	return ""
}

// stageAsks is what has to be confirmed outside the hours of a service in the stage
// business-hours: it may wake developers, and that can't be left to first line or is
// not known.
func (b *planner) stageAsks(name string, s ServiceSettings, g triage.Group, step Step) string {
	if step.Kind == StepSnooze {
		return b.snoozesOutside(name, s, g, step)
	}
	if !step.notifies() || s.Hours.Covers(b.w.Now) || b.toFirstLine(step) {
		return ""
	}
	fact := b.outsideFact(name, s)
	if woken := b.othersWoken(g, step); len(woken) > 0 {
		return fmt.Sprintf("%s, and %s. This would wake %s.", fact, b.noFirstLine(), describe.Few(woken, 3))
	}
	others := slices.DeleteFunc(slices.Clone(step.Recipients), b.firstLineOrMe)
	extent := b.w.onCallExtent(g.OwnerPolicyID)
	switch {
	case len(others) == 0:
		return ""
	case g.OwnerPolicyID == "":
		return fmt.Sprintf("%s, and who these are is not known: it may wake one of them.", fact)
	case !extent.Whole():
		return fmt.Sprintf("%s, and whether this wakes one of them is not known, because %s.", fact, clean.Line(extent.Why()))
	case step.Kind == StepAssign || step.UserID != "" && step.PolicyID == "":
		names := make([]string, len(others))
		for n, id := range others {
			names[n] = b.w.recipient(sources.Reference{ID: id}, b.w.Now).Name
		}
		return fmt.Sprintf("%s, and it is not known whether %s is one of them.", fact, describe.Few(names, 3))
	}
	return ""
}

// snoozesOutside is what has to be confirmed before a snooze that ends outside the
// hours, and so wakes a developer who has the incident.
func (b *planner) snoozesOutside(name string, s ServiceSettings, g triage.Group, step Step) string {
	if g.Incident == nil || s.Hours.Covers(step.Until) {
		return ""
	}
	step.Recipients = AssigneeIDs(*g.Incident)
	woken := b.othersWoken(g, step)
	if len(woken) == 0 {
		return ""
	}
	return fmt.Sprintf("The snooze ends outside the hours of %s's developers (%s), and PagerDuty then notifies %s.", name, clean.Line(s.Hours.String()), describe.Few(woken, 3))
}

// othersWoken are the developers whom a write wakes and who are not on call for first
// line themselves.
func (b *planner) othersWoken(g triage.Group, s Step) []string {
	s.Recipients = slices.DeleteFunc(slices.Clone(s.Recipients), b.firstLineOrMe)
	return b.developersWoken(g, s)
}

// outsideFact says that it is outside the hours of a service's developers, and when
// they begin.
func (b *planner) outsideFact(name string, s ServiceSettings) string {
	fact := fmt.Sprintf("It is outside the hours of %s's developers (%s", name, clean.Line(s.Hours.String()))
	if next := s.Hours.Next(b.w.Now); !next.IsZero() {
		fact += "; next from " + wallclock.In(next.Location()).Weekday(next)
	}
	return fact + ")"
}

// toFirstLine reports whether a write gives an incident to first line.
func (b *planner) toFirstLine(s Step) bool {
	first, err := b.w.resolveFirstLine()
	return err == nil && s.PolicyID == first.PolicyID && s.Kind != StepLevel
}

// firstLineOrMe reports whether a user acts, or is on call for first line.
func (b *planner) firstLineOrMe(id string) bool {
	if b.w.isMe(sources.Reference{ID: id}) {
		return true
	}
	first, err := b.w.resolveFirstLine()
	return err == nil && slices.ContainsFunc(b.w.OnCalls, func(o sources.OnCall) bool { return o.User.ID == id && o.Policy.ID == first.PolicyID })
}

// noFirstLine says why first line can't have a service now; empty where somebody is on
// call there.
func (b *planner) noFirstLine() string {
	first, err := b.w.resolveFirstLine()
	if err != nil {
		return "first line is not known (" + clean.Line(err.Error()) + ")"
	}
	nobody, unknown := NobodyOnCall(first.PolicyID, b.w.firstLineName(), b.w)
	switch {
	case nobody:
		return "nobody is on call at " + b.w.firstLineName()
	case unknown != "":
		return fmt.Sprintf("who is on call at %s is not known, because %s", b.w.firstLineName(), clean.Line(b.w.onCallExtent(first.PolicyID).Why()))
	}
	return ""
}

// followsOutside warns that PagerDuty goes on to developers outside their hours, and
// says until when they are notified.
func (b *planner) followsOutside(name string, s ServiceSettings, item *Item, notified []Recipient) {
	if ends := s.Hours.Next(b.w.Now); s.Hours.Covers(b.w.Now) && !ends.IsZero() &&
		slices.ContainsFunc(item.Steps, func(step Step) bool { return len(b.developersWoken(item.Group, step)) > 0 }) {
		item.Warnings = append(item.Warnings, fmt.Sprintf("In the stage business-hours the developers of %s are notified until %s.", name, wallclock.In(ends.Location()).Named().Weekday(ends)))
	}
	for _, r := range notified {
		if r.Now || r.Me || len(b.othersWoken(item.Group, Step{Recipients: []string{r.UserID}})) == 0 || !r.At.IsZero() && s.Hours.Covers(r.At) {
			continue
		}
		when := "at a time that is not known"
		if !r.At.IsZero() {
			when = "outside their hours, at " + wallclock.Of(b.w.Now).Named().Weekday(r.At)
		}
		item.Warnings = append(item.Warnings, fmt.Sprintf("If nobody answers, PagerDuty goes on to the developers of %s: %s, %s.", name, r.Name, when))
	}
}

// limit makes an item hold only while the developers whom it notifies are in their
// hours: outside them it would be asked once more, or refused.
func (b *planner) limit(item *Item, s ServiceSettings) {
	if s.Outside == OutsideAlways || !s.Hours.Covers(b.w.Now) {
		return
	}
	if slices.ContainsFunc(item.Steps, func(step Step) bool { return len(b.developersWoken(item.Group, step)) > 0 }) {
		item.Before = s.Hours.Next(b.w.Now)
	}
}

// Late says that the hours in which an item may be sent are over; empty where they are
// not.
func (i Item) Late(now time.Time) string {
	if i.Before.IsZero() || now.Before(i.Before) {
		return ""
	}
	return fmt.Sprintf("The hours of its developers ended at %s, since the preview: look again.", wallclock.In(i.Before.Location()).Named().Weekday(i.Before))
}
