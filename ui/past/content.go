package past

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/earlier"
	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/lazy"
	"firstline/ui/pane"
)

// Prepare writes when the alert fired before, or what was done at one of these
// times.
func (t *Tab) Prepare(g triage.Group) pane.Work {
	read, now, whole := t.found.Of(g.ID), t.pane.Now, t.pane.WholeNotes
	reads := t.options.Find != nil
	opened := t.opened
	if t.pane.Group == nil || t.pane.Group.ID != g.ID {
		opened = ""
	}
	var one *earlier.Time
	var done lazy.Entry[Opened]
	if c := t.current(); opened != "" && c != nil {
		copied := *c
		one, done = &copied, t.details.Of(c.Incident.ID)
	}
	return func(_ context.Context, w *pane.Writer, width int) pane.Content {
		c := content{Writer: w, width: width, now: now, whole: whole}
		switch {
		case !reads:
			return pane.Content{Lines: w.Paragraph("No source with a past is configured: PagerDuty has earlier incidents, and a Prometheus when its alerts fired.", width, draw.Dim)}
		case one != nil:
			c.one(one, done)
		default:
			c.list(read)
		}
		return pane.Content{Lines: c.lines, Sections: c.sections, Own: c.rows}
	}
}

// content collects the lines of the tab.
type content struct {
	*pane.Writer
	width    int
	now      time.Time
	whole    bool
	lines    []string
	sections []int
	// rows are the lines of the times.
	rows []int
}

func (c *content) add(lines ...string) { c.lines = append(c.lines, lines...) }

func (c *content) text(text string, role draw.Role) { c.add(c.Paragraph(text, c.width, role)...) }

func (c *content) heading(text string) {
	c.add("")
	c.sections = append(c.sections, len(c.lines))
	c.text(text, draw.Accent)
}

func (c *content) field(label, value string) {
	if value = clean.Line(value); value == "" {
		return
	}
	for i, line := range c.Wrap(value, max(c.width-pane.LabelWidth, 8)) {
		head := ""
		if i == 0 {
			head = label
		}
		c.add(c.Theme.Of(draw.Dim).On(c.Fit(head, pane.LabelWidth)) + line)
	}
}

// list is all times, with a calendar.
func (c *content) list(read lazy.Entry[earlier.Found]) {
	found := &read.Value
	if read.At.IsZero() {
		c.text("Reading …", draw.Dim)
		return
	}
	missing := found.Missing()
	c.add(c.Paragraph(found.Summary(), c.width, draw.Strong)...)
	if len(found.Times) > 0 {
		c.calendar(found)
		c.rowsOf(found.Times)
	} else {
		c.missing(missing)
		missing = nil // it is said
	}
	c.heading("Where this comes from")
	for _, p := range found.Parts {
		if p.Since.IsZero() && len(p.Times) == 0 {
			continue // why is below
		}
		text := p.Name
		if p.Name == "ALERTS" {
			text = "ALERTS series to 5 minutes, so shorter times may be missing"
		}
		if !p.Since.IsZero() {
			text += ", since " + c.Times().Date(p.Since)
			if p.Name == "ALERTS" {
				text += " as far as the Prometheus stores them"
			}
		}
		switch {
		case p.AsOf.IsZero():
			text += ", not read"
		case c.now.Sub(p.AsOf) > 0:
			text += ", as read " + draw.Age(c.now.Sub(p.AsOf)) + " ago"
		}
		c.text(text, draw.Dim)
	}
	c.missing(missing)
}

// missing says what is not known, and why.
func (c *content) missing(all []string) {
	for _, m := range all {
		c.text("! "+clean.Line(m), draw.Dim)
	}
}

