package dialog

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// sendings are the actions that are under way.
type sendings struct {
	// UnderWay is by action and group: the same is never sent twice at once.
	UnderWay map[string]bool
	Sending  map[*Sending]bool
}

// Sending is one confirmed plan while it is carried out.
type Sending struct {
	dialog *Dialog
	action respond.Action
	groups []triage.Group
	plan   respond.Plan
	// undoes is what it takes back, where it does.
	undoes *doneAction
	drafts []draft.Key
	// from is where the cursor of the list was.
	from int
	// ending is what came of all, results what came of each, waits why it waits.
	ending, results, waits reply.Loader
}

// Options are what actions and their dialogs need besides the screen.
type Options struct {
	Respond respond.Settings
	// Doer carries actions out; nil: no action is possible.
	Doer   *execute.Doer
	Drafts *draft.Drafts
	// Snapshots and Groups are what the sources say now, Targets the groups that
	// an action is about.
	Snapshots func() []sources.Snapshot
	Groups    func() []triage.Group
	Targets   func() []triage.Group
	// Tried is what was tried for each group.
	Tried func(groups []triage.Group) map[string][]string
	// Open opens a room over the screen.
	Open func(room.Overlay)
	// Learn takes an incident as it was read after an action. Sent says that an
	// action was sent, Done that all of it is done for these groups.
	Learn func(sources.Incident)
	Sent  func()
	Done  func(groups []triage.Group)
	// Next goes on from groups that need nobody any more to the next that wants
	// attention, and names it; empty without one.
	Next func(done []triage.Group, from int) string
	// Return goes to what was given back by an undo.
	Return func(groups []triage.Group)
	// Position is where the cursor of the list is.
	Position func() int
	// WhyNoTarget says why there are no Targets; Selecting reports whether they
	// were selected.
	WhyNoTarget func() string
	Selecting   func() bool
	// Settle finds out the outcome of writes whose answer was lost, of this run and
	// of earlier ones. It returns what it found, and when to try again, zero where
	// nothing is left. It is called off the loop, never twice at a time; it may be
	// nil. Settled says that it found something.
	Settle  func(ctx context.Context) (found []respond.Result, next time.Time)
	Settled func()
}

// Actions are the dialog that is open, and what was sent from dialogs.
type Actions struct {
	*room.Screen
	options Options
	drafts  *draft.Drafts
	// Dialog is the one that is open; nil: none is.
	Dialog *Dialog
	sendings
	// last is the last action that came about; nil: none did.
	last *doneAction
	// settling finds out the outcome of earlier writes.
	settling reply.Loader
}

// New has no dialog open and nothing under way.
func New(s *room.Screen, o Options) *Actions {
	return &Actions{
		Screen: s, options: o, drafts: o.Drafts, sendings: sendings{UnderWay: map[string]bool{}, Sending: map[*Sending]bool{}},
	}
}

// Configure has what is done from now on done with other options. another: the account
// is another one, and what was done in the one before can't be undone from here.
func (a *Actions) Configure(o Options, another bool) {
	a.options = o
	if another {
		a.last = nil
	}
}

// Keys are the keys of dialogs.
func Keys() keymap.Table {
	const at = keymap.InDialog
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "confirm"),
		keymap.Key(at, keymap.Acknowledge, "acknowledge"),
		keymap.Key(at, keymap.NextField, "next"),
		keymap.Key(at, keymap.PreviousField, "back"),
		keymap.Key(at, keymap.ChoiceDown, "down"),
		keymap.Key(at, keymap.ChoiceUp, "up"),
		keymap.Key(at, keymap.NewLine, "new line"),
		keymap.Key(at, keymap.InEditor, "write in your editor"),
		keymap.Key(at, keymap.HalfDown, "more of the preview"),
		keymap.Key(at, keymap.HalfUp, "back in the preview"),
		keymap.Key(at, keymap.CopyLink, "copy the summary"),
		keymap.Key(at, keymap.ToggleJoin, "ask to join instead, or back"),
		keymap.Key(at, keymap.AllIncidents, "all incidents for the same alerts, or this one alone"),
		keymap.Key(at, keymap.EditNote, "write the note yourself"),
		keymap.Key(at, keymap.CloseDialog, "close"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}

// Follow works out what is not known for the open dialog.
func (a *Actions) Follow() tea.Cmd {
	if a.Dialog == nil {
		return nil
	}
	a.takeTried()
	return a.Dialog.think(a.Context, a.options.Snapshots)
}

// TakeGroups gives the dialog the groups as they are now.
func (a *Actions) TakeGroups(groups []triage.Group) {
	if d := a.Dialog; d != nil && !d.sending && !d.finished {
		d.refreshGroups(groups)
	}
}

// Confirms reports whether enter would send what the dialog shows.
func (a *Actions) Confirms() bool { return a.Dialog.Field == SendField }

