package runbooks

import (
	"strings"

	xansi "github.com/charmbracelet/x/ansi"
)

const (
	// minWidth is the least width of the output. A narrower pane cuts.
	minWidth = 20
	// maxWidth is the greatest width of the output.
	maxWidth = 500
	// maxRender and maxLines bound what is rendered as Markdown. More is shown
	// as plain source, which takes moments instead of seconds.
	maxRender = 256 << 10
	maxLines  = 10000
)

// Render renders a runbook. It is safe for concurrent use and takes some
// milliseconds for a long runbook: call it outside of the event loop, or ask a
// Cache.
func Render(rb *Runbook, s Style) (Rendered, error) {
	s.Width = min(max(s.Width, minWidth), maxWidth)
	if len(rb.Body) > maxRender || strings.Count(rb.Body, "\n") > maxLines {
		return renderPlain(rb, s), nil
	}
	w := newWriter(rb.Body, s)
	w.rows = map[int]bool{}
	for _, h := range rb.Headings {
		if h.Level == RowLevel {
			w.rows[h.Line] = true
		}
	}
	all := w.blocks(parseMarkdown(w.source), s.Width, true)
	r := Rendered{Lines: all.lines, HeadingLines: all.headings, Marks: all.marks}
	for len(r.HeadingLines) < len(rb.Headings) {
		r.HeadingLines = append(r.HeadingLines, -1)
	}
	r.HeadingLines = r.HeadingLines[:len(rb.Headings)]
	return r, nil
}

// wrap breaks s into lines of width: at blanks if there are any, else anywhere.
func wrap(s string, width int) string {
	// Wrap would break "--output" after its dashes.
	const dash = "\ue000"
	if strings.Contains(s, dash) {
		return xansi.Hardwrap(s, width, true)
	}
	s = strings.ReplaceAll(xansi.Wrap(strings.ReplaceAll(s, "-", dash), width, ""), dash, "-")
	// Wrap leaves a few lines too long by a column or two.
	return xansi.Hardwrap(s, width, true)
}

// fragment is a part of a rendered runbook.
type fragment struct {
	lines []string
	// headings are the lines of its headings, in order.
	headings []int
	// marks are the lines on which its blocks begin.
	marks []Mark
}

// add appends other, each line after a prefix.
func (p *fragment) add(other fragment, first, rest string) {
	for _, h := range other.headings {
		p.headings = append(p.headings, len(p.lines)+h)
	}
	for _, m := range other.marks {
		p.marks = append(p.marks, Mark{len(p.lines) + m.Line, m.Source})
	}
	for i, line := range other.lines {
		prefix := rest
		if i == 0 {
			prefix = first
		}
		if line == "" {
			prefix = strings.TrimRight(prefix, " ")
		}
		p.lines = append(p.lines, prefix+line)
	}
}

// gap appends an empty line, unless the last line is empty or p has no lines.
func (p *fragment) gap() {
	if n := len(p.lines); n > 0 && p.lines[n-1] != "" {
		p.lines = append(p.lines, "")
	}
}

// renderPlain shows the source, broken into lines.
func renderPlain(rb *Runbook, s Style) Rendered {
	r := Rendered{HeadingLines: make([]int, len(rb.Headings))}
	next, n := 0, 0
	for line := range strings.Lines(rb.Body) {
		n++
		for next < len(rb.Headings) && rb.Headings[next].Line <= n {
			r.HeadingLines[next] = len(r.Lines)
			next++
		}
		r.Marks = append(r.Marks, Mark{len(r.Lines), n})
		wrapped := filterLines(xansi.Hardwrap(strings.TrimRight(line, "\n"), s.Width, true), true)
		r.Lines = append(r.Lines, wrapped...)
	}
	for ; next < len(rb.Headings); next++ {
		r.HeadingLines[next] = -1
	}
	return r
}
