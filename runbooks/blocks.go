package runbooks

import (
	"strconv"
	"strings"

	xansi "github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
)

// writer renders one runbook. It is used by one goroutine.
type writer struct {
	source  []byte
	style   Style
	palette palette
	// sourceLines map byte offsets of the body to lines.
	sourceLines lineIndex
	// rows are the lines of the rows that are headings.
	rows map[int]bool
}

func newWriter(body string, s Style) *writer {
	w := &writer{
		source:      []byte(body),
		style:       s,
		palette:     paletteOf(s),
		sourceLines: newLineIndex(body),
	}
	return w
}

// blocks renders the children of n, one below the other. spaced puts an empty
// line between any two of them; otherwise there is one only before paragraphs,
// and never after a heading, because the pane beside the list has few lines.
func (w *writer) blocks(n ast.Node, width int, spaced bool) fragment {
	var all fragment
	width = max(width, minWidth/2)
	afterHeading := false
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		// Rendering changes the blocks, so find their extent first.
		start, _ := extent(c)
		one := w.block(c, width)
		if start >= 0 && (len(one.marks) == 0 || one.marks[0].Line > 0) {
			one.marks = append([]Mark{{0, w.sourceLines.line(start)}}, one.marks...)
		}
		_, isParagraph := c.(*ast.Paragraph)
		if len(one.lines) > 0 && !afterHeading && (spaced || isParagraph) {
			all.gap()
		}
		h, isHeading := c.(*ast.Heading)
		afterHeading = isHeading && h.Level > 1
		all.add(one, "", "")
		c = next
	}
	return all
}

func (w *writer) block(n ast.Node, width int) fragment {
	switch n := n.(type) {
	case *ast.Heading:
		return w.heading(n, width)
	case *ast.List:
		return w.list(n, width)
	case *ast.Blockquote:
		return w.quote(n, width)
	case *ast.FencedCodeBlock:
		return fragment{lines: codeLines(w.lines(n), string(n.Language(w.source)), width, w.style)}
	case *ast.CodeBlock:
		return fragment{lines: codeLines(w.lines(n), "", width, w.style)}
	case *ast.HTMLBlock:
		return w.htmlBlock(n, width)
	case *ast.ThematicBreak:
		return fragment{lines: []string{w.paint(w.palette.faint, strings.Repeat("─", width))}}
	case *ast.LinkReferenceDefinition:
		return fragment{}
	case *extast.Table:
		return w.table(n, width)
	case *extast.DefinitionList:
		return w.definitions(n, width)
	}
	return fragment{lines: w.folded(w.inlines(n, pen{}), width)}
}

// folded breaks text into lines of width.
func (w *writer) folded(s string, width int) []string {
	lines := filterLines(wrap(s, width), w.style.NoColor)
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func (w *writer) heading(n *ast.Heading, width int) fragment {
	if n.Lines().Len() == 0 {
		return fragment{}
	}
	prefix, style := w.headingStyle(n.Level)
	var text strings.Builder
	w.write(&text, prefix, style)
	w.addInlines(&text, n, style)
	one := fragment{lines: w.folded(text.String(), width)}
	if len(one.lines) == 0 {
		one.lines = []string{""}
	}
	if n.Level <= 2 && !w.style.NoColor {
		// Underline the heading with a rule, so that it is easy to see.
		last := &one.lines[len(one.lines)-1]
		if rest := width - xansi.StringWidth(*last) - 1; rest > 0 && n.Level == 2 {
			*last += " " + w.paint(w.palette.bar, strings.Repeat("━", rest))
		}
	}
	one.headings = []int{0}
	return one
}

func (w *writer) list(n *ast.List, width int) fragment {
	var all fragment
	number := n.Start
	labels := make([]string, 0, n.ChildCount())
	wide, spaced := 0, false
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		label := "• "
		task, checked := isTask(c)
		switch {
		case task && checked:
			label = "[x] "
		case task:
			label = "[ ] "
		}
		if n.IsOrdered() {
			label = strings.TrimPrefix(label, "• ")
			label = strconv.Itoa(number) + ". " + label
			number++
		}
		labels = append(labels, label)
		wide = max(wide, xansi.StringWidth(label))
		spaced = spaced || roomy(c)
	}
	for i, c := 0, n.FirstChild(); c != nil; i++ {
		next := c.NextSibling()
		item := w.blocks(c, width-wide, false)
		if spaced {
			all.gap()
		}
		if len(item.lines) == 0 {
			item.lines = []string{""}
		}
		pad := strings.Repeat(" ", wide-xansi.StringWidth(labels[i]))
		all.add(item, w.paint(w.palette.faint, pad+labels[i]), strings.Repeat(" ", wide))
		c = next
	}
	return all
}

