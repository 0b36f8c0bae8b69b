package respond

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/rollout"
	"firstline/internal/wording"
	"firstline/sources"
)

// UndoWithin is how long after an action a person can ask for its undo: later,
// others have begun to act on it.
const UndoWithin = time.Minute

// WhyNoUndo says, in one line, why a person who asks for it now can't undo what a
// plan did at that time; empty where something of it may be given back, which
// UndoOf then says.
func WhyNoUndo(done Plan, results []Result, at, now time.Time) string {
	if now.Sub(at) > UndoWithin {
		return "the last action is more than a minute ago"
	}
	var whys []string
	notes := ""
	for n, item := range done.Items {
		if n >= len(results) || results[n].Outcome != Done {
			continue
		}
		for _, s := range item.Steps {
			_, why := s.lasts(item.Group.Incident)
			switch {
			case why == "":
				return ""
			case s.Kind == StepNote:
				notes = why
			case !slices.Contains(whys, why):
				whys = append(whys, why)
			}
		}
	}
	return cmp.Or(strings.Join(whys, " "), notes, "nothing came of the last action")
}

// lasts says what stays of a write that can't be taken back, with %s for the name
// of its subject, and why; both are empty where it may be. before is the incident
// before it.
func (s Step) lasts(before *sources.Incident) (stays, why string) {
	switch s.Kind {
	case StepNote:
		return "the note stays on %s", "PagerDuty keeps notes."
	case StepAcknowledge:
		return "%s stays acknowledged", "PagerDuty takes no acknowledgement back. Escalate it or hand it off."
	case StepResolve:
		return "%s stays resolved", "PagerDuty opens no incident again."
	case StepMerge:
		return "%s stays merged", "in PagerDuty's web application alerts can be split off."
	case StepSnooze:
		return "%s stays snoozed", "PagerDuty ends no snooze. Escalate it or hand it off."
	case StepResponders:
		return "%s keeps its request to join", "whoever was asked knows it by now. Tell them."
	case StepPriority:
		if before != nil && before.Priority == nil {
			return "%s keeps its priority", "it had none before, and PagerDuty takes none away."
		}
	case StepExtend:
		return "the silence of %s keeps its new end", "end the silence, or make another one."
	case StepExpire:
		return "the silence of %s stays ended", "a silence can't begin again. Make a new one."
	}
	return "", ""
}

// UndoOf says how to take back what a plan did, with these results: a plan of its
// own, to be previewed and done like any other, and one sentence for each thing
// that can't be taken back. The plan sends nothing (Ready is false) when nothing
// can. It does not mind when the plan was done: WhyNoUndo does, once.
//
// Undoing may notify people: giving an incident back wakes whoever gets it. facts
// is what ReadUndoFacts read.
func UndoOf(done Plan, results []Result, w Data, facts Facts) (Plan, []string) {
	w = w.of(done.Account).with(facts)
	b := planner{r: Request{Action: Undo, Facts: facts}, w: w}
	b.plan = Plan{Action: Undo, Account: done.Account, Made: w.Now, Me: w.Self(), By: w.by()}
	u := undoer{planner: &b}
	for i, item := range done.Items {
		if i < len(results) {
			had, at := len(u.recipients), len(b.plan.Items)
			u.item(item, results[i])
			forItem(u.recipients[had:], at)
		}
	}
	b.plan.Recipients = mergeRecipients(u.recipients)
	b.follows()
	if w.Settings.ReadOnly {
		b.plan.Items, b.plan.Recipients, b.plan.Refused = nil, nil, ReadOnlySentence
	} else if !b.plan.Ready() && b.plan.Refused == "" {
		b.plan.Refused = "Nothing of it can be undone."
	}
	b.warn()
	return b.plan, u.stays
}

// undoer collects what is taken back and what stays.
type undoer struct {
	*planner
	recipients []Recipient
	stays      []string
	// ended are the ids of the silences that are ended already.
	ended map[string]bool
}

func (u *undoer) stay(format string, args ...any) {
	u.stays = append(u.stays, fmt.Sprintf(format, args...))
}

