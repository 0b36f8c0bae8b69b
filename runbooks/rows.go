package runbooks

import (
	"cmp"
	"slices"
	"strings"

	"firstline/internal/lazyregexp"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// RowLevel is the level of a Heading that is a row of a table, where the table has a row
// for each alert.
const RowLevel = 7

var (
	// alertName is how alerts are named: KubePodCrashLooping, etcdNoLeader.
	alertName    = lazyregexp.New(`^(?:[A-Z]+[a-z0-9]+|[a-z]+[0-9]*)(?:[A-Z][A-Za-z0-9]*)+$`)
	alertColumn  = lazyregexp.New(`(?i)^(?:alert ?name|alerts?|name|rule)$`)
	entryColumns = lazyregexp.New(`(?i)\b(?:summary|description|severity|runbook|meaning|impact|actions?|resolution|mitigation|fix|steps|what to do|causes?|response)\b`)
	delimiterRow = lazyregexp.New(`^\s*[|:-][\s|:-]*-[\s|:-]*$`)
)

// entryRows returns the rows of a table that are the entries of alerts, with the alerts'
// names: those with a name in the first column, in a table that is about alerts.
func entryRows(table *extast.Table, source []byte) map[ast.Node]string {
	head := table.FirstChild()
	if head == nil || head.FirstChild() == nil || !alertColumn.MatchString(plainText(head.FirstChild(), source)) {
		return nil
	}
	about := false
	for c := head.FirstChild().NextSibling(); c != nil; c = c.NextSibling() {
		about = about || entryColumns.MatchString(plainText(c, source))
	}
	if !about {
		return nil
	}
	rows := map[ast.Node]string{}
	for row := head.NextSibling(); row != nil; row = row.NextSibling() {
		if row.FirstChild() != nil {
			if name := plainText(row.FirstChild(), source); alertName.MatchString(name) {
				rows[row] = name
			}
		}
	}
	return rows
}

// withRows returns the headings of a document and the rows that are entries of alerts, in
// order. An alert with a heading has no row.
func withRows(doc ast.Node, source []byte, lines lineIndex, headings []Heading) []Heading {
	all := headings
	var seen map[string]bool // the names that have a heading or a row
	walk(doc, func(n ast.Node) bool {
		table, ok := n.(*extast.Table)
		if !ok {
			return n.Type() != ast.TypeInline
		}
		rows := entryRows(table, source)
		if len(rows) == 0 {
			return false
		}
		if seen == nil {
			seen = map[string]bool{}
			for _, h := range headings {
				seen[alertHeading(h.Text)] = true
			}
		}
		for row := table.FirstChild(); row != nil; row = row.NextSibling() {
			name, start := rows[row], rowStart(row)
			if name != "" && start >= 0 && !seen[fold(name)] {
				seen[fold(name)] = true
				all = append(all, Heading{Level: RowLevel, Text: name, Line: lines.line(start)})
			}
		}
		return false
	})
	if seen == nil {
		return headings
	}
	slices.SortStableFunc(all, func(a, b Heading) int { return cmp.Compare(a.Line, b.Line) })
	return slices.CompactFunc(all, func(a, b Heading) bool { return a.Line == b.Line })
}

// rowStart returns where the text of a row begins in the source, or -1.
func rowStart(row ast.Node) int {
	start := -1
	walk(row, func(n ast.Node) bool {
		if t, ok := n.(*ast.Text); ok && start < 0 {
			start = t.Segment.Start
		}
		return start < 0
	})
	return start
}

// Part returns a runbook with the text of a section only. Of a row it has the table with
// this row.
func (rb *Runbook) Part(h *Heading) *Runbook {
	first, last := rb.Section(h)
	lines := strings.Split(rb.Body, "\n")
	part := lines[first-1 : last]
	if h != nil && h.Level == RowLevel {
		for i := first - 2; i > 0; i-- {
			if delimiterRow.MatchString(lines[i]) {
				part = []string{lines[i-1], lines[i], lines[first-1]}
				break
			}
		}
	}
	return rb.WithBody(strings.Join(part, "\n"))
}
