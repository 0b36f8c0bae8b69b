package runbooks

import (
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"

	"firstline/internal/clean"
)

// Link is a link in a runbook.
type Link struct {
	// Text is what the reader sees, Destination the target as written.
	Text, Destination string
	// Line is the line of Body on which its block begins.
	Line int
}

// External reports whether the link leads to the web. Its Destination is then
// safe to open.
func (l Link) External() bool { return clean.URL(l.Destination) != "" }

// Links returns the links of a runbook, in order, without images.
func (rb *Runbook) Links() []Link {
	source := []byte(rb.Body)
	lines := newLineIndex(rb.Body)
	var all []Link
	line := 1
	walk(parseMarkdown(source), func(n ast.Node) bool {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			line = lines.line(n.Lines().At(0).Start)
		}
		switch n := n.(type) {
		case *ast.Link:
			all = append(all, Link{plainText(n, source), clean.Line(string(n.Destination)), lineOf(n, lines, line)})
		case *ast.AutoLink:
			all = append(all, Link{clean.Line(string(n.Label(source))), clean.Line(string(n.URL(source))), lineOf(n, lines, line)})
		}
		return true
	})
	return all
}

// lineOf returns the line of the first text in an inline node, else the line of
// its block.
func lineOf(n ast.Node, lines lineIndex, block int) int {
	at := block
	walk(n, func(n ast.Node) bool {
		if t, ok := n.(*ast.Text); ok {
			at = lines.line(t.Segment.Start)
			return false
		}
		return true
	})
	return at
}

// Follow returns the target of a relative link in a runbook: another runbook of
// the library, or a heading of the same one.
func (l *Library) Follow(from *Runbook, destination string) (Match, bool) {
	l.mu.RLock()
	x := l.index
	l.mu.RUnlock()
	return x.follow(from, destination)
}

func (x *index) follow(from *Runbook, destination string) (Match, bool) {
	u, err := url.Parse(strings.TrimSpace(destination))
	if err != nil || u.Scheme != "" || u.Host != "" {
		return Match{}, false
	}
	target := from
	if u.Path != "" {
		if target = x.relative(from, u.Path); target == nil {
			return Match{}, false
		}
	}
	m := Match{Runbook: target}
	if u.Fragment != "" {
		h := target.At(u.Fragment)
		if h == nil {
			return Match{}, false
		}
		m.Heading = target.below(h)
	}
	return m, true
}

// relative finds the runbook at a path relative to another: as written, with
// ".md" appended, or as a directory's index. As in Hugo, a path that begins
// with "/" is relative to the directory.
func (x *index) relative(from *Runbook, to string) *Runbook {
	name := path.Join(path.Dir(from.Name), to)
	if strings.HasPrefix(to, "/") {
		name = strings.TrimPrefix(path.Clean(to), "/")
	}
	if name == ".." || strings.HasPrefix(name, "../") {
		return nil
	}
	candidates := []string{name, name + ".md", name + ".markdown", name + ".adoc", name + ".rst", path.Join(name, "_index.md"), path.Join(name, "index.md"), path.Join(name, "README.md")}
	for _, candidate := range candidates {
		for _, rb := range x.runbooks {
			if rb.Directory == from.Directory && strings.EqualFold(rb.Name, candidate) {
				return rb
			}
		}
	}
	return nil
}
