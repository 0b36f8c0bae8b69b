package pane

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/internal/wanted"
	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/plain"
)

// runbookWant is how a group's runbook is to be shown.
type runbookWant struct {
	library *runbooks.Library
	cache   *runbooks.Cache
	here    *runbooks.Match
	// whole: all of a file of many alerts is shown.
	raw, whole bool
	labels     map[string]string
	typed      map[string]string
	// session are the variables that earlier steps set.
	session runbooks.Values
	// lookups are what the web said, by lookupKey.
	lookups map[string]webLookup
	memory  remembered
	// groupID is the group that it is for, remarks are what was said of steps.
	groupID string
	remarks []record.Remark
	tried   []record.TriedStep
	now     time.Time
}

// wantRunbook is what a group's runbook is made of, for work off the loop.
func (p *RunbookTab) want(g triage.Group) runbookWant {
	r := p.trailOf(g.ID)
	return runbookWant{
		library: p.Options.Library, cache: p.cache, here: r.here, raw: r.raw, whole: r.whole, labels: r.fillLabels(g), typed: r.typed, session: p.fromSession(g.ID),
		lookups: maps.Clone(p.lookups), memory: p.Memory.Of(g.ID), groupID: g.ID, remarks: p.Memory.remarks, tried: p.Timeline.of(g.ID).history.Tried, now: p.Now,
	}
}

// find chooses the runbook: the runbook that a link led to, else the group's own,
// for which waiting is an address that was not asked yet.
func (w *runbookWant) find(ctx context.Context, g triage.Group) (m runbooks.Match, ok bool, waiting string, err error) {
	if w.here != nil {
		m = *w.here
		// After an edit the file's new text is shown, not that of the visit.
		if newer, found := w.library.Follow(m.Runbook, ""); found {
			m.Runbook = newer.Runbook
		}
		return m, true, "", nil
	}
	m, ok, waiting = w.library.LookupCached(ctx, wanted.Of(g))
	if found, asked := w.lookups[lookupKey(g.ID, waiting)]; asked && waiting != "" {
		return found.match, found.ok, "", found.err
	}
	return m, ok, waiting, nil
}

// runbookContent finds, fills and renders the runbook of a group. It runs off the
// loop.
func (s *Writer) runbookContent(ctx context.Context, g triage.Group, w runbookWant, width int) Content {
	if w.library == nil {
		return s.noRunbookContent(g, runbooks.Match{}, nil, width)
	}
	match, found, waiting, err := w.find(ctx, g)
	if !found {
		p := s.noRunbookContent(g, match, w.library.Problems(), width)
		p.Own = runbookPart{waiting: waiting, suggestions: match.Suggestions}
		switch {
		case waiting != "":
			p.Lines = s.Paragraph("Reading "+clean.Line(waiting)+" …", width, draw.Dim)
		case err != nil:
			p.Lines = append(append(s.Paragraph("! "+wording.Sentence(clean.Line(err.Error())), width, draw.Warning), ""), p.Lines...)
		}
		return p
	}
	filled, fill := match.Runbook, runbooks.Filled{}
	if !w.raw {
		filled, fill = match.Runbook.FilledWith(append([]runbooks.Values{{From: runbooks.FromPerson, Of: w.typed}, w.session}, match.ValuesOf(w.labels, s.Options.Fill)...)...)
	}
	if s.Plain {
		width = plain.Width
	}
	rendered, err := w.cache.Render(filled, runbooks.Style{Width: width, Palette: s.Theme.Palette, NoColor: s.Theme.NoColor && !s.Plain})
	if err != nil {
		return Content{Lines: append(
			s.Paragraph("The runbook could not be drawn: "+clean.Line(err.Error()), width, draw.Warning),
			s.Wrap(match.Runbook.Body, width)...)}
	}
	b := s.newShown(match, filled, fill, rendered)
	p := Content{Lines: b.narrowTo(slices.Clone(rendered.Lines), match.Runbook.Entry(match.Heading, g.AlertNames()), !w.whole), Own: runbookPart{b, waiting, match.Suggestions}}
	s.annotate(&p, b, w, width)
	title := clean.Line(match.Runbook.Title)
	if match.Heading != nil {
		if i := slices.IndexFunc(b.headings, func(h shownHeading) bool { return h.source == match.Heading.Line }); i >= 0 {
			p.Start = b.headings[i].line
			b.section = i
		}
		if heading := clean.Line(match.Heading.Text); heading != "" && heading != title {
			title += " / " + heading
		}
	}
	if p.Start == 0 {
		// The head has the title.
		past := s.pastTitle(p.Lines, title)
		p.Lines = p.Lines[past:]
		b.shift(0, -past)
	}
	if s.Plain {
		b.nameHeadings(p.Lines)
	}
	for _, l := range p.Lines {
		b.plain = append(b.plain, s.Bare(l))
	}
	b.putHead(&p, s.runbookHead(ctx, w, runbookPart{b, waiting, match.Suggestions}, title, width))
	for _, h := range b.headings {
		p.Sections = append(p.Sections, h.line)
	}
	slices.Sort(p.Sections)
	return p
}

