package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/report"
	"firstline/internal/wallclock"
)

func (a *app) printDefinitions() error {
	var b strings.Builder
	add := func(id, title, text string) {
		fmt.Fprintf(&b, "%s (%s)\n%s\n\n", id, title, ansi.Wordwrap("    "+text, 78, ""))
	}
	for _, f := range report.Figures() {
		add(f.ID, f.Title, f.Definition)
	}
	for _, id := range report.TableIDs() {
		t := report.NewTable(id)
		add(t.ID, "table: "+t.Title, t.Definition)
	}
	_, err := fmt.Fprint(a.text(), b.String())
	return err
}

func (a *app) printReport(r *report.Report, f reportFlags, now time.Time) error {
	clock := wallclock.Of(now)
	a.warnOfReport(r, f)
	switch {
	case f.list != "":
		return a.printBehind(r, figureAt(f.list), clock)
	case f.table != "":
		return a.printTable(&r.Tables[0], f.format)
	case f.format == "json":
		return writeJSON(a.out, reportJSONOf(r))
	case f.format == "csv":
		_, err := fmt.Fprint(a.out, r.CSV())
		return err
	case f.format == "html":
		_, err := fmt.Fprint(a.out, r.HTML(clock, now))
		return err
	case f.format == "markdown":
		_, err := fmt.Fprint(a.text(), r.Markdown(clock))
		return err
	}
	var b strings.Builder
	b.WriteString(r.Head(clock) + "\n")
	if len(r.Rows) == 0 {
		b.WriteString(r.Compared(clock) + "\n")
	}
	b.WriteString("\n" + aligned(r.Table()))
	for _, note := range r.Notes() {
		b.WriteString("\n" + a.wrapped(note))
	}
	b.WriteString("\n")
	for n := range r.Tables {
		b.WriteString("\n" + a.tableText(&r.Tables[n]))
	}
	_, err := fmt.Fprint(a.text(), b.String())
	return err
}

// warnOfReport says what is not known where the report itself has no place for it.
func (a *app) warnOfReport(r *report.Report, f reportFlags) {
	var all []string
	switch {
	case f.format == "csv" && f.table == "":
		all = r.Notes()
	case f.table != "" || f.list != "":
		if f.format == "csv" {
			if t := &r.Tables[0]; t.Note() != "" {
				all = append(all, t.Title+": "+t.Note())
			}
		}
		for _, sentence := range r.Missing {
			all = append(all, "not read: "+sentence)
		}
		if r.Recent != "" {
			all = append(all, r.Recent)
		}
	}
	for _, sentence := range all {
		a.sayf("%s", oneLine(sentence))
	}
}

func (a *app) printTable(t *report.Table, format string) error {
	text := ""
	switch format {
	case "json":
		return writeJSON(a.out, tableJSONOf(t))
	case "csv":
		_, err := fmt.Fprint(a.out, t.CSV())
		return err
	case "markdown":
		text = t.Markdown()
	default:
		text = a.tableText(t)
	}
	_, err := fmt.Fprint(a.text(), text)
	return err
}

// tableText writes a table with its title and what is not known of it.
func (a *app) tableText(t *report.Table) string {
	text := t.Title + "\n"
	if cells := t.Cells(); cells != nil {
		text += a.alignedShort(cells)
	}
	if note := t.Note(); note != "" {
		text += a.wrapped(note) + "\n"
	}
	return text
}

// longestCell is how wide the last column of a table may be beside the others.
const longestCell = 40

// alignedShort writes cells in columns. A last column of sentences is below its row.
// Where the terminal is too narrow for the columns, each row is a sentence.
func (a *app) alignedShort(cells [][]string) string {
	last := len(cells[0]) - 1
	if width := a.terminalWidth(); width > 0 && widest(aligned(cells)) > width {
		return asSentences(cells, width)
	}
	if !slices.ContainsFunc(cells, func(row []string) bool { return ansi.StringWidth(row[last]) > longestCell }) {
		return aligned(cells)
	}
	rest := make([][]string, len(cells))
	for n, row := range cells {
		rest[n] = row[:last]
	}
	var b strings.Builder
	for n, line := range slices.Collect(strings.Lines(aligned(rest))) {
		b.WriteString(line)
		if why := cells[n][last]; n > 0 && why != "" {
			for part := range strings.SplitSeq(ansi.Wordwrap(oneLine(why), max(a.terminalWidth(), 78)-4, ""), "\n") {
				b.WriteString("    " + part + "\n")
			}
		}
	}
	return b.String()
}

// widest is the width of the widest line.
func widest(text string) (most int) {
	for line := range strings.Lines(text) {
		most = max(most, ansi.StringWidth(strings.TrimSuffix(line, "\n")))
	}
	return most
}

// asSentences writes each row as its name with what the columns say.
func asSentences(cells [][]string, width int) string {
	var b strings.Builder
	for _, row := range cells[1:] {
		var parts []string
		for n, cell := range row[1:] {
			if cell != "" {
				parts = append(parts, cells[0][n+1]+" "+cell)
			}
		}
		for n, line := range strings.Split(ansi.Wordwrap(oneLine(row[0]+": "+strings.Join(parts, ", ")), width-4, ""), "\n") {
			if n > 0 {
				b.WriteString("    ")
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// wrapped breaks a sentence at the width of the terminal.
func (a *app) wrapped(sentence string) string {
	return ansi.Wordwrap(oneLine(sentence), max(a.terminalWidth(), 78), "")
}

// aligned writes cells in columns: the first to the left, numbers to the right.
func aligned(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for n, cell := range row {
			widths[n] = max(widths[n], ansi.StringWidth(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for n, cell := range row {
			gap := strings.Repeat(" ", widths[n]-ansi.StringWidth(cell))
			if n == 0 {
				line += cell + gap
			} else {
				line += "  " + gap + cell
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// printBehind prints what is behind a figure.
func (a *app) printBehind(r *report.Report, at int, clock wallclock.Clock) error {
	f, v := report.Figures()[at], r.Total.Values[at]
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", f.Title, cmp.Or(f.Text(v), "makes no sense for this selection"))
	switch {
	case v.Unknown != "":
		fmt.Fprintf(&b, "unknown, because %s\n", oneLine(v.Unknown))
	case v.Doubt != "":
		fmt.Fprintf(&b, "%s\n", oneLine(v.Doubt))
	}
	if about := v.About(); about != "" {
		fmt.Fprintf(&b, "%s\n", oneLine(about))
	}
	for _, fact := range v.Facts() {
		parts := []string{r.Stamp(&f, fact, clock)}
		if i := fact.Incident; i != nil {
			number := i.ID
			if i.Number > 0 {
				number = fmt.Sprintf("#%d", i.Number)
			}
			parts = append(parts, number, dash(oneLine(i.Service.Name)), oneLine(i.Title))
		}
		if fact.Person != "" {
			parts = append(parts, report.NameOf(r.People, fact.Person))
		}
		if f.Unit == report.Seconds {
			parts = append(parts, f.Text(report.Value{Applies: true, Number: fact.Number}))
		}
		if f.Unit == report.Share && fact.Number == 0 {
			parts = append(parts, "no")
		}
		if fact.By != "" {
			parts = append(parts, "by "+fact.ByName(r.People))
		}
		if fact.Why != "" {
			parts = append(parts, "because: "+oneLine(fact.Why))
		}
		b.WriteString(strings.Join(parts, "  ") + "\n")
	}
	_, err := fmt.Fprint(a.text(), b.String())
	return err
}