// Busy reports whether something is being sent.
func (s *sendings) Busy() bool { return len(s.Sending) > 0 }

func underWayKey(action respond.Action, id string) string { return string(action) + " " + id }

// OpenOn prepares an action on the selected groups, or on the one under
// the cursor.
func (a *Actions) OpenOn(action respond.Action) {
	groups := a.options.Targets()
	groups = slices.DeleteFunc(groups, func(g triage.Group) bool { return a.UnderWay[underWayKey(action, g.ID)] })
	if len(groups) == 0 {
		a.Say(room.Caution, "It is under way for this already: "+action.Words()+".")
		return
	}
	others := slices.DeleteFunc(triage.Sharing(a.options.Groups(), groups), func(g triage.Group) bool {
		return a.UnderWay[underWayKey(action, g.ID)]
	})
	a.Open(action, groups).offerOthers(others)
}

// Open opens the dialog of an action on groups.
func (a *Actions) Open(action respond.Action, groups []triage.Group) *Dialog {
	a.Dialog = newDialog(a.Screen, a.options, action, groups)
	a.options.Open(overlay{a.Dialog, a})
	return a.Dialog
}

func (a *Actions) dialogKey(msg tea.KeyPressMsg) tea.Cmd {
	before := a.Dialog.draftKeys()
	answer, cmd := a.Dialog.key(msg)
	if after := a.Dialog.draftKeys(); !slices.Equal(before, after) {
		a.drafts.Drop(before...) // some groups are done; the text goes on with the rest
	}
	a.saveDraft()
	switch answer {
	case closed:
		a.closeDialog()
	case leaveProgram:
		return a.Host.Quit()
	case send:
		return a.send()
	case openEditor:
		return a.editDraft()
	case copySummary:
		return a.Terminal.Copy("the summary", a.Dialog.Plan.Summary)
	}
	return cmd
}

// saveDraft saves what is typed from the first letter on.
func (a *Actions) saveDraft() {
	if d := a.Dialog; d.hasText() && !d.sending {
		for key, text := range d.drafts() {
			a.drafts.Put(key, text)
		}
	}
}

// editDraft lets the responder write the text in their own editor.
func (a *Actions) editDraft() tea.Cmd {
	d := a.Dialog
	if why := a.Terminal.NoEditor(); why != "" {
		a.Say(room.Caution, wording.Sentence(why)+".")
		return nil
	}
	return a.Terminal.Edit(d.typed().Value(), func(text string) tea.Cmd {
		if a.Dialog == d && !d.sending {
			d.setText(text)
			a.saveDraft()
		}
		return nil
	})
}

func (a *Actions) closeDialog() {
	switch d := a.Dialog; {
	case d.sending, d.unwritten():
	case d.poured:
		a.Say(room.Caution, "What was pasted is saved for when you come back; nobody has confirmed it.")
	default:
		a.Say(room.Info, "The text is saved for when you come back.")
	}
	a.Dialog.loading.Drop()
	a.Host.Close()
	a.Dialog = nil
}

// send carries the confirmed plan out, off the loop.
func (a *Actions) send() tea.Cmd {
	d := a.Dialog
	s := &Sending{
		dialog: d, action: d.action, groups: d.Groups, plan: d.Plan.Attempt(), undoes: d.undo, drafts: d.draftKeys(), from: a.options.Position(),
	}
	a.Sending[s] = true
	for _, g := range d.Groups {
		a.UnderWay[underWayKey(d.action, g.ID)] = true
	}
	d.sending, d.results, d.scroll, d.waiting = true, nil, 0, ""

	ctx, doer, plan := a.Context, a.options.Doer, s.plan
	waits := make(chan string, 1)
	// Room for every result, so that reporting never waits for the screen.
	each := make(chan respond.Result, 4*len(d.Groups)+8)
	do := reply.Start(&s.ending, func() []respond.Result {
		defer close(each)
		defer close(waits)
		ctx := sources.ReportWaits(ctx, func(sentence string) {
			select {
			case waits <- sentence:
			default: // the one before was not shown yet; neither is about more than seconds
			}
		})
		return doer.Do(ctx, plan, func(r respond.Result) {
			select {
			case each <- r:
			default: // the whole list comes at the end
			}
		})
	}, func(results []respond.Result) tea.Cmd {
		a.takeSent(s, results)
		return a.settleLater(results)
	})
	return tea.Batch(do,
		reply.Listen(&s.results, reply.From(each), reply.Nothing(func(r respond.Result) { a.TakeResult(s, r) })),
		reply.Listen(&s.waits, reply.From(waits), reply.Nothing(func(sentence string) { a.TakeWait(s, sentence) })))
}

// open reports whether the sending's own dialog is still on the screen.
func (a *Actions) showing(s *Sending) bool { return a.Dialog != nil && a.Dialog == s.dialog }

