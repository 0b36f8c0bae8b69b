package respond

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/notetext"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// ReadOnlySentence is why nothing is written in read-only mode.
const ReadOnlySentence = "This is read-only: nothing is sent. Start without --read-only to act."

// NewPlan says what a request would send, to whom, and what it still needs. It
// asks nobody: what it says is true of the world it was given.
func NewPlan(r Request, w Data) Plan {
	w = w.For(r).with(r.Facts)
	b := planner{r: r, w: w}
	b.plan = Plan{
		Action: r.Action, Target: r.Target, Account: w.Account, Made: w.Now, Reason: r.Reason, Me: w.Self(), By: w.by(), Confirmed: r.Confirmed, Anyway: r.Anyway,
		Triage: w.Settings.Triage, join: r.Action == HandOff && r.Responders,
		into: r.Into, urgency: strings.ToLower(strings.TrimSpace(r.Urgency)), priority: strings.ToLower(strings.TrimSpace(r.PriorityID)),
	}
	b.once()
	b.target()
	b.notes()
	var recipients []Recipient
	for _, g := range b.subjects() {
		item, notified := b.item(g)
		notified = b.inStage(&item, notified)
		forItem(notified, len(b.plan.Items))
		b.plan.Items = append(b.plan.Items, item)
		recipients = append(recipients, notified...)
	}
	b.noteInstead()
	b.plan.Recipients = mergeRecipients(recipients)
	b.follows()
	b.choices()
	b.confirms()
	b.refuse()
	b.warn()
	return b.plan
}

// planner holds what the parts of one NewPlan share.
type planner struct {
	r    Request
	w    Data
	plan Plan
	// head is the part of the note that all groups share; whole, that it is
	// the responder's own full text and nothing is put after it.
	head  string
	whole bool
	// written: head is not the responder's own.
	written bool
	// next are the ids of those who are the target because they are next on call.
	next []string
	// policies are what is known of each policy.
	policies map[string]escalation.Policy
	// taken are the ids of the silences that an item changes already; broad
	// are sentences on silences that match too much.
	taken map[string]bool
	broad []string
}

// subjects are what becomes an item each: the groups, but for a silence that
// is named by itself, which is one whatever is selected.
func (b *planner) subjects() []triage.Group {
	named := b.r.Action == Silence && len(b.r.Matchers) > 0 ||
		(b.r.Action == ExtendSilence || b.r.Action == ExpireSilence) && b.r.SilenceID != ""
	if !named {
		return b.r.Groups
	}
	one := triage.Group{ID: cmp.Or(b.r.SilenceID, "silence"), Title: clean.Line(b.r.SilenceID)}
	if len(b.r.Matchers) > 0 {
		one.Title = silencing.QuoteMatchers(b.r.Matchers)
	}
	if len(b.r.Groups) > 0 {
		one = b.r.Groups[0]
	}
	return []triage.Group{one}
}

// once leaves out groups that were asked for twice.
func (b *planner) once() {
	seen := map[string]bool{}
	b.r.Groups = slices.DeleteFunc(slices.Clone(b.r.Groups), func(g triage.Group) bool {
		twice := seen[g.ID]
		seen[g.ID] = true
		return twice
	})
}

// target makes the plan's target exact, or refuses the plan.
func (b *planner) target() {
	if b.r.Action == Snooze || b.r.Action == Silence || b.r.Action == ExtendSilence {
		b.plan.Until = b.r.Until
	}
	if b.r.Action != Escalate && b.r.Action != HandOff {
		b.plan.Target = Target{}
		return
	}
	t := b.w.targetOf(b.r)
	b.plan.Target = t
	if !b.w.PagerDuty {
		if t.Kind == ToFirstLine {
			b.plan.Target.Name = b.w.firstLineName()
		}
		return // refused for a better reason
	}
	resolved, err := ResolveTarget(t, b.w)
	if err != nil {
		b.plan.Refused = wording.Sentence(err.Error()) + b.w.inAccount() + "."
		return
	}
	b.plan.Target = resolved
}

// notes makes what the notes of all groups share, and the summary to copy.
func (b *planner) notes() {
	// A text that the responder rewrote is another note than the one it came
	// from.
	own, _ := notetext.SplitMark(strings.TrimSpace(clean.Text(b.r.Note)))
	switch {
	case b.r.Action == AddNote:
		b.whole = true
		b.head = own
		if own == "" {
			b.head = strings.TrimSpace(clean.Text(b.r.Reason))
		}
	case own != "":
		b.head = own
		b.whole = len(b.r.Groups) == 1
	default:
		b.head = headOf(b.r, b.toWhom(), b.w)
		if len(b.r.Groups) == 1 {
			b.head = headOf(b.r, b.namedNext(b.r.Groups[0]), b.w)
		}
		b.written = true
	}
	b.plan.Note = b.head
	switch {
	case !b.r.Action.Passes() && b.r.Action != AddNote && b.r.Instead != ByIncident && !b.says():
		b.plan.Note = "" // what is done without words carries none
	case !b.whole && len(b.r.Groups) == 1 && b.carriesContext(b.r.Groups[0]):
		b.plan.Note = noteFor(b.head, b.r.Groups[0], b.w.Now)
	}
	parts := make([]string, 0, len(b.r.Groups)+1)
	if b.head != "" {
		parts = append(parts, b.head)
	}
	for _, g := range b.r.Groups {
		parts = append(parts, notetext.Context(g, b.w.Now))
	}
	b.plan.Summary = strings.Join(parts, "\n\n")
}

