package runbooks

import (
	"strings"

	xansi "github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

const (
	columnGap = " │ "
	// narrowColumn is the least width of a column when a table is narrowed, in
	// screen columns. A longer word that may be broken does not need more.
	narrowColumn = 14
)

// table draws a table: as rows where it fits, else each row as a record with the
// heads of the columns before the values. Entries of alerts are always records.
func (w *writer) table(n *extast.Table, width int) fragment {
	head, rows := w.cells(n)
	if entries := entryRows(n, w.source); len(entries) > 0 {
		return w.entries(n, entries, head, rows, width)
	}
	widths, fits := columnWidths(append([][]string{head}, rows...), width)
	if !fits {
		return fragment{lines: w.records(head, rows, width)}
	}
	wrapped := make([][][]string, 0, len(rows)+1)
	least := make([]int, len(widths))
	for _, row := range append([][]string{head}, rows...) {
		wrapped = append(wrapped, w.wrapped(row, widths))
		for i, lines := range wrapped[len(wrapped)-1] {
			for _, line := range lines {
				least[i] = max(least[i], xansi.StringWidth(line))
			}
		}
	}
	widths = least // broken lines may need less
	bar := w.paint(w.palette.faint, columnGap)
	lines := w.row(wrapped[0], widths, n.Alignments, bar)
	rules := make([]string, len(widths))
	for i, columns := range widths {
		rules[i] = strings.Repeat("─", columns)
	}
	lines = append(lines, w.paint(w.palette.faint, strings.Join(rules, "─┼─")))
	var broken bool
	for i, row := range wrapped[1:] {
		drawn := w.row(row, widths, n.Alignments, bar)
		if i > 0 && (broken || len(drawn) > 1) { // where does a row end?
			lines = append(lines, w.paint(w.palette.faint, strings.TrimRight(strings.Join(blankCells(widths), columnGap), " ")))
		}
		broken = len(drawn) > 1
		lines = append(lines, drawn...)
	}
	return fragment{lines: lines}
}

// entries draws a table in which alerts have rows: each row as a record that begins with
// the name, so that it is found as a heading is.
func (w *writer) entries(n *extast.Table, entries map[ast.Node]string, head []string, rows [][]string, width int) fragment {
	var all fragment
	row := n.FirstChild()
	for _, cells := range rows {
		row = row.NextSibling()
		record := fragment{}
		if start := rowStart(row); start >= 0 {
			line := w.sourceLines.line(start)
			record.marks = []Mark{{0, line}}
			if w.rows[line] {
				record.headings = []int{0}
			}
		}
		if entries[row] != "" {
			record.lines = w.folded(w.paint(w.palette.section, w.marked("**", entries[row])), width)
			record.lines = append(record.lines, w.records(head[min(1, len(head)):], [][]string{cells[1:]}, width)...)
		} else {
			record.lines = w.records(head, [][]string{cells}, width)
		}
		all.gap()
		all.add(record, "", "")
	}
	return all
}

// cells returns the drawn text of a table.
func (w *writer) cells(n *extast.Table) (head []string, rows [][]string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		_, isHead := c.(*extast.TableHeader)
		style := pen{}
		if isHead {
			style = pen{bold: true}
		}
		var cells []string
		for cell := c.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, strings.Join(filterLines(w.inlines(cell, style), w.style.NoColor), "\n"))
		}
		if isHead {
			head = cells
			continue
		}
		rows = append(rows, cells)
	}
	return head, rows
}

// columnWidths returns the widths of the columns, narrowed so that the table fits
// into width. It reports false when a column would become too narrow to be read.
func columnWidths(rows [][]string, width int) ([]int, bool) {
	widths := make([]int, len(rows[0]))
	least := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row[:min(len(row), len(widths))] {
			for line := range strings.SplitSeq(cell, "\n") {
				widths[i] = max(widths[i], xansi.StringWidth(line))
				for word := range strings.FieldsSeq(xansi.Strip(line)) {
					least[i] = max(least[i], min(xansi.StringWidth(word), narrowColumn))
				}
			}
		}
	}
	total := xansi.StringWidth(columnGap) * (len(widths) - 1)
	for i, columns := range widths {
		total += columns
		least[i] = max(least[i], min(columns, narrowColumn))
	}
	for ; total > width; total-- {
		widest := -1
		for i := range widths {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil, false
		}
		widths[widest]--
	}
	return widths, true
}

func blankCells(widths []int) []string {
	cells := make([]string, len(widths))
	for i, columns := range widths {
		cells[i] = strings.Repeat(" ", columns)
	}
	return cells
}

// wrapped breaks the cells of a row into lines.
func (w *writer) wrapped(cells []string, widths []int) [][]string {
	columns := make([][]string, len(widths))
	for i, cell := range cells[:min(len(cells), len(widths))] {
		columns[i] = filterLines(wrap(cell, widths[i]), w.style.NoColor)
	}
	return columns
}

// row draws the cells of a row beside each other.
func (w *writer) row(columns [][]string, widths []int, alignments []extast.Alignment, bar string) []string {
	height := 1
	for _, lines := range columns {
		height = max(height, len(lines))
	}
	lines := make([]string, height)
	for y := range lines {
		var line strings.Builder
		for i, width := range widths {
			if i > 0 {
				line.WriteString(bar)
			}
			text := ""
			if y < len(columns[i]) {
				text = columns[i][y]
			}
			space := width - xansi.StringWidth(text)
			left := 0
			switch alignments[i] {
			case extast.AlignRight:
				left = space
			case extast.AlignCenter:
				left = space / 2
			case extast.AlignLeft, extast.AlignNone:
			}
			line.WriteString(strings.Repeat(" ", left) + text + strings.Repeat(" ", space-left))
		}
		lines[y] = filterLines(line.String(), w.style.NoColor)[0]
	}
	return lines
}

// records draws each row of a table as lines with the head of the column before
// the value.
func (w *writer) records(head []string, rows [][]string, width int) []string {
	if len(rows) == 0 {
		return w.folded(strings.Join(head, ", "), width)
	}
	var lines []string
	for _, row := range rows {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		for i, cell := range row {
			name := ""
			if i < len(head) && strings.TrimSpace(xansi.Strip(head[i])) != "" {
				name = strings.ReplaceAll(head[i], "\n", " ") + ": "
			}
			const indent = "  "
			for y, line := range filterLines(wrap(name+cell, width-len(indent)), w.style.NoColor) {
				if y > 0 {
					line = indent + line
				}
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// definitions draws a list of terms, each with its descriptions below.
func (w *writer) definitions(n ast.Node, width int) fragment {
	var all fragment
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if _, isTerm := c.(*extast.DefinitionTerm); isTerm {
			all.add(fragment{lines: w.folded(w.inlines(c, pen{bold: true}), width)}, "", "")
			continue
		}
		all.add(w.blocks(c, width-2, false), "  ", "  ")
	}
	return all
}