// nameHeadings says of headings that they are, for who does not see how they look.
func (b *Shown) nameHeadings(lines []string) {
	named := map[int]bool{} // that of the title is no longer there, and another has its line
	for _, h := range b.headings {
		if h.level < runbooks.RowLevel && h.line >= 0 && h.line < len(lines) && !named[h.line] {
			lines[h.line], named[h.line] = "heading: "+lines[h.line], true
		}
	}
}

// putHead puts the head before the line at which reading begins, so that it is seen
// first and gives its room to the text by the first keys. No search looks in it.
func (b *Shown) putHead(p *Content, head []string) {
	p.Lines = slices.Insert(p.Lines, p.Start, head...)
	b.plain = slices.Insert(b.plain, p.Start, make([]string, len(head))...)
	b.shift(p.Start, len(head))
	b.head = [2]int{p.Start, p.Start + len(head)}
}

// newShown is what the keys work with.
func (s *Writer) newShown(match runbooks.Match, filled *runbooks.Runbook, fill runbooks.Filled, rendered runbooks.Rendered) *Shown {
	b := &Shown{Match: match, filled: filled, fill: fill, codes: filled.CodeIn(nil), links: filled.Links(), marks: slices.Clone(rendered.Marks), section: -1}
	for i, h := range filled.Headings {
		if rendered.HeadingLines[i] >= 0 {
			b.headings = append(b.headings, shownHeading{h.Level, clean.Line(h.Text), rendered.HeadingLines[i], h.Line})
		}
	}
	if s.Options.MayRun && !s.Options.Demo && !s.Options.ReadOnly && match.Runbook.Runnable() {
		b.absent = absentPrograms(b.codes, s.Options.Installed)
	}
	written := match.Runbook.Steps(nil)
	for i, step := range match.Runbook.StepsOf(filled) {
		b.Steps = append(b.Steps, shownStep{Step: step, line: b.lineOf(step.Line), written: written[i].Text})
	}
	return b
}

// runbookHead is the head of the runbook: what it is and how it was found, where it
// comes from and how old it is, and what the reader has to know about it.
func (s *Writer) runbookHead(ctx context.Context, w runbookWant, p runbookPart, title string, width int) []string {
	b := p.shown
	matched := "matched by " + b.Match.MatchedBy
	if b.Match.MatchedBy == runbooks.ByLink || w.here != nil {
		matched = "by a link · " + s.Keys.KeyOf(keymap.GoBack, keymap.InRunbook) + " goes back"
	}
	// How much of a file of many alerts is shown is in the first line where it fits.
	shown := b.shownOfFile(s.Keys)
	if both := shown + " · " + matched; shown != "" && s.WidthOf(both)+2+s.WidthOf(title) <= width {
		matched, shown = both, ""
	}
	room := width - s.WidthOf(matched) - 2
	if room < 16 {
		matched, room = "", width
	}
	head := []string{s.Theme.Of(draw.Strong).On(s.Fit(title, room)) + "  " + s.Theme.Of(draw.Dim).On(matched)}
	from := s.origin(ctx, w, b)
	if shown != "" {
		from = strings.TrimSuffix(shown+" · "+from, " · ")
	}
	if from != "" {
		head = append(head, s.Theme.Of(draw.Dim).On(s.Cut(from, width)))
	}
	if notice := p.notice(s.Keys); notice != "" {
		lines := s.Paragraph("! "+notice, width, draw.Warning)
		head = append(head, lines[:min(len(lines), 3)]...)
	}
	return append(head, s.Theme.Of(draw.Border).On(strings.Repeat("─", width)))
}

