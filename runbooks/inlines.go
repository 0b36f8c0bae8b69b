package runbooks

import (
	"strings"

	"github.com/yuin/goldmark/ast"

	"firstline/internal/clean"
)

// inlines changes what stands in a block so that glamour shows it as it was
// meant.
func (w *writer) inlines(block ast.Node) {
	var nodes []ast.Node
	walk(block, func(n ast.Node) bool {
		nodes = append(nodes, n)
		return true
	})
	for _, n := range nodes {
		switch n := n.(type) {
		case *ast.Text:
			w.softBreak(n)
		case *ast.CodeSpan:
			w.span(n)
		case *ast.Link:
			if clean.URL(string(n.Destination)) == "" {
				// A path is of use to the pane, which follows it, but not to
				// the reader.
				n.Destination = []byte("#")
			}
		case *ast.RawHTML:
			w.rawHTML(n)
		}
	}
}

// softBreak makes a blank of a line break that means nothing, so that those
// that mean something can be kept.
func (w *writer) softBreak(n *ast.Text) {
	if !n.SoftLineBreak() {
		return
	}
	n.SetSoftLineBreak(false)
	n.Parent().InsertAfter(n.Parent(), n, w.text(" "))
}

// span keeps code in a line as it stands: glamour would read entities in it.
func (w *writer) span(n *ast.CodeSpan) {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(w.source))
		}
	}
	code := strings.ReplaceAll(b.String(), "\n", " ")
	if w.style.NoColor {
		code = "`" + code + "`"
	}
	n.RemoveChildren(n)
	n.AppendChild(n, w.text(strings.ReplaceAll(code, "&", "&amp;")))
}

// rawHTML makes a line break of <br>; glamour drops the tags.
func (w *writer) rawHTML(n *ast.RawHTML) {
	var b strings.Builder
	for i := range n.Segments.Len() {
		at := n.Segments.At(i)
		b.Write(at.Value(w.source))
	}
	if newLine.MatchString(b.String()) {
		line := w.text("")
		line.SetHardLineBreak(true)
		n.Parent().ReplaceChild(n.Parent(), n, line)
	}
}

// escape keeps glamour from reading text once more.
func escape(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "&", "&amp;")
}
