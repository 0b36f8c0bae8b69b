package runbooks

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"charm.land/glamour/v2/ansi"
	xansi "github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"firstline/internal/clean"
)

// writer renders one runbook. It lays out lists and quotes itself, since
// glamour does not indent the lines of a list item and does not report the line
// of a heading. Glamour renders the blocks inside. A writer is used by one
// goroutine.
type writer struct {
	// source is the body, followed by generated text that nodes refer to.
	source  []byte
	style   Style
	palette palette
	// glamour has a renderer for each width, because a renderer has state and a
	// fixed width.
	glamour map[int]renderer.Renderer
	html    ansi.RenderContext
	// sourceLines map byte offsets of the body to lines.
	sourceLines lineIndex
}

func newWriter(body string, s Style) *writer {
	w := &writer{
		source:  []byte(body),
		style:   s,
		palette: paletteOf(s),
		glamour: map[int]renderer.Renderer{},
		html:    ansi.NewRenderContext(ansi.Options{}),

		sourceLines: newLineIndex(body),
	}
	return w
}

// blocks renders the children of n, one below the other. spaced puts an empty
// line between any two of them; otherwise there is one only before paragraphs,
// and never after a heading, because the pane beside the list has few lines.
func (w *writer) blocks(n ast.Node, width int, spaced bool) (fragment, error) {
	var all fragment
	width = max(width, minWidth/2)
	afterHeading := false
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		// Rendering changes the blocks, so find their extent first.
		start, _ := extent(c)
		one, err := w.block(c, width)
		if err != nil {
			return fragment{}, err
		}
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
	return all, nil
}

func (w *writer) block(n ast.Node, width int) (fragment, error) {
	switch n := n.(type) {
	case *ast.Heading:
		return w.heading(n, width)
	case *ast.List:
		return w.list(n, width)
	case *ast.Blockquote:
		return w.quote(n, width)
	case *ast.FencedCodeBlock:
		return fragment{lines: codeLines(w.lines(n), string(n.Language(w.source)), width, w.style)}, nil
	case *ast.CodeBlock:
		return fragment{lines: codeLines(w.lines(n), "", width, w.style)}, nil
	case *ast.HTMLBlock:
		return w.htmlBlock(n, width)
	case *ast.ThematicBreak:
		return fragment{lines: []string{w.paint(w.palette.faint, strings.Repeat("─", width))}}, nil
	case *ast.LinkReferenceDefinition:
		return fragment{}, nil
	case *ast.Paragraph, *ast.TextBlock:
		if s, ok := w.bareText(n); ok {
			return fragment{lines: filterLines(fit(s, width), w.style.NoColor)}, nil
		}
		p := ast.NewParagraph()
		for c := n.FirstChild(); c != nil; c = n.FirstChild() {
			p.AppendChild(p, c)
		}
		return w.leaf(p, width)
	}
	return w.leaf(n, width)
}

// bareText returns the text of a block that contains only text. It saves the
// time of glamour for half of a runbook.
func (w *writer) bareText(n ast.Node) (string, bool) {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		t, ok := c.(*ast.Text)
		if !ok {
			return "", false
		}
		value := t.Segment.Value(w.source)
		if bytes.ContainsAny(value, `\&`) {
			return "", false
		}
		b.Write(value)
		switch {
		case t.HardLineBreak():
			b.WriteByte('\n')
		case t.SoftLineBreak():
			b.WriteByte(' ')
		}
	}
	return b.String(), b.Len() > 0
}

// fit breaks s into lines of width. Wrap leaves a few lines too long, such as
// one with a dash at its end.
func fit(s string, width int) string {
	return xansi.Hardwrap(xansi.Wrap(s, width, ""), width, false)
}