func (u *undoer) item(done Item, res Result) {
	if res.NotePosted {
		u.lasts(done, Step{Kind: StepNote}, res)
	}
	if res.Outcome == Unknown {
		u.stay("Nothing is taken back of %s: it is not known what came of it.", u.nameIn(done, res))
	}
	if res.Outcome != Done {
		return
	}
	item := Item{Group: done.Group, ID: done.ID, Title: done.Title}
	if res.Incident != nil {
		item.Group.Incident = res.Incident
	}
	had := len(u.recipients)
	for _, s := range done.Steps {
		u.step(&item, done, s, res)
	}
	u.recipients = append(u.recipients[:had:had], u.inStage(&item, u.recipients[had:])...)
	if name, s := u.w.settingsOf(item.Group); s.Stage == rollout.BusinessHours {
		for _, step := range item.Steps {
			if asks := u.stageAsks(name, s, item.Group, step); asks != "" {
				item.Warnings = append(item.Warnings, asks)
			}
		}
	}
	if len(item.Steps) == 0 && item.Refused == "" {
		return
	}
	u.plan.Items = append(u.plan.Items, item)
}

// nameIn is the incident's name, or the group's title.
func (u *undoer) nameIn(done Item, res Result) string {
	switch {
	case res.Incident != nil:
		return describe.Incident(*res.Incident)
	case done.Group.Incident != nil:
		return describe.Incident(*done.Group.Incident)
	}
	return clean.Line(done.Title)
}

// step adds what takes one write back.
func (u *undoer) step(item *Item, done Item, s Step, res Result) {
	before := done.Group.Incident
	add := func(step Step) {
		item.Steps = append(item.Steps, step)
		item.Sentence = strings.TrimSpace(item.Sentence + " " + wording.Sentence(sentenceThird(step.Sentence)) + ".")
	}
	switch s.Kind {
	case StepNote:
		if !res.NotePosted && done.Steps[0].Kind == StepNote && len(done.Steps) == 1 { // else said already, or it never went out
			u.lasts(done, s, res)
		}
	case StepExtend:
		if s.Silence != nil && s.Silence.EndsAt.After(u.w.Now) {
			u.lasts(done, s, res)
		}
	case StepAcknowledge, StepResolve, StepMerge, StepSnooze, StepResponders, StepExpire:
		u.lasts(done, s, res)
	case StepPolicy, StepMove, StepLevel, StepAssign:
		u.giveBack(item, before, s, res, add)
	case StepUrgency:
		if before != nil && before.Urgency != "" && before.Urgency != s.Urgency {
			u.urgencyBack(item, *before, add)
		}
	case StepPriority:
		switch {
		case before == nil:
		case before.Priority == nil:
			u.lasts(done, s, res)
		case before.Priority.ID != s.PriorityID:
			add(Step{
				Kind: StepPriority, Sentence: "set the priority back to " + clean.Line(before.Priority.Name), IncidentID: before.ID,
				PriorityID: before.Priority.ID, PriorityName: before.Priority.Name,
			})
		}
	case StepOpen:
		if res.Incident != nil {
			add(Step{Kind: StepResolve, Sentence: "resolve " + describe.Incident(*res.Incident) + ", which it opened", IncidentID: res.Incident.ID, Resolution: "Opened by mistake; taken back with firstline."})
			u.stay("Whoever was notified of %s knows it by now: tell them.", describe.Incident(*res.Incident))
		}
	case StepSilence:
		u.endSilence(done, s, res, add)
	}
}

// lasts says what stays of a write.
func (u *undoer) lasts(done Item, s Step, res Result) {
	if stays, why := s.lasts(done.Group.Incident); why != "" {
		u.stay("%s: %s", wording.Sentence(fmt.Sprintf(stays, u.nameIn(done, res))), why)
	}
}

// endSilence ends the silence that the step made.
func (u *undoer) endSilence(done Item, s Step, res Result, add func(Step)) {
	if s.Silence == nil {
		return
	}
	at := slices.IndexFunc(done.Steps, func(one Step) bool { return one.Silence == s.Silence })
	if at < 0 || at >= len(res.SilenceIDs) {
		u.stay("The silence was not found again: end it in Alertmanager.")
		return
	}
	id := res.SilenceIDs[at]
	if u.ended[id] {
		return // several steps found one silence
	}
	if u.ended == nil {
		u.ended = map[string]bool{}
	}
	u.ended[id] = true
	silence := *s.Silence
	silence.ID = id
	add(Step{Kind: StepExpire, Sentence: "end the silence in " + clean.Line(silence.Source), Silence: &silence, Members: s.Members})
}