// roomy reports whether a list item contains more than a line of text and
// lists.
func roomy(item ast.Node) bool {
	n := 0
	for c := item.FirstChild(); c != nil; c = c.NextSibling() {
		if _, list := c.(*ast.List); !list {
			n++
		}
	}
	return n > 1
}

var callout = lazyregexp.New(`^\[!([A-Za-z-]+)\][+-]?[ \t]*([^\n]*)\s*$`)

func (w *writer) quote(n *ast.Blockquote, width int) fragment {
	colour := w.palette.faint
	var all fragment
	if p, ok := n.FirstChild().(*ast.Paragraph); ok && p.Lines().Len() > 0 {
		// GitHub's callouts: "> [!WARNING]".
		at := p.Lines().At(0)
		if m := callout.FindSubmatch(at.Value(w.source)); m != nil {
			colour = w.palette.section
			all.lines = w.folded(w.paint(colour, calloutHead(string(m[1]), string(m[2]))), width-2)
			for c := p.FirstChild(); c != nil; c = p.FirstChild() {
				t, isText := c.(*ast.Text)
				p.RemoveChild(p, c)
				if isText && t.SoftLineBreak() {
					break
				}
			}
			if p.FirstChild() == nil {
				n.RemoveChild(n, p)
			}
		}
	}
	inner := w.blocks(n, width-2, true)
	all.add(inner, "", "")
	var quoted fragment
	bar := w.paint(colour, "│ ")
	quoted.add(all, bar, bar)
	return quoted
}

// calloutHead is the first line of a callout: its kind, and its title.
func calloutHead(kind, title string) string {
	kind, title = strings.ToUpper(kind), strings.TrimSpace(title)
	if title == "" || strings.EqualFold(title, kind) {
		return kind
	}
	return kind + ": " + clean.Line(title)
}

// lines returns the text of a block of code or HTML.
func (w *writer) lines(n ast.Node) string {
	var b strings.Builder
	lines := n.Lines()
	for i := range lines.Len() {
		at := lines.At(i)
		b.Write(at.Value(w.source))
	}
	return b.String()
}

var (
	summary = lazyregexp.New(`(?is)<summary[^>]*>(.*?)</summary>`)
	newLine = lazyregexp.New(`(?i)^<br\s*/?>$`)
)

// htmlBlock shows HTML as text, with the summary of <details> highlighted.
func (w *writer) htmlBlock(n *ast.HTMLBlock, width int) fragment {
	raw := w.lines(n)
	if n.HasClosure() {
		raw += string(n.ClosureLine.Value(w.source))
	}
	var lines []string
	if m := summary.FindStringSubmatch(raw); m != nil {
		if title := clean.Line(clean.HTML(m[1])); title != "" {
			var b strings.Builder
			w.write(&b, w.marked("**", "▸ "+title), pen{bold: true})
			lines = w.folded(b.String(), width)
		}
		raw = strings.Replace(raw, m[0], "", 1)
	}
	for line := range strings.SplitSeq(clean.HTML(raw), "\n") {
		lines = append(lines, w.folded(clean.Line(line), width)...)
	}
	return fragment{lines: lines}
}

// paint colours s.
func (w *writer) paint(colour, s string) string {
	if w.style.NoColor || colour == "" {
		return s
	}
	return w.palette.sgr(colour) + s + "\x1b[m"
}
