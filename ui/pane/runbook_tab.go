package pane

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/runbooks/session"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// RunbookTab is the runbook of the group under the cursor.
type RunbookTab struct {
	*Pane
	cache *runbooks.Cache
	// trails are how each group's runbook is read. arriving is the line at which
	// the content that is being made will be read; nil: where it was left.
	trails   map[string]*trail
	arriving *int
	// lookups are what the web was asked for.
	lookups                      map[string]webLookup
	Looking, following, creating reply.Loader
	Find                         search
	Memory                       *recorder
	sessions                     session.Sessions
}

// runbookPart is what the tab needs of its own content.
type runbookPart struct {
	// shown is the runbook that is shown; nil without one.
	shown *Shown
	// waiting is an address that was not read yet and may be the runbook's.
	waiting string
	// suggestions are runbooks of others with the alert's name.
	suggestions []runbooks.Suggestion
}

func newRunbookTab(p *Pane) *RunbookTab {
	return &RunbookTab{
		Pane: p, cache: runbooks.NewCache(64), trails: map[string]*trail{}, lookups: map[string]webLookup{}, Find: newSearch(),
		Memory: newRecorder(p.Options.Memory, func(sentence string) { p.Say(room.Caution, sentence) }),
	}
}

// notice is what the reader has to know about the runbook; empty: nothing.
func (p runbookPart) notice(keys keymap.Table) string {
	if p.waiting != "" {
		return clean.Line("Reading " + p.waiting + " …")
	}
	notice := clean.Line(p.shown.Match.Notice)
	if p.shown.Match.Now != nil {
		notice += "; " + keys.KeyOf(keymap.FollowLinks, keymap.InRunbook) + " shows the page that is there now"
	}
	return notice
}

// Name is the tab's name.
func (p *RunbookTab) Name() string { return "Runbook" }

// Mode is where keys act while the runbook is read.
func (p *RunbookTab) Mode() keymap.Mode { return keymap.InRunbook }

// part is the tab's part of the content that was made last.
func (p *RunbookTab) part() runbookPart {
	own, _ := p.contentOf(p).Own.(runbookPart)
	return own
}

// Shown returns the runbook on the screen, or an empty one.
func (p *RunbookTab) Shown() *Shown {
	if b := p.part().shown; b != nil && p.ready() {
		return b
	}
	return &Shown{}
}

// Table is the keys of the runbook and of the search in it.
func (p *RunbookTab) Table() keymap.Table {
	const at, search, normal = keymap.InRunbook, keymap.InSearch, keymap.InNormal
	section := func(c keymap.Command, description string) keymap.Entry {
		e := keymap.Key(at, c, description).In(keymap.GroupRunbook).Unless(p.whyNoRunbook)
		return e.Vain(func() string { return p.whyNoSection(c) }).HintedNow(func() string { return p.sectionHint(c) })
	}
	return keymap.Table{
		keymap.Key(normal, keymap.TickTheStep, "tick the step").In(keymap.GroupRunbook).Unless(p.WhyNoSteps),
		keymap.Key(normal, keymap.DidNotHelp, "say that the step did not help").In(keymap.GroupRunbook).Unless(p.WhyNoSteps),
		keymap.Key(normal, keymap.RunTheCode, "run the step's command, once confirmed").In(keymap.GroupRunbook).Unless(p.WhyNotRun),
		keymap.Key(normal, keymap.EditRunbook, "edit the runbook, or write one").In(keymap.GroupRunbook).Unless(p.WhyNotMend),
		keymap.Key(at, keymap.Leave, "back to the list").Hinted("list"),
		keymap.Key(at, keymap.NextStep, "next step").In(keymap.GroupRunbook).Hinted("step").Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.PreviousStep, "previous step").In(keymap.GroupRunbook).Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.TickTheStep, "tick the step").Hinted("tick").Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.RunTheCode, "run the step's command").Hinted("run").Unless(p.WhyNotRun),
		keymap.Key(at, keymap.EditRunbook, "edit the runbook").Hinted("edit").Unless(p.WhyNotMend),
		keymap.Key(at, keymap.CopyTheCode, "copy the step's command").In(keymap.GroupRunbook).Hinted("copy").Unless(p.whyNoRunbook),
		section(keymap.ToMeaning, "to Meaning"),
		section(keymap.ToImpact, "to Impact"),
		section(keymap.ToDiagnosis, "to Diagnosis"),
		section(keymap.ToMitigation, "to Mitigation"),
		keymap.Key(at, keymap.ShowOutline, "outline").In(keymap.GroupRunbook).Hinted("outline").Unless(p.WhyNoSections),
		keymap.Key(at, keymap.FindInRunbook, "find in the runbook").In(keymap.GroupRunbook).Hinted("find").Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.NextHit, "next place found").In(keymap.GroupRunbook).Unless(p.whyNoHits),
		keymap.Key(at, keymap.PreviousHit, "previous place found").In(keymap.GroupRunbook).Unless(p.whyNoHits),
		keymap.Key(at, keymap.FollowLinks, "follow a link").In(keymap.GroupRunbook).Hinted("links").Unless(p.whyNoLinks),
		keymap.Key(at, keymap.DidNotHelp, "say that the step did not help").Hinted("no help").Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.GoBack, "back to the runbook before").In(keymap.GroupRunbook).Unless(p.whyNotBack),
		keymap.Key(at, keymap.GoForward, "forward again").In(keymap.GroupRunbook).Unless(p.whyNotForward),
		keymap.Key(at, keymap.ShowRaw, "as written, or filled").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.WholeRunbook, "the whole runbook, or this alert").In(keymap.GroupRunbook).Unless(p.whyNoEntry),
		keymap.Key(at, keymap.ChooseLabels, "choose whose labels fill it").In(keymap.GroupRunbook).Unless(p.whyNoAlerts),
		keymap.Key(search, keymap.Confirm, "done").Hinted("*"),
		keymap.Key(search, keymap.NextHit, "next").Hinted("*"),
		keymap.Key(search, keymap.PreviousHit, "previous").Hinted("*"),
		keymap.Key(search, keymap.CloseDialog, "clear").Hinted("*"),
		keymap.Key(search, keymap.Quit, "quit"),
	}
}

