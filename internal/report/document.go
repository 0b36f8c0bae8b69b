package report

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
)

//go:embed document.css
var documentStyle string

// mostBehind is how many events a page shows behind one figure.
const mostBehind = 50

// Headlines are the ids of the most important figures.
var Headlines = []string{"interruptions", "sleep", "nights", "busy_shifts", "person_ack_p50", "contained"}

// document writes a report as HTML.
type document struct {
	markup
	*Report
	clock wallclock.Clock
}

// HTML returns the whole report as one page: it needs no other file, no network and no
// script.
func (r *Report) HTML(clock wallclock.Clock, now time.Time) string {
	d := &document{Report: r, clock: clock}
	title := r.title() + " from " + clock.Day(r.Span.Since) + " to " + clock.Day(r.Span.Until)
	d.b.WriteString("<!DOCTYPE html>\n")
	d.start("html", "lang", "en")
	d.start("head")
	d.start("meta", "charset", "utf-8")
	d.start("meta", "http-equiv", "Content-Security-Policy", "content", "default-src 'none'; style-src 'unsafe-inline'")
	d.start("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
	d.start("meta", "name", "color-scheme", "content", "light dark")
	d.start("meta", "name", "referrer", "content", "no-referrer")
	d.element("title", title)
	d.b.WriteString("<style>\n" + documentStyle + "</style>\n")
	d.end("head")
	d.start("body")
	d.element("h1", title)
	d.element("p", fmt.Sprintf("%s to %s, made %s. Times and weeks are in %s; business, off and sleep hours are those of each person. Below each figure is what it means.",
		clock.Whole(r.Span.Since), clock.Whole(r.Span.Until), clock.Whole(now), r.ZoneName()), "class", "dim")
	d.missing()
	d.cards()
	d.plots()
	d.groups()
	for n := range r.Tables {
		d.table(&r.Tables[n])
	}
	d.allFigures()
	d.end("body")
	d.end("html")
	return d.b.String()
}

// ZoneName is the name of the zone of weeks; the machine's own has only a short one.
func (r *Report) ZoneName() string {
	if name := r.zone.String(); name != "Local" {
		return name
	}
	return wallclock.Abbreviation(r.Span.Until.In(r.zone))
}

// missing says what was not read.
func (d *document) missing() {
	var all []string
	for _, sentence := range d.Missing {
		all = append(all, wording.Sentence(sentence))
	}
	if d.Recent != "" {
		all = append(all, wording.Sentence(d.Recent))
	}
	for _, sentence := range d.MissingBefore {
		all = append(all, "In the time before: "+sentence)
	}
	if len(all) == 0 {
		return
	}
	d.start("div", "class", "missing")
	d.element("strong", "What this report lacks")
	d.start("ul")
	for _, sentence := range all {
		d.element("li", sentence)
	}
	d.end("ul")
	d.end("div")
}

// cards are the most important figures.
func (d *document) cards() {
	d.start("div", "class", "cards")
	for n := range figures {
		f, v, before := &figures[n], d.Total.Values[n], d.Before.Values[n]
		if !v.Applies || !slices.Contains(Headlines, f.ID) {
			continue
		}
		d.start("div", "class", "card")
		d.link(f.ID, f.Title)
		d.element("div", f.Text(v), "class", "number")
		if before.Applies {
			text := "before: " + f.Text(before)
			if change := f.change(v, before); change != "" {
				text += " (" + change + ")"
			}
			d.element("div", text, "class", "dim")
		}
		d.note("note", d.unknown(v))
		d.end("div")
	}
	d.end("div")
}

// groups is the table of people, teams and the like.
func (d *document) groups() {
	if len(d.Rows) == 0 {
		return
	}
	d.element("h2", "By "+string(d.by))
	d.element("p", "The heads of the columns lead to what they mean.", "class", "definition")
	d.start("div", "class", "scroll")
	d.start("table", "class", "rows")
	d.start("tr")
	d.element("th", "")
	for _, n := range d.mainColumns() {
		d.start("th")
		d.link(figures[n].ID, shortTitles[figures[n].ID])
		d.end("th")
	}
	d.end("tr")
	d.cells("td", d.Table()[1:])
	d.end("table")
	d.end("div")
	for _, sentence := range d.Remarks {
		d.note("note", sentence)
	}
}

func (d *document) cells(name string, rows [][]string) {
	for _, row := range rows {
		d.start("tr")
		for _, cell := range row {
			d.element(name, cell)
		}
		d.end("tr")
	}
}

// table is a part of the report that is no single figure.
func (d *document) table(t *Table) {
	d.element("h2", t.Title, "id", "table-"+t.ID)
	d.element("p", t.Definition, "class", "definition")
	if cells := t.Cells(); cells != nil {
		d.start("div", "class", "scroll")
		d.start("table")
		d.cells("th", cells[:1])
		d.cells("td", cells[1:])
		d.end("table")
		d.end("div")
	}
	d.note("note", wording.Sentence(t.Note()))
}

// allFigures is the table of all figures, each with its definition and with what is
// behind it.
func (d *document) allFigures() {
	d.element("h2", "All figures")
	d.start("table", "class", "figures")
	d.element("caption", "? is not known. "+wording.Sentence(d.Compared(d.clock))+".")
	d.cells("th", [][]string{{"Figure", "now", "before", "change"}})
	for n := range figures {
		f, v, before := &figures[n], d.Total.Values[n], d.Before.Values[n]
		if !v.Applies {
			continue
		}
		d.start("tr", "id", "figure-"+f.ID)
		d.start("td")
		d.element("strong", f.Title)
		d.element("div", f.Definition, "class", "definition")
		d.note("note", d.unknown(v))
		d.behind(f, v)
		d.end("td")
		for _, cell := range []string{f.Text(v), f.Text(before), f.change(v, before)} {
			d.element("td", cell)
		}
		d.end("tr")
	}
	d.end("table")
}

// unknown says what is not known of a value.
func (d *document) unknown(v Value) string {
	switch {
	case v.Unknown != "":
		return "Unknown, because " + v.Unknown + "."
	case v.Doubt != "":
		return wording.Sentence(v.Doubt) + "."
	}
	return ""
}

// behind is what is behind a figure.
func (d *document) behind(f *Figure, v Value) {
	facts := v.Facts()
	if v.Unknown != "" || len(facts) == 0 {
		return
	}
	d.start("details")
	d.element("summary", fmt.Sprintf("What is behind it (%d)", len(facts)))
	d.note("dim", v.About())
	d.start("table")
	for _, fact := range facts[:min(len(facts), mostBehind)] {
		d.cells("td", [][]string{d.fact(f, fact)})
	}
	d.end("table")
	if more := len(facts) - mostBehind; more > 0 {
		d.note("dim", fmt.Sprintf("%d more: `firstline report --list %s` lists all.", more, f.ID))
	}
	d.end("details")
}

// fact are the cells of one event behind a figure.
func (d *document) fact(f *Figure, fact *Fact) []string {
	cells := []string{d.Stamp(f, fact, d.clock), "", "", "", "", "", ""}
	if i := fact.Incident; i != nil {
		cells[1], cells[2], cells[3] = i.ID, i.Service.Name, i.Title
		if i.Number > 0 {
			cells[1] = fmt.Sprintf("#%d", i.Number)
		}
	}
	if fact.Person != "" {
		cells[4] = NameOf(d.People, fact.Person)
	}
	switch f.Unit {
	case Seconds:
		cells[5] = lengthOf(fact.Number)
	case Share:
		cells[5] = map[bool]string{true: "no", false: "yes"}[fact.Number == 0]
	}
	if fact.By != "" {
		cells[6] = "by " + fact.ByName(d.People)
	}
	if fact.Why != "" {
		cells[6] += ": " + clean.Line(fact.Why)
	}
	return cells
}

// change is how a figure differs from the time before, or empty where that is not
// known.
func (f *Figure) change(now, before Value) string {
	if !before.Applies || now.Unknown != "" || before.Unknown != "" {
		return ""
	}
	by, sign := now.Number-before.Number, "+"
	if by < 0 {
		by, sign = -by, "−"
	}
	text := f.Text(Value{Applies: true, Number: by})
	switch {
	case strings.Trim(text, "0s %") == "":
		return "="
	case f.Unit == Share:
		return sign + wording.Count(int(by*100+0.5), "point")
	}
	return sign + text
}