// calendar says at which hours and on which days it began.
func (c *content) calendar(found *earlier.Found) {
	cal := earlier.CalendarOf(found.Times, c.now, c.Location)
	c.add("")
	if c.Plain {
		c.text(cal.Words(c.Times().ShortDate), draw.Plain)
		return
	}
	label := func(text string) string { return c.Theme.Of(draw.Dim).On(c.Fit(text, 7)) }
	c.add(label("") + c.Theme.Of(draw.Dim).On("0h     6h     12h    18h"))
	c.add(label("Hours") + cal.HoursText())
	line, head := "", "Weeks"
	for week := range cal.Days {
		monday := cal.Monday.AddDate(0, 0, 7*week)
		item := c.FitRight(c.Times().ShortDate(monday), 6) + " " + cal.WeekText(week)
		if line != "" && c.WidthOf(line)+2+c.WidthOf(item) > c.width-7 {
			c.add(label(head) + line)
			line, head = "", ""
		}
		if line != "" {
			line += "  "
		}
		line += item
	}
	c.add(label(head) + line)
	var aside []string
	if cal.Before > 0 {
		aside = append(aside, fmt.Sprintf("%d before these weeks", cal.Before))
	}
	if cal.Unknown > 0 {
		aside = append(aside, fmt.Sprintf("%d at a time that is unknown", cal.Unknown))
	}
	note := "each week from Monday on"
	if len(aside) > 0 {
		note += "; " + strings.Join(aside, ", ")
	}
	for _, l := range c.Wrap(note, max(c.width-7, 8)) {
		c.add(label("") + c.Theme.Of(draw.Dim).On(l))
	}
}

// The widths of the columns.
const (
	beganWidth  = len("Mon 30 Nov 15:04")
	lastedWidth = 7
	endedWidth  = 14
)

func (c *content) rowsOf(times []earlier.Time) {
	ended := endedWidth
	if c.width < 60 {
		ended = 0
	}
	columns := func(began, lasted, by, what string) string {
		text := c.Fit(began, beganWidth) + "  " + c.Fit(lasted, lastedWidth) + "  "
		if ended > 0 {
			text += c.Fit(by, ended) + "  "
		}
		return c.Fit(text+what, c.width)
	}
	c.add("")
	c.sections = append(c.sections, len(c.lines))
	c.add(c.Theme.Of(draw.Dim).On(columns("Began", "Lasted", "Ended by", "What")))
	for i := range times {
		t := &times[i]
		began, by := "unknown", t.EndedBy
		if !t.Began.IsZero() {
			began = c.Times().Whole(t.Began)
		}
		if by == "" {
			by = "unknown"
			if t.Incident.ID == "" {
				by = "–" // an alert that ends
			}
		}
		role := draw.Plain
		if t.Similar {
			role = draw.Dim
		}
		c.rows = append(c.rows, len(c.lines))
		c.add(c.Theme.Of(role).On(columns(began, lasted(t), clean.Line(by), what(t))))
	}
}

// lasted says how long it lasted.
func lasted(t *earlier.Time) string {
	d, found := t.Lasted()
	switch {
	case !found:
		return "?"
	case t.Within > 0 && d < t.Within:
		return "< " + draw.Age(2*t.Within)
	case t.Within > 0:
		return "~" + draw.Age(d)
	}
	return draw.Age(d)
}

// what names a time: its incident, else who has it.
func what(t *earlier.Time) string {
	var words []string
	if t.Incident.Number > 0 {
		words = append(words, fmt.Sprintf("#%d", t.Incident.Number))
	}
	switch {
	case t.Similar:
		words = append(words, "similar, says PagerDuty:")
	case t.Incident.ID == "":
		words = append(words, "only in "+clean.Line(t.From)+":")
	}
	return strings.Join(append(words, triage.BriefTitle(clean.Line(t.Title))), " ")
}

// one is what was done at one time.
func (c *content) one(t *earlier.Time, read lazy.Entry[Opened]) {
	c.text(what(t), draw.Strong)
	c.add("")
	if t.Began.IsZero() {
		c.field("Began", "unknown")
	} else {
		c.field("Began", c.Times().Whole(t.Began)+" ("+draw.Age(c.now.Sub(t.Began))+" ago)")
	}
	end, by := read.Value.end()
	if t.Ended.IsZero() && !end.IsZero() {
		t.Ended, t.EndedBy = end, cmp.Or(t.EndedBy, by)
	}
	switch d, found := t.Lasted(); {
	case found:
		c.field("Lasted", draw.Age(d)+", until "+c.Times().Whole(t.Ended))
	case read.Value.open():
		c.field("Lasted", "it is not resolved yet")
	default:
		c.field("Lasted", "unknown: its end is not known")
	}
	c.field("Exactness", t.Exactness())
	if f := t.Fired; f != nil {
		c.field("Fired", fmt.Sprintf("from %s to %s in %s, %s", c.Times().Whole(f.Began), c.Times().Whole(f.Ended), f.From, f.Exactness()))
	}
	c.field("Link", clean.URL(t.Incident.URL))
	if t.Incident.ID == "" {
		c.add("")
		c.text("Only "+clean.Line(t.From)+" has it. It had no incident that is known here, and so no notes and nobody who acted.", draw.Dim)
		return
	}
	if read.At.IsZero() {
		c.field("Ended by", t.EndedBy)
		c.add("")
		c.text("Reading its log and notes …", draw.Dim)
		return
	}
	c.done(t, &read.Value)
	c.add("")
	c.text("as read "+draw.Age(c.now.Sub(read.At))+" ago; "+c.Keys.KeyOf(keymap.CopyPastNote, keymap.InPastOne)+" copies the notes into a note, "+c.Keys.KeyOf(keymap.Leave, keymap.InPastOne)+" goes back", draw.Dim)
}

