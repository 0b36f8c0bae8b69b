package report

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/wallclock"
	"firstline/internal/wording"
)

// Text returns a value as people read it: "12", "4m", "33 %", "?" where it is not
// known, and "" where it makes no sense.
func (f *Figure) Text(v Value) string {
	switch {
	case !v.Applies:
		return ""
	case v.Unknown != "":
		return "?"
	case f.Unit == Seconds:
		return lengthOf(v.Number)
	case f.Unit == Share:
		return fmt.Sprintf("%.0f %%", 100*v.Number)
	}
	return strconv.FormatFloat(v.Number, 'f', -1, 64)
}

// lengthOf writes a number of seconds: 40s, 12m, 3h20m, 168h.
func lengthOf(seconds float64) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 10*time.Hour && int(d.Minutes())%60 != 0:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%.0fh", d.Hours())
}

// mainFigures are those in the columns of a table by people, teams and the like.
var mainFigures = []string{"interruptions", "incidents", "sleep", "nights", "busy_shifts", "person_ack_p50", "resolve_p50", "engaged", "on_call_1"}

// stageFigures are those in the columns of a table by stages.
var stageFigures = []string{"interruptions", "incidents", "sleep", "nights", "resolve_p50", "engaged", "contained", "to_owner", "returned", "exceptions", "never_actionable"}

// shortTitles are the heads of these columns.
var shortTitles = map[string]string{
	"interruptions": "interrupted", "incidents": "incidents", "sleep": "sleep hours", "nights": "nights", "busy_shifts": "full shifts",
	"person_ack_p50": "ack p50", "resolve_p50": "resolved p50", "engaged": "engaged", "on_call_1": "on call",
	"contained": "contained", "to_owner": "to owners", "returned": "returned", "exceptions": "outside hours", "never_actionable": "nobody acts",
}

// Head returns the first line of a report, with the zone of its times.
func (r *Report) Head(clock wallclock.Clock) string {
	return r.title() + " from " + clock.Whole(r.Span.Since) + " to " + clock.Named().Whole(r.Span.Until)
}

// Stamp is the time of a fact with its zone: that of the person where the figure is of the
// hours of people.
func (r *Report) Stamp(f *Figure, fact *Fact, clock wallclock.Clock) string {
	if local, found := r.local(fact.Person, fact.At); found && f.needs&needZones != 0 {
		clock = wallclock.In(local.Location())
	}
	return clock.Named().Stamp(fact.At)
}

// Compared says what the figures of the time before are about.
func (r *Report) Compared(clock wallclock.Clock) string {
	return "before: from " + clock.Whole(r.BeforeSpan.Since) + " to " + clock.Named().Whole(r.BeforeSpan.Until)
}

// title says what the report is about.
func (r *Report) title() string {
	if r.selection != "" {
		return "On-call load of " + r.selection
	}
	return "On-call load"
}

// Table returns the cells of a report, with a head: of the total with the time
// before, or of the rows with their main figures.
func (r *Report) Table() [][]string {
	if len(r.Rows) > 0 {
		return r.rowTable()
	}
	cells := [][]string{{"", "now", "before"}}
	for n := range figures {
		f := &figures[n]
		if r.Total.Values[n].Applies {
			cells = append(cells, []string{f.Title, f.Text(r.Total.Values[n]), f.Text(r.Before.Values[n])})
		}
	}
	return cells
}

func (r *Report) rowTable() [][]string {
	columns := r.mainColumns()
	head := []string{""}
	for _, n := range columns {
		head = append(head, shortTitles[figures[n].ID])
	}
	cells := [][]string{head}
	for _, row := range append(r.Rows[:len(r.Rows):len(r.Rows)], r.Total) {
		line := []string{row.Name}
		for _, n := range columns {
			line = append(line, figures[n].Text(row.Values[n]))
		}
		cells = append(cells, line)
	}
	return cells
}

// mainColumns are the main figures that the rows have, as indexes of Figures.
func (r *Report) mainColumns() (columns []int) {
	main := mainFigures
	if r.by == ByStage {
		main = stageFigures
	}
	for n := range figures {
		if r.Rows[0].Values[n].Applies && slices.Contains(main, figures[n].ID) {
			columns = append(columns, n)
		}
	}
	return columns
}

// Notes are sentences on the figures that are not known, or not wholly, and on what
// was not read.
func (r *Report) Notes() []string {
	var notes, reasons []string
	titles := map[string][]string{}
	for n := range figures {
		v := &r.Total.Values[n]
		why := v.Doubt
		if v.Unknown != "" {
			why = "unknown, because " + v.Unknown
		}
		if !v.Applies || why == "" {
			continue
		}
		if titles[why] == nil {
			reasons = append(reasons, why)
		}
		titles[why] = append(titles[why], figures[n].Title)
	}
	for _, why := range reasons { // a title may have a comma in it
		notes = append(notes, strings.Join(titles[why], "; ")+": "+why)
	}
	notes = append(notes, r.Remarks...)
	if r.Recent != "" {
		notes = append(notes, r.Recent)
	}
	return append(notes, r.NotRead()...)
}

// NotRead are sentences on what was not read.
func (r *Report) NotRead() []string {
	var all []string
	for _, sentence := range r.Missing {
		all = append(all, "not read: "+sentence)
	}
	for _, sentence := range r.MissingBefore {
		all = append(all, "not read of the time before: "+sentence)
	}
	return all
}

// Markdown returns the whole report as Markdown.
func (r *Report) Markdown(clock wallclock.Clock) string {
	var b strings.Builder
	b.WriteString("# " + r.Head(clock) + "\n\n")
	if len(r.Rows) == 0 {
		b.WriteString(wording.Sentence(r.Compared(clock)) + "\n\n")
	}
	b.WriteString(markdownTable(r.Table()))
	if notes := r.Notes(); len(notes) > 0 {
		b.WriteString("\n")
		for _, note := range notes {
			b.WriteString("- " + escaped(note) + "\n")
		}
	}
	for n := range r.Tables {
		b.WriteString("\n" + r.Tables[n].Markdown())
	}
	return b.String()
}

// escaped hides what Markdown would read as its own.
func escaped(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`).Replace(s)
}

// CSV returns all figures of all rows, one row of the report a line. Lengths are in
// seconds, and what is not known is empty.
func (r *Report) CSV() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	head := []string{"key", "name"}
	for _, f := range figures {
		head = append(head, f.ID)
	}
	_ = w.Write(head) // a Builder never fails
	rows := r.Rows
	if len(rows) == 0 {
		rows = []Row{r.Total, r.Before}
	}
	for _, row := range rows {
		line := []string{formulaFree(row.Key), formulaFree(row.Name)}
		for _, v := range row.Values {
			cell := ""
			if v.Applies && v.Unknown == "" {
				cell = decimal(v.Number)
			}
			line = append(line, cell)
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.String()
}

// formulaFree returns a text that a spreadsheet does not run as a formula. Numbers stay
// numbers.
func formulaFree(s string) string {
	if _, err := strconv.ParseFloat(s, 64); err != nil && s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
