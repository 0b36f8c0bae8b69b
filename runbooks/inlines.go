package runbooks

import (
	"strings"

	"github.com/yuin/goldmark/ast"

	"firstline/internal/clean"
)

// inlines changes the content of a block so that glamour shows it as intended.
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
				// A path is useful to the pane, which follows it, but not to
				// the reader.
				n.Destination = []byte("#")
			}
		case *ast.RawHTML:
			w.rawHTML(n)
		}
	}
}

// softBreak replaces a line break without meaning by a blank, so that breaks
// with a meaning can be preserved.
func (w *writer) softBreak(n *ast.Text) {
	if !n.SoftLineBreak() {
		return
	}
	n.SetSoftLineBreak(false)
	n.Parent().InsertAfter(n.Parent(), n, w.text(" "))
}

// span protects inline code, in which glamour would decode entities.
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

// rawHTML turns <br> into a line break. Glamour drops other tags.
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

// escape prevents glamour from parsing text again.
func escape(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "&", "&amp;")
}