// leaf renders one block with glamour.
func (w *writer) leaf(n ast.Node, width int) (fragment, error) {
	w.inlines(n)
	r, ok := w.glamour[width]
	if !ok {
		r = renderer.NewRenderer(renderer.WithNodeRenderers(util.Prioritized(ansi.NewRenderer(ansi.Options{
			WordWrap:         width,
			PreserveNewLines: true,
			Styles:           glamourStyle(w.style),
		}), 1)))
		w.glamour[width] = r
	}
	doc := ast.NewDocument()
	doc.AppendChild(doc, n)
	var out bytes.Buffer
	if err := r.Render(&out, w.source, doc); err != nil {
		return fragment{}, err
	}
	lines := filterLines(out.String(), w.style.NoColor)
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	var fitted []string
	for _, line := range lines {
		// glamour leaves a few lines too long, such as one with a dash at its
		// end.
		if xansi.StringWidth(line) > width {
			fitted = append(fitted, filterLines(xansi.Hardwrap(line, width, false), w.style.NoColor)...)
			continue
		}
		fitted = append(fitted, line)
	}
	return fragment{lines: fitted}, nil
}

func (w *writer) heading(n *ast.Heading, width int) (fragment, error) {
	if n.Lines().Len() == 0 {
		return fragment{}, nil
	}
	one, err := w.leaf(n, width)
	if err != nil {
		return fragment{}, err
	}
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
	return one, nil
}

func (w *writer) list(n *ast.List, width int) (fragment, error) {
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
		item, err := w.blocks(c, width-wide, false)
		if err != nil {
			return fragment{}, err
		}
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
	return all, nil
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

var callout = regexp.MustCompile(`^\[!([A-Za-z]+)\]\s*$`)

func (w *writer) quote(n *ast.Blockquote, width int) (fragment, error) {
	colour := w.palette.faint
	var all fragment
	if p, ok := n.FirstChild().(*ast.Paragraph); ok && p.Lines().Len() > 0 {
		// GitHub's callouts: "> [!WARNING]".
		at := p.Lines().At(0)
		if m := callout.FindSubmatch(at.Value(w.source)); m != nil {
			colour = w.palette.section
			kind := strings.ToUpper(string(m[1]))
			all.lines = []string{w.paint(colour, kind)}
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
	inner, err := w.blocks(n, width-2, true)
	if err != nil {
		return fragment{}, err
	}
	all.add(inner, "", "")
	var quoted fragment
	bar := w.paint(colour, "│ ")
	quoted.add(all, bar, bar)
	return quoted, nil
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
	summary = regexp.MustCompile(`(?is)<summary[^>]*>(.*?)</summary>`)
	newLine = regexp.MustCompile(`(?i)<br\s*/?>|</p>|</li>|</tr>`)
)

// htmlBlock shows HTML as text, with the summary of <details> highlighted.
func (w *writer) htmlBlock(n *ast.HTMLBlock, width int) (fragment, error) {
	raw := w.lines(n)
	if n.HasClosure() {
		raw += string(n.ClosureLine.Value(w.source))
	}
	holder := ast.NewDocument()
	raw = newLine.ReplaceAllString(raw, "\n")
	if m := summary.FindStringSubmatch(raw); m != nil {
		if title := clean.Line(w.html.SanitizeHTML(m[1], true)); title != "" {
			strong := ast.NewEmphasis(2)
			strong.AppendChild(strong, w.text(escape("▸ "+title)))
			holder.AppendChild(holder, paragraph(strong))
		}
		raw = strings.Replace(raw, m[0], "", 1)
	}
	for line := range strings.SplitSeq(w.html.SanitizeHTML(raw, true), "\n") {
		if line = clean.Line(line); line != "" {
			holder.AppendChild(holder, paragraph(w.text(escape(line))))
		}
	}
	var all fragment
	for c := holder.FirstChild(); c != nil; {
		next := c.NextSibling()
		one, err := w.leaf(c, width)
		if err != nil {
			return fragment{}, err
		}
		all.add(one, "", "")
		c = next
	}
	return all, nil
}

func paragraph(child ast.Node) *ast.Paragraph {
	n := ast.NewParagraph()
	n.AppendChild(n, child)
	return n
}

// text makes a node of s and appends s to the source.
func (w *writer) text(s string) *ast.Text {
	start := len(w.source)
	w.source = append(w.source, s...)
	return ast.NewTextSegment(text.NewSegment(start, len(w.source)))
}

// paint colours s.
func (w *writer) paint(colour, s string) string {
	if w.style.NoColor || colour == "" {
		return s
	}
	return w.palette.sgr(colour) + s + "\x1b[m"
}
