// Package postmortem writes the beginning of a postmortem: what happened to an
// incident in one order, with what people have to add. It also reads the follow-ups
// that were written into such files. It is pure.
package postmortem

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// Postmortem is what the text is made of.
type Postmortem struct {
	Incident sources.Incident
	// Events are from the log, the notes and the journal, the oldest first.
	Events []history.Event
	// LogMissing is why events may be missing, in words that follow "because", or
	// empty.
	LogMissing string
	// Ticks and Runs are the steps that were ticked and run for the incident on this
	// machine.
	Ticks []record.Tick
	Runs  []record.Run
	// Changes are what was changed around its start, as times with a sentence.
	Changes []Moment
	// ChangesMissing are sentences on the changes that could not be read.
	ChangesMissing []string
	// Graphs are what its alerts measured. GraphsMissing is a sentence on why there are
	// none, or empty.
	Graphs        []Graph
	GraphsMissing string
	// Runbook is the name of its runbook, or empty.
	Runbook string
	// Now is the time, in the person's zone.
	Now time.Time
}

// Moment is something that happened at a time.
type Moment struct {
	At   time.Time
	Text string
}

// longestLine is how many bytes of a text from outside are in one line.
const longestLine = 600

func line(s string) string { return clean.MarkdownLine(s, longestLine) }

// Title returns the title of the postmortem.
func (p *Postmortem) Title() string {
	return cmp.Or(clean.Line(p.Incident.Title), "Incident "+p.Incident.Short())
}