// TakeResult takes what came of one group.
func (a *Actions) TakeResult(s *Sending, r respond.Result) {
	a.learn(r)
	if a.showing(s) {
		a.Dialog.waiting = ""
		a.Dialog.results = append(a.Dialog.results, r)
	}
}

// learn puts an incident that was read back into the list at once.
func (a *Actions) learn(r respond.Result) {
	if r.Incident != nil {
		a.options.Learn(*r.Incident)
	}
}

// takeSent ends a sending: what went well is reported and closed, what did not
// stays with its text.
func (a *Actions) takeSent(s *Sending, results []respond.Result) {
	delete(a.Sending, s)
	s.results.Drop() // all of them are here
	s.waits.Drop()
	for _, g := range s.groups {
		delete(a.UnderWay, underWayKey(s.action, g.ID))
	}
	for _, r := range results {
		a.learn(r)
	}
	var done *doneAction
	if a.last != nil && s.undoes == a.last {
		a.last = nil // what was taken back is not taken back again
	} else {
		done = a.recordDone(s, results)
	}
	a.options.Sent()
	good, next := allOver(results), ""
	if good {
		a.drafts.Drop(s.drafts...)
	}
	a.options.Done(overOf(s.groups, results))
	switch {
	case !good || !a.showing(s):
	case s.undoes != nil:
		a.options.Return(s.groups)
	case s.plan.Relieves():
		next = a.options.Next(s.groups, s.from)
	}
	a.report(results, next)
	if done != nil {
		a.offerUndo(done)
	}
	if !a.showing(s) {
		return
	}
	if good {
		a.Host.Close()
		a.Dialog = nil
		return
	}
	a.Dialog.fail(results)
	a.saveDraft()
}

// overOf are the groups for which nothing is left to do.
func overOf(groups []triage.Group, results []respond.Result) []triage.Group {
	return slices.DeleteFunc(slices.Clone(groups), func(g triage.Group) bool {
		return !slices.ContainsFunc(results, func(r respond.Result) bool { return r.GroupID == g.ID && r.Over() })
	})
}

// report says the results of a sending in the status line: one by its own
// sentence, several by their sum, each in the history. next names where the cursor
// went, or is empty.
func (a *Actions) report(results []respond.Result, next string) {
	if next != "" {
		next = "Next: " + next
	}
	for _, r := range results {
		l := levelOf(r.Outcome)
		if len(results) > 1 {
			a.Say(l, r.Title+": "+r.Sentence)
			continue
		}
		a.SayWith(l, r.Sentence, next)
	}
	if len(results) > 1 {
		l := room.OK
		if !allOver(results) {
			l = room.Failure
		}
		a.SayWith(l, execute.Summarise(results), next)
	}
}

// levelOf is how much an outcome matters to who waits for it.
func levelOf(o respond.Outcome) room.Level {
	switch o {
	case respond.Done:
		return room.OK
	case respond.Already:
		return room.Info
	case respond.Unknown:
		return room.Caution
	}
	return room.Failure
}

// fail shows results that are not all good, and leaves the rest for
// another try.
func (d *Dialog) fail(results []respond.Result) {
	d.sending, d.finished = false, true
	d.results = results
	d.Field = resultField
	d.Text.Blur()
	d.picker.Blur()
}

// takeTried gives the dialog what was tried; it may be read while the dialog is
// open.
func (a *Actions) takeTried() {
	d := a.Dialog
	if d == nil || d.sending || d.finished || !d.action.Passes() {
		return
	}
	if tried := a.options.Tried(d.Groups); !maps.EqualFunc(tried, d.tried, slices.Equal) {
		d.tried = tried
		d.Rethink()
	}
}

// PassedOn are the groups of a dialog whose note says what was tried.
func (a *Actions) PassedOn() []triage.Group {
	if d := a.Dialog; d != nil && d.action.Passes() {
		return d.Groups
	}
	return nil
}

// TakeWait shows why a sending waits: in its dialog, or in the status line where
// the responder has gone back to the list.
func (a *Actions) TakeWait(s *Sending, sentence string) {
	if a.showing(s) {
		a.Dialog.waiting = clean.Line(sentence)
		return
	}
	a.Say(room.Caution, clean.Line(sentence))
}

// TakeDrafts takes the stored drafts, also into a dialog that was opened
// before it came and in which nothing was typed.
func (a *Actions) TakeDrafts(msg draft.Loaded) {
	if msg.Err != nil {
		a.Say(room.Caution, "What was typed before and not sent can't be read: "+msg.Err.Error()+".")
	}
	a.drafts.Take(msg.List)
	if d := a.Dialog; d != nil && !d.sending && d.unwritten() {
		d.restore(a.drafts)
		d.Rethink()
	}
}