// done is who acted, what ended it, what was tried and said.
func (c *content) done(t *earlier.Time, read *Opened) {
	ended := t.EndedBy
	var people []string
	for _, e := range read.History.Events {
		if e.Person && e.By != "" && e.Kind != history.Notified && !slices.Contains(people, e.By) {
			people = append(people, e.By)
		}
		if e.Kind == history.Resolved {
			ended = e.Text
		}
	}
	c.field("Acted", strings.Join(people, ", "))
	c.field("Ended by", ended)
	if read.Err != nil {
		c.add("")
		for _, err := range faults(read.Err) {
			c.text("! "+clean.Line(sources.Sentence(err)), draw.Warning)
		}
	}
	c.tried(read)
	if notes := read.notes(); len(notes) > 0 {
		c.heading("Notes")
		for _, n := range notes {
			c.text(c.Times().Whole(n.At)+" · "+n.By, draw.Dim)
			for _, row := range c.NoteRows(n.Text, max(c.width-2, 8), c.whole) {
				c.add(c.Theme.Of(draw.Border).On("│ ") + row)
			}
		}
	}
	if events := read.History.Events; len(events) > 0 {
		c.heading("Log")
		for _, e := range events {
			if e.Kind != history.Noted {
				c.add(c.EventLines(e, c.width, c.whole)...)
			}
		}
	} else if read.Err == nil {
		c.heading("Log")
		c.text("Nothing is written down about it.", draw.Dim)
	}
}

// tried are the steps that were ticked and the commands that ran then, on this
// machine and according to the notes.
func (c *content) tried(read *Opened) {
	var lines []string
	for _, k := range read.Ticks {
		lines = append(lines, "[x] "+clean.Line(k.Text)+by(c, k.By, k.At))
	}
	for _, r := range read.Runs {
		lines = append(lines, "$ "+clean.Line(r.Command)+" ["+r.Result()+"]"+by(c, r.By, r.At))
	}
	for _, s := range read.History.Tried {
		if slices.ContainsFunc(read.Ticks, func(k record.Tick) bool { return s.Is(k.Text) }) {
			continue
		}
		text := "- " + clean.Line(s.Text)
		if s.Said != "" {
			text += " [" + clean.Line(s.Said) + "]"
		}
		lines = append(lines, text+by(c, s.By, s.At)+", by a note")
	}
	if len(lines) == 0 {
		return
	}
	c.heading("Tried")
	for _, l := range lines {
		c.add(c.Wrap(l, c.width)...)
	}
}

func by(c *content, who string, at time.Time) string {
	text := ""
	if who = clean.Line(who); who != "" {
		text += " · " + who
	}
	if !at.IsZero() {
		text += " · " + c.Times().DayTime(at)
	}
	return text
}

// faults are the errors that were joined in one.
func faults(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// noteOf is what was noted at a time, for a note of now.
func noteOf(t *earlier.Time, notes []history.Event) string {
	name := t.Incident.ID
	if t.Incident.Number > 0 {
		name = fmt.Sprintf("#%d", t.Incident.Number)
	}
	var parts []string
	for _, n := range notes {
		who := clean.Line(n.By)
		if who == "" {
			who = "somebody"
		}
		parts = append(parts, fmt.Sprintf("From %s, %s, %s:\n%s", name, who, wording.Clock(n.At), n.Text))
	}
	return strings.Join(parts, "\n\n")
}