// FileName returns a name for its file.
func (p *Postmortem) FileName() string {
	name := wallclock.Of(p.Now).FileDay(p.Incident.CreatedAt)
	if p.Incident.Number > 0 {
		name += fmt.Sprintf("-%d", p.Incident.Number)
	}
	letters := 0
	word := strings.Map(func(r rune) rune {
		if letters++; letters > 60 {
			return -1
		}
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(p.Title()))
	for strings.Contains(word, "--") {
		word = strings.ReplaceAll(word, "--", "-")
	}
	if word = strings.Trim(word, "-"); word != "" {
		name += "-" + word
	}
	return name + ".md"
}

// Markdown returns the text.
func (p *Postmortem) Markdown() string {
	var b strings.Builder
	write := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	i := &p.Incident
	write("# %s\n", line(p.Title()))
	p.facts(write)
	write("\n## Summary\n\nTO WRITE: two sentences that somebody who was not there understands.")
	write("\n## Impact\n\nTO WRITE: who noticed what, for how long, how many of them.")
	write("\n## Cause\n\nTO WRITE: what made it possible, and not who did it.")
	write("\n## Timeline\n")
	if p.LogMissing != "" {
		write("Entries may be missing, because %s.\n", line(p.LogMissing))
	}
	for _, missing := range p.ChangesMissing {
		write("Changes may be missing: %s\n", line(missing))
	}
	write("Times are in %s.\n", line(p.Now.Location().String()))
	for _, m := range p.timeline() {
		write("- **%s** %s", p.clock(m.At), m.Text)
	}
	p.graphs(write)
	write("\n## What helped, and what did not\n")
	for _, step := range p.steps() {
		write("- %s", step)
	}
	write("- TO WRITE")
	write("\n## %s\n", followUps)
	write("Each with who does it and until when; `firstline postmortem --open` lists those that are open.\n")
	write("- [ ] %s (owner, %s)", template, wallclock.Of(p.Now).FileDay(p.Now.AddDate(0, 0, 14)))
	if i.URL != "" {
		write("\n%s", line(i.URL))
	}
	return b.String()
}

// facts writes what is known in numbers.
func (p *Postmortem) facts(write func(string, ...any)) {
	i := &p.Incident
	row := func(name, value string) { write("| %s | %s |", name, strings.ReplaceAll(value, "|", `\|`)) }
	write("| | |\n|---|---|")
	row("Incident", i.Short())
	row("Service", cmp.Or(line(i.Service.Name), "unknown, because PagerDuty did not say"))
	urgency := cmp.Or(line(i.Urgency), "unknown")
	if i.Priority != nil && i.Priority.Name != "" {
		urgency += ", priority " + line(i.Priority.Name)
	}
	row("Urgency", urgency)
	row("Began", p.clock(i.CreatedAt))
	first, acknowledged := p.first(history.Acknowledged)
	switch {
	case acknowledged:
		row("Acknowledged", p.after(first))
	case p.LogMissing != "":
		row("Acknowledged", "unknown, because "+line(p.LogMissing))
	default:
		row("Acknowledged", "never")
	}
	ended, resolved := p.last(history.Resolved)
	switch {
	case i.Status != sources.Resolved:
		row("Ended", "not yet")
	case resolved:
		row("Ended", p.after(ended))
	default:
		row("Ended", "unknown, because the log has no such entry")
	}
	if people := p.people(); len(people) > 0 {
		row("People", strings.Join(people, ", "))
	}
	if others := p.others(); len(others) > 0 {
		row("Others assigned or notified", strings.Join(others, ", "))
	}
	if p.Runbook != "" {
		row("Runbook", line(p.Runbook))
	}
}

// after says when an event was, how long after the start, and by whom.
func (p *Postmortem) after(e history.Event) string {
	text := p.clock(e.At) + ", after " + describe.Span(e.At.Sub(p.Incident.CreatedAt))
	switch {
	case e.Itself:
		text += ", by itself"
	case e.By != "":
		text += ", by " + line(e.By)
	}
	return text
}

func (p *Postmortem) first(kind history.Kind) (history.Event, bool) {
	at := slices.IndexFunc(p.Events, func(e history.Event) bool { return e.Kind == kind && e.Source == history.FromPagerDuty })
	if at < 0 {
		return history.Event{}, false
	}
	return p.Events[at], true
}

func (p *Postmortem) last(kind history.Kind) (history.Event, bool) {
	for _, e := range slices.Backward(p.Events) {
		if e.Kind == kind && e.Source == history.FromPagerDuty {
			return e, true
		}
	}
	return history.Event{}, false
}

// people are those who did something, in the order in which they did.
func (p *Postmortem) people() []string {
	var all []string
	for _, e := range p.Events {
		if name := line(e.By); e.Person && e.Kind != history.Notified && name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// others are those who were assigned or notified and did nothing, in the order in which
// they were.
func (p *Postmortem) others() []string {
	var all []string
	people := p.people()
	for _, e := range p.Events {
		for _, name := range e.To {
			if name = line(name); name != "" && !slices.Contains(people, name) && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// timeline is everything in one order.
func (p *Postmortem) timeline() []Moment {
	var all []Moment
	for _, e := range p.Events {
		all = append(all, Moment{e.At, p.event(e)})
	}
	for _, c := range p.Changes {
		all = append(all, Moment{c.At, "Change: " + line(c.Text)})
	}
	for _, t := range p.Ticks {
		if t.Done {
			all = append(all, Moment{t.At, "Step done: " + line(t.Text) + by(t.By)})
		}
	}
	for _, r := range p.Runs {
		all = append(all, Moment{r.At, "Ran “" + line(r.Command) + "”, " + ending(r) + by(r.By)})
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return a.At.Compare(b.At) })
	return all
}

func by(name string) string {
	if name = line(name); name != "" {
		return ", by " + name
	}
	return ""
}

func ending(r record.Run) string {
	if r.Stopped {
		return "stopped after " + describe.Span(r.Took)
	}
	if r.ExitCode < 0 {
		return "did not run"
	}
	return fmt.Sprintf("exit %d after %s", r.ExitCode, describe.Span(r.Took))
}

// event is one event; the lines of a note are quoted below it.
func (p *Postmortem) event(e history.Event) string {
	text := e.Text
	if e.Kind != history.Noted {
		text = line(text)
		if e.Source == history.FromJournal {
			text += " (from this machine's journal: " + wording.Sentence(string(e.Outcome)) + ")"
		}
		return text
	}
	var b strings.Builder
	b.WriteString("Note" + by(e.By) + ":")
	for one := range strings.Lines(text) {
		if one = line(one); one != "" {
			b.WriteString("\n  > " + one + "  ")
		}
	}
	return b.String()
}

// steps are the steps and commands with what came of them.
func (p *Postmortem) steps() []string {
	var all []string
	for _, text := range record.Tried(p.Ticks, p.Runs, nil) {
		all = append(all, line(text))
	}
	return all
}

// clock writes a time with its date and zone, to the minute.
func (p *Postmortem) clock(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return wallclock.Of(p.Now).Stamp(t)
}