// typed reports whether the responder wrote something, which a note should carry.
func (r Request) typed() bool { return clean.Line(r.Reason) != "" || clean.Line(r.Note) != "" }

// noteInstead plans what the responder wrote as a note on the incidents for
// which nothing else is left to do, where nothing is sent that carries it.
func (b *planner) noteInstead() {
	if b.plan.Refused != "" || !b.r.typed() || slices.ContainsFunc(b.plan.Items, func(i Item) bool { return i.Sends() || i.NeedsChoice }) {
		return
	}
	text := strings.TrimSpace(clean.Text(b.r.Reason))
	if own, _ := notetext.SplitMark(strings.TrimSpace(clean.Text(b.r.Note))); own != "" {
		text = own
	}
	for n := range b.plan.Items {
		item := &b.plan.Items[n]
		if !item.Already || item.Group.Incident == nil {
			continue
		}
		b.plan.Note = text
		item.Already, item.So = false, item.Sentence
		item.Sentence += " Nothing of that changes; what you wrote is added as a note."
		item.Steps = []Step{{Kind: StepNote, Sentence: "add the note", IncidentID: item.Group.Incident.ID, Note: text}}
	}
}

// says reports whether the responder said anything that a note should carry.
func (b *planner) says() bool {
	return b.r.typed() ||
		slices.ContainsFunc(b.r.Groups, func(g triage.Group) bool { return triedText(b.r.Tried[g.ID]) != "" })
}

// carriesContext reports whether the group's note describes the problem. An
// acknowledgement is not a hand-off: its note is only the reason.
func (b *planner) carriesContext(g triage.Group) bool {
	switch b.r.Action {
	case Acknowledge:
		return g.Incident == nil
	case Escalate, NextLevel, HandOff:
		return true
	}
	return false
}

// toWhom returns the target for a sentence. It names the owner if it is the
// same for all groups.
func (b *planner) toWhom() string {
	t := b.plan.Target
	if !b.w.PagerDuty && t.ID != "" && t.Name == "" {
		return clean.Line(t.ID) // what was typed
	}
	if t.Kind == ToOwner && len(b.r.Groups) > 0 && b.w.PagerDuty {
		first := b.r.Groups[0].OwnerPolicyID
		same := !slices.ContainsFunc(b.r.Groups, func(g triage.Group) bool { return g.OwnerPolicyID != first })
		if owner, err := OwnerOf(b.r.Groups[0], b.w); err == nil && same {
			t = owner
		}
	}
	return NameOf(t)
}

// NameOf is what to call a target; people know nothing by its id.
func NameOf(t Target) string {
	if t.Kind == ToFirstLine && t.Name == "" {
		return "first line"
	}
	name := clean.Line(t.Name)
	switch {
	case name == "" && t.Kind == ToUser:
		return describe.Label(sources.Reference{ID: t.ID}, "user")
	case name == "" && t.Kind == ToTeam:
		return describe.Label(sources.Reference{ID: t.ID}, "team")
	case name == "" && t.Kind == ToPolicy:
		return describe.Label(sources.Reference{ID: t.ID}, "escalation policy")
	case name == "":
		return "the owner"
	case t.Kind == ToOwner && t.PolicyID != "":
		return "the owner (" + name + ")"
	}
	return name
}

// beforehand ends a note in the responder's own words that is written before
// its action: the program may be killed between the two.
const beforehand = "Written before it was sent; PagerDuty's timeline shows what came of it."

// note is the note of one group.
func (b *planner) note(g triage.Group) string {
	text := b.noteText(g)
	asks, _, _ := strings.Cut(headOf(b.r, b.namedNext(g), b.w), "\n")
	if b.written || !b.r.Action.Passes() || g.Incident == nil || strings.HasPrefix(text, asks) || strings.Contains(text, beforehand) {
		return text
	}
	return text + "\n\n" + beforehand
}

func (b *planner) noteText(g triage.Group) string {
	if b.whole || !b.carriesContext(g) {
		return b.head
	}
	head := b.headFor(g)
	if len(b.r.Groups) > 1 { // otherwise it is part of the head, or was rewritten
		head += triedText(b.r.Tried[g.ID])
	}
	return noteFor(head, g, b.w.Now)
}

