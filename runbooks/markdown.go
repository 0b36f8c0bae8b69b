package runbooks

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"firstline/internal/clean"
)

// markdown parses GitHub's Markdown. It is safe for concurrent use.
var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.DefinitionList))

// parseMarkdown returns the syntax tree of source.
func parseMarkdown(source []byte) ast.Node {
	doc := markdown.Parser().Parse(text.NewReader(source))
	tidyHeadings(doc, source)
	return doc
}

// walk visits every node once, parents first. It visits a node's children when
// visit returns true.
func walk(n ast.Node, visit func(ast.Node) bool) {
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && !visit(n) {
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
}

// headingNodes returns the headings that have text, in order.
func headingNodes(doc ast.Node) []*ast.Heading {
	var all []*ast.Heading
	walk(doc, func(n ast.Node) bool {
		if h, ok := n.(*ast.Heading); ok {
			if h.Lines().Len() > 0 {
				all = append(all, h)
			}
			return false
		}
		return n.Type() != ast.TypeInline
	})
	return all
}

// deeper reports whether any node of doc is nested deeper than limit.
func deeper(doc ast.Node, limit int) bool {
	depth, deep := 0, false
	_ = ast.Walk(doc, func(_ ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			depth--
			return ast.WalkContinue, nil
		}
		if depth++; depth > limit {
			deep = true
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return deep
}

// headings lists the headings of doc, the tree of body.
func headings(doc ast.Node, body string) []Heading {
	source := []byte(body)
	lines := newLineIndex(body)
	taken := map[string]int{}
	var all []Heading
	for _, h := range headingNodes(doc) {
		t := plainText(h, source)
		all = append(all, Heading{
			Level:  h.Level,
			Text:   t,
			Anchor: uniqueAnchor(t, taken),
			Line:   lines.line(h.Lines().At(0).Start),
		})
	}
	return withRows(doc, source, lines, all)
}

// uniqueAnchor gives the second "Steps" the anchor "steps-1", as GitHub does.
func uniqueAnchor(heading string, taken map[string]int) string {
	base := anchor(heading)
	a := base
	for {
		if _, used := taken[a]; !used {
			break
		}
		taken[base]++
		a = base + "-" + strconv.Itoa(taken[base])
	}
	taken[a] = 0
	return a
}

// anchor returns GitHub's name of a heading: lower case, only letters, digits,
// "_" and "-", with "-" for blanks.
func anchor(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(heading)) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainText returns the visible text of a node, cleaned, on one line.
func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Text:
			if _, code := n.Parent().(*ast.CodeSpan); code {
				b.Write(n.Segment.Value(source))
			} else {
				b.WriteString(textOf(n, source))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.RawHTML: // empty, unless it is no tag of HTML, such as <pod-name>
			b.WriteString(clean.HTML(string(n.Segments.Value(source))))
		case *ast.AutoLink:
			b.Write(n.Label(source))
		case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
			b.WriteByte(' ')
			return false
		}
		if n.Type() == ast.TypeBlock && n.PreviousSibling() != nil {
			b.WriteByte(' ')
		}
		return true
	})
	return clean.Line(b.String())
}

// isTask reports whether a list item begins with a checkbox, and whether it is
// ticked.
func isTask(item ast.Node) (task, checked bool) {
	if item.FirstChild() == nil {
		return false, false
	}
	box, ok := item.FirstChild().FirstChild().(*extast.TaskCheckBox)
	return ok, ok && box.IsChecked
}