// Do carries out a command of the runbook.
func (p *RunbookTab) Do(c keymap.Command) (cmd tea.Cmd, done bool) {
	switch c {
	case keymap.ToMeaning, keymap.ToImpact, keymap.ToDiagnosis, keymap.ToMitigation:
		if heading, found := p.section(c); found {
			p.toHeading(heading)
		} else {
			p.Say(room.Info, "This runbook has no section "+wording.Sentence(sectionNames[c][0]))
		}
	case keymap.ShowOutline:
		p.openOutline()
	case keymap.FollowLinks:
		p.openLinks()
	case keymap.GoBack:
		p.travel(&p.trail().back, &p.trail().forward)
	case keymap.GoForward:
		p.travel(&p.trail().forward, &p.trail().back)
	case keymap.FindInRunbook:
		p.openSearch()
	case keymap.NextHit, keymap.PreviousHit:
		p.stepHit(c)
	case keymap.ShowRaw:
		p.trail().raw = !p.trail().raw
		p.Invalidate()
	case keymap.WholeRunbook:
		p.trail().whole = !p.trail().whole
		p.Find.Clear()
		p.Invalidate()
	case keymap.ChooseLabels:
		p.openAlerts()
	case keymap.NextStep:
		p.stepCursor(1)
	case keymap.PreviousStep:
		p.stepCursor(-1)
	case keymap.TickTheStep:
		return p.tickStep(), true
	case keymap.DidNotHelp:
		p.sayDidNotHelp()
	case keymap.CopyTheCode:
		return p.copyCode(), true
	case keymap.RunTheCode:
		return p.askRun(), true
	case keymap.EditRunbook:
		return p.edit(), true
	default:
		return nil, false
	}
	return nil, true
}

// Prepare finds, fills and renders the runbook of a group.
func (p *RunbookTab) Prepare(g triage.Group) Work {
	want := p.want(g)
	return func(ctx context.Context, w *Writer, width int) Content { return w.runbookContent(ctx, g, want, width) }
}

// Follow starts what became due for the runbook that is shown: reading it from the
// web, and the ticks of the groups whose notes say what was tried.
func (p *RunbookTab) Follow(*triage.Group, bool) tea.Cmd {
	var ids []string
	if p.Group != nil {
		ids = append(ids, p.Group.ID)
	}
	for _, g := range p.Options.PassedOn() {
		ids = append(ids, g.ID)
	}
	var opened tea.Cmd
	if p.Focused {
		opened = p.noteOpening()
	}
	return tea.Batch(opened, p.fetchRunbook(p.Context), p.Memory.load(p.Context, p.takeMemory, ids...), p.Memory.savePositions(p.Context))
}

// Move gives what was done for a group to the one that took its place.
func (p *RunbookTab) Move(from, to string) {
	p.Memory.move(from, to)
	p.sessions.Move(from, to)
	p.Invalidate()
}

// Refresh reads again what may have changed outside: everything, or what is read
// each minute anyway.
func (p *RunbookTab) Refresh(all bool) {
	p.forgetLookups(all)
	p.Memory.invalidate()
}

// Leave ends the stay at a group and saves its reading position.
func (p *RunbookTab) Leave() {
	p.SavePosition()
	p.following.Drop()
	p.arriving = nil
	p.Find.Clear()
}

// Back ends the search; without one it saves the reading position.
func (p *RunbookTab) Back() bool {
	if p.Find.Pattern != nil {
		p.Find.Clear()
		return true
	}
	p.SavePosition()
	return false
}

// Line marks the step under the cursor and highlights what the search found.
func (p *RunbookTab) Line(number int, line string) (margin, drawn string) {
	return p.margin(number), p.light(number, line)
}

// Notice is what the head says of the runbook, while that is not on the screen.
func (p *RunbookTab) Notice() string {
	part := p.part()
	if part.shown == nil {
		return ""
	}
	from, head := p.Offset(), part.shown.head
	if head[0] < from+p.Rows() && head[1] > from+1 {
		return "" // a line of it besides the rule is on the screen
	}
	return part.notice(p.Keys)
}

// Found says which hit of the search is shown, for the footer.
func (p *RunbookTab) Found() string {
	if found := p.Find.count(); found != "" {
		return "/" + p.Find.input.Value() + " " + found
	}
	return ""
}

// Restore finds the line to read on in content that was just made. The old content
// began on the screen at a line; same: it was the same group's; resized: it had
// another width.
func (p *RunbookTab) Restore(old Content, line int, same, resized bool) {
	before, _ := old.Own.(runbookPart)
	now := p.part().shown
	at := p.offset(p)
	switch {
	case now == nil:
	case p.arriving != nil:
		*at = *p.arriving
		p.arriving = nil
	case same && before.shown != nil && *at >= 0 && before.shown.Match.Runbook.Path == now.Match.Runbook.Path:
		// The same text, made again: the same words stay at the top.
		source, beyond := before.shown.sourceAt(line)
		if resized {
			beyond = 0
		}
		*at = now.lineOf(source) + beyond
	case *at < 0:
		*at = p.savedOffset(now)
	}
	if now != nil {
		p.Find.again(now.plain)
		p.fitSearch()
	}
}
