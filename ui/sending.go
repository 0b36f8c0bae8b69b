package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// sendings are the actions that are under way.
type sendings struct {
	// underWay is by action and group: the same is never sent twice at once.
	underWay map[string]bool
	sending  map[*sendingState]bool
}

// sendingState is one confirmed plan while it is carried out.
type sendingState struct {
	dialog *dialog
	action respond.Action
	groups []triage.Group
	plan   respond.Plan
	// undoes is what it takes back, where it does.
	undoes *doneAction
	drafts []draft.Key
	// ending is what came of all, results what came of each, waits why it waits.
	ending, results, waits reply.Loader
}

func newSendings() sendings {
	return sendings{underWay: map[string]bool{}, sending: map[*sendingState]bool{}}
}

func (s *sendings) sendingNow() bool { return len(s.sending) > 0 }

func underWayKey(action respond.Action, id string) string { return string(action) + " " + id }

// openDialog prepares an action on the selected groups, or on the one under
// the cursor.
func (m *Model) openDialog(action respond.Action) {
	groups := m.list.targets()
	groups = slices.DeleteFunc(groups, func(g triage.Group) bool { return m.underWay[underWayKey(action, g.ID)] })
	if len(groups) == 0 {
		m.Say(room.Caution, "It is under way for this already: "+action.Words()+".")
		return
	}
	others := slices.DeleteFunc(triage.Sharing(m.board.groups, groups), func(g triage.Group) bool {
		return m.underWay[underWayKey(action, g.ID)]
	})
	m.showDialog(action, groups).offerOthers(others)
}

func (m *Model) showDialog(action respond.Action, groups []triage.Group) *dialog {
	m.dialog = newDialog(m.shared, action, groups, m.drafts)
	m.mode = inAction
	return m.dialog
}

func (m *Model) dialogKey(msg tea.KeyPressMsg) tea.Cmd {
	before := m.dialog.draftKeys()
	answer, cmd := m.dialog.key(msg)
	if after := m.dialog.draftKeys(); !slices.Equal(before, after) {
		m.drafts.Drop(before...) // some groups are done; the text goes on with the rest
	}
	m.keepDraft()
	switch answer {
	case closed:
		m.closeDialog()
	case leaveProgram:
		return m.quit()
	case send:
		return m.send()
	case openEditor:
		return m.editDraft()
	case copySummary:
		m.Say(room.OK, "Copied the summary")
		return m.toClipboard(m.dialog.plan.Summary)
	}
	return cmd
}

// keepDraft keeps what is typed from the first letter on.
func (m *Model) keepDraft() {
	if d := m.dialog; d.hasText() && !d.sending {
		for key, text := range d.drafts() {
			m.drafts.Put(key, text)
		}
	}
}

// editDraft lets the responder write the text in their own editor.
func (m *Model) editDraft() tea.Cmd {
	d := m.dialog
	if why := m.whyNoEditor(); why != "" {
		m.Say(room.Caution, wording.Sentence(why)+".")
		return nil
	}
	return m.editText(d.typed().Value(), func(text string) tea.Cmd {
		if m.dialog == d && !d.sending {
			d.setText(text)
			m.keepDraft()
		}
		return nil
	})
}

func (m *Model) closeDialog() {
	switch d := m.dialog; {
	case d.sending, d.unwritten():
	case d.poured:
		m.Say(room.Caution, "What was pasted is kept for when you come back; nobody has confirmed it.")
	default:
		m.Say(room.Info, "The text is kept for when you come back.")
	}
	m.dialog.loading.Drop()
	m.dialog, m.mode = nil, normal
}

// send carries the confirmed plan out, off the loop.
func (m *Model) send() tea.Cmd {
	d := m.dialog
	s := &sendingState{
		dialog: d, action: d.action, groups: d.groups, plan: d.plan.Attempt(), undoes: d.undo, drafts: d.draftKeys(),
	}
	m.sending[s] = true
	for _, g := range d.groups {
		m.underWay[underWayKey(d.action, g.ID)] = true
	}
	d.sending, d.results, d.scroll, d.waiting = true, nil, 0, ""

	ctx, doer, plan := m.ctx, m.options.Doer, s.plan
	waits := make(chan string, 1)
	// Room for every result, so that reporting never waits for the screen.
	each := make(chan respond.Result, 4*len(d.groups)+8)
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
		m.takeSent(s, results)
		return m.settleLater(results)
	})
	return tea.Batch(do,
		reply.Listen(&s.results, reply.From(each), reply.Nothing(func(r respond.Result) { m.takeResult(s, r) })),
		reply.Listen(&s.waits, reply.From(waits), reply.Nothing(func(sentence string) { m.takeWait(s, sentence) })))
}

// open reports whether the sending's own dialog is still on the screen.
func (m *Model) showing(s *sendingState) bool { return m.dialog != nil && m.dialog == s.dialog }

func (m *Model) takeResult(s *sendingState, r respond.Result) {
	m.learn(r)
	if m.showing(s) {
		m.dialog.waiting = ""
		m.dialog.results = append(m.dialog.results, r)
	}
}

// learn puts an incident that was read back into the list at once.
func (m *Model) learn(r respond.Result) {
	if r.Incident != nil {
		m.board.newer[r.Incident.ID] = *r.Incident
		m.board.dirty = true
	}
}

// takeSent ends a sending: what went well is told and closed, what did not
// stays with its text.
func (m *Model) takeSent(s *sendingState, results []respond.Result) {
	delete(m.sending, s)
	s.results.Drop() // all of them are here
	s.waits.Drop()
	for _, g := range s.groups {
		delete(m.underWay, underWayKey(s.action, g.ID))
	}
	for _, r := range results {
		m.learn(r)
	}
	m.timeline.again()
	if m.last != nil && s.undoes == m.last {
		m.last = nil // what was taken back is not taken back again
	} else {
		m.keepDone(s, results)
	}
	if m.options.Refresh != nil {
		m.options.Refresh()
	}
	good := settled(results)
	if good {
		m.drafts.Drop(s.drafts...)
		for _, g := range s.groups {
			delete(m.list.selected, g.ID)
		}
	}
	if !m.showing(s) || good {
		m.tell(results)
	}
	if !m.showing(s) {
		return
	}
	if good {
		m.dialog, m.mode = nil, normal
		return
	}
	m.dialog.fail(results)
	m.keepDraft()
}

// tell says what came of a sending in the status line: one result by its own
// sentence, several by their sum, each in the history.
func (m *Model) tell(results []respond.Result) {
	for _, r := range results {
		l := room.Failure
		switch r.Outcome {
		case respond.Done:
			l = room.OK
		case respond.Already:
			l = room.Info
		case respond.Unknown:
			l = room.Caution
		}
		text := r.Sentence
		if len(results) > 1 {
			text = r.Title + ": " + text
		}
		m.Say(l, text)
	}
	if len(results) > 1 {
		l := room.OK
		if !settled(results) {
			l = room.Failure
		}
		m.Say(l, respond.Summarise(results))
	}
}

// fail shows results of which some are not good, and keeps the rest for
// another try.
func (d *dialog) fail(results []respond.Result) {
	d.sending, d.finished = false, true
	d.results = results
	d.field = resultField
	d.text.Blur()
	d.picker.Blur()
}