// headFor is what the notes of all groups share, with the name of who is next on
// call for this one.
func (b *planner) headFor(g triage.Group) string {
	if b.written && b.plan.Target.Kind == ToNextOnCall {
		return headOf(b.r, b.namedNext(g), b.w)
	}
	return b.head
}

// item plans one group.
func (b *planner) item(g triage.Group) (Item, []Recipient) {
	item := Item{Group: g, ID: g.ID, Title: titleOf(g), OwnNote: clean.Line(b.r.Note) != "" && b.r.Action != AddNote}
	if b.plan.Refused != "" {
		return item, nil
	}
	if i := g.Incident; i != nil && i.Status == sources.Resolved && len(g.Alerts) == 0 && len(b.r.Matchers) == 0 &&
		slices.Contains([]Action{Silence, ExtendSilence, ExpireSilence}, b.r.Action) {
		item.Already, item.Sentence = true, ResolvedAlready(*i, b.r.Action, b.w.whoOf, b.w.Now)
		return item, nil
	}
	if item.Refused = b.elsewhere(g); item.Refused != "" {
		return item, nil
	}
	switch b.r.Action {
	case Acknowledge:
		if g.Incident != nil {
			b.acknowledge(&item)
			return item, nil
		}
		return item, b.acknowledgeAlerts(&item)
	case Escalate, HandOff:
		if !b.w.PagerDuty {
			item.Refused = b.withoutPagerDuty()
			return item, nil
		}
		return item, b.pass(&item)
	case AddNote:
		b.addNote(&item)
		return item, nil
	case Silence:
		b.silence(&item)
		return item, nil
	case ExtendSilence, ExpireSilence:
		b.changeSilences(&item)
		return item, nil
	case NextLevel, Resolve, Snooze, Merge, SetUrgency, SetPriority:
		return item, b.change(&item)
	}
	item.Refused = fmt.Sprintf("%q is no action.", clean.Line(string(b.r.Action)))
	return item, nil
}

// elsewhere says that a group is in another account than the plan; empty where it is not,
// or where the action is not PagerDuty's.
func (b *planner) elsewhere(g triage.Group) string {
	switch {
	case g.Incident != nil && b.r.Action.OnIncidents():
		return b.w.ofOther(g.Incident.Source)
	case b.r.Action == Escalate, b.r.Action == HandOff, b.r.Action == Acknowledge && b.r.Instead == ByIncident:
		return b.w.ofOther(g.Account)
	}
	return ""
}

// titleOf is what to call a group: as its row does. A title that was made here,
// such as of matchers, is taken as it is.
func titleOf(g triage.Group) string {
	title := g.Headline()
	if g.Incident == nil {
		title = clean.Line(g.Title)
	}
	return cmp.Or(title, "a problem without a title")
}

// change plans what is done to an incident where it is.
func (b *planner) change(item *Item) []Recipient {
	if !b.w.PagerDuty {
		item.Refused = "Without PagerDuty there is no incident to " + b.r.Action.verb() + "."
		return nil
	}
	switch b.r.Action {
	case NextLevel:
		return b.nextLevel(item)
	case Resolve:
		b.resolve(item)
	case Snooze:
		if item.Refused = b.checkUntil(); item.Refused == "" {
			b.snooze(item)
		}
	case Merge:
		b.merge(item)
	case SetUrgency:
		return b.urgency(item)
	case SetPriority:
		b.priority(item)
	}
	return nil
}

func (b *planner) addNote(item *Item) {
	i := item.Group.Incident
	switch {
	case i == nil:
		item.Refused = noIncident(item.Group, " to put a note on") + noteNeedsIncident
	case b.head == "":
		item.Refused = "The note is empty: write something."
	default:
		item.Sentence = "Adds a note to " + describe.Incident(*i) + "."
		item.Steps = []Step{{Kind: StepNote, Sentence: "add the note", IncidentID: i.ID, Note: b.head}}
	}
}

// acknowledge plans for a group with an incident. A resolve is never sent to
// PagerDuty while an alert is silenced, so it is the incident that is
// acknowledged, not its alerts (Alertmanager's issues 226 and 1803).
func (b *planner) acknowledge(item *Item) {
	i := *item.Group.Incident
	if sentence := describe.Already(i, b.w.whoOf, b.w.Now); sentence != "" {
		item.Already, item.Sentence = true, sentence
		return
	}
	item.Sentence = "Sets " + describe.Incident(i) + " acknowledged."
	item.Steps = []Step{{Kind: StepAcknowledge, Sentence: "set it acknowledged", IncidentID: i.ID}}
	if b.says() {
		b.addsNote(item)
	}
}

// addsNote makes the note follow what is done.
func (b *planner) addsNote(item *Item) {
	item.Steps = append(item.Steps, b.noteStep(item.Group))
	item.Sentence += " The note follows."
}