// origin says in a line where the runbook comes from, how old it is, and what
// fills it.
func (s *Writer) origin(ctx context.Context, w runbookWant, b *Shown) string {
	var parts []string
	rb := b.Match.Runbook
	o := w.library.Origin(ctx, rb)
	switch {
	case rb.URL != "":
		parts = append(parts, "from the web", "read "+s.Clock(rb.Fetched, w.now))
	case o.Checkout.Dir != "":
		where := "commit " + o.Checkout.Commit
		if o.Checkout.Branch != "" {
			where = "branch " + o.Checkout.Branch
		}
		parts = append(parts, where+", "+draw.Age(w.now.Sub(o.Checkout.At))+" old")
	}
	if rb.Format != runbooks.Markdown {
		parts = append(parts, string(rb.Format)+" as plain text")
	}
	if !o.LastChanged.IsZero() {
		parts = append(parts, "changed "+s.Times().Date(o.LastChanged))
	}
	switch {
	case w.raw:
		parts = append(parts, draw.Join(" ", "not filled", bracketed(s.Keys.KeyOf(keymap.ShowRaw, keymap.InRunbook), "")))
	case len(b.fill.Replaced) > 0:
		var names []string
		for _, r := range b.fill.Replaced {
			if name := clean.Line(r.Name); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		parts = append(parts, "filled: "+strings.Join(names, ", "))
	}
	if set := slices.Sorted(maps.Keys(w.session.Of)); len(set) > 0 && !w.raw {
		named := set[:min(len(set), mostSet)]
		if len(set) > mostSet {
			named = append(slices.Clone(named), "…")
		}
		parts = append(parts, "set by steps: "+clean.Line(strings.Join(named, ", ")))
	}
	if n := len(b.fill.Missing); n > 0 {
		parts = append(parts, wording.Count(n, "placeholder")+" to fill in")
	}
	if n := len(b.fill.Refused); n > 0 {
		parts = append(parts, wording.Count(n, "variable")+" could not be filled safely")
	}
	if of := ownersOf(b.Match.Suggestions); of != "" {
		parts = append(parts, draw.Join(" ", of+" have one of the alert's name", bracketed(s.Keys.KeyOf(keymap.FollowLinks, keymap.InRunbook), "")))
	}
	if b.triedBesides {
		parts = append(parts, draw.Join(" ", "more was tried, see the end", bracketed(s.Keys.KeyOf(keymap.GoBottom, keymap.InNormal), "")))
	}
	return strings.Join(parts, " · ")
}

// mostSet is how many variables of the session are named above a runbook.
const mostSet = 3

// pastTitle is where reading begins when the runbook's first line is the title
// that is above it anyway.
func (s *Writer) pastTitle(lines []string, title string) int {
	if len(lines) == 0 || strings.Trim(s.Bare(lines[0]), "# ") != title {
		return 0
	}
	for i, l := range lines[1:] {
		if strings.TrimSpace(s.Bare(l)) != "" {
			return i + 1
		}
	}
	return 0
}

// ownersOf names whose runbooks are suggested.
func ownersOf(all []runbooks.Suggestion) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = clean.Line(s.Owner)
	}
	return strings.Join(names, ", ")
}

// noRunbookContent says which names were looked for, whose runbooks have them, and
// where one belongs.
func (s *Writer) noRunbookContent(g triage.Group, m runbooks.Match, problems []runbooks.Problem, width int) Content {
	q := wanted.Of(g)
	lines := []string{s.Theme.Of(draw.Strong).On("No runbook yet")}
	lines = append(lines, "")
	if of := ownersOf(m.Suggestions); of != "" {
		lines = append(lines, s.Paragraph("Others have a runbook of that name, which may not fit: "+of+". "+s.Keys.KeyOf(keymap.FollowLinks, keymap.InRunbook)+" shows them.", width, draw.Notice)...)
		lines = append(lines, "")
	}
	if library := s.Options.Library; library == nil || (len(s.Options.RunbookDirectories) == 0 && !s.Options.Demo) {
		lines = append(lines, s.Paragraph("No runbook directory is configured. Name one under [runbooks] directories in "+
			s.Options.ConfigName+".", width, draw.Plain)...)
	} else {
		lines = append(lines, s.Paragraph("firstline looked for", width, draw.Dim)...)
		var searched []string
		for _, r := range q.References {
			searched = append(searched, "the alert's "+clean.Line(r.From)+" "+clean.Line(r.Text))
		}
		for _, name := range q.Alerts {
			searched = append(searched, "a file or heading named "+clean.Line(name))
		}
		if r := clean.Line(q.ServiceRunbook); r != "" {
			searched = append(searched, "the service's runbook "+r)
		} else if q.Service != "" {
			searched = append(searched, "a file named "+clean.Line(q.Service)+", after the service")
		}
		for _, l := range searched {
			lines = append(lines, s.Item(l, width)...)
		}
	}
	if len(s.Options.RunbookDirectories) > 0 {
		name := "the alert"
		if len(q.Alerts) > 0 {
			name = clean.Line(q.Alerts[0])
		} else if q.Service != "" {
			name = clean.Line(q.Service)
		}
		lines = append(lines, "")
		lines = append(lines, s.Paragraph("To write one, put a Markdown file named "+name+".md into", width, draw.Dim)...)
		for _, d := range s.Options.RunbookDirectories {
			lines = append(lines, s.Item(clean.Line(d), width)...)
		}
	}
	for _, problem := range problems {
		lines = append(lines, "")
		lines = append(lines, s.Paragraph("! "+clean.Line(problem.Sentence), width, draw.Warning)...)
	}
	return Content{Lines: lines}
}
