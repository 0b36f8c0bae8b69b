package runbooks

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// scope is a section of a runbook, with what its code sets so far. What a section
// sets counts in the sections below it as well.
type scope struct {
	above *scope
	level int
	// set are the names that have a value, asked those for which the reader is
	// asked, with the label that is meant, if it is named.
	set   map[string]bool
	asked map[string]string
}

func newScope(above *scope, level int) *scope {
	return &scope{above, level, map[string]bool{}, map[string]string{}}
}

// under returns a new scope under a heading, for what comes after s.
func (s *scope) under(level int) *scope {
	above := s
	for above.above != nil && above.level >= level {
		above = above.above
	}
	return newScope(above, level)
}

// add adds what a piece of code sets.
func (s *scope) add(scan *shellScan) {
	for name := range scan.assigned {
		s.set[name] = true
	}
	for name, label := range scan.asked {
		s.asked[name] = label
	}
}

// sets reports whether the runbook gave the name a value before.
func (s *scope) sets(name string) bool {
	return s != nil && (s.set[name] || s.above.sets(name))
}

// label returns the label that the reader was asked for, or "".
func (s *scope) label(name string) string {
	if s == nil {
		return ""
	}
	if label := s.asked[name]; label != "" {
		return label
	}
	return s.above.label(name)
}

// piece is a piece of code in a runbook and the position of its parts.
type piece struct {
	scope    *scope
	segments []text.Segment
	language string
	inline   bool
	table    bool
}

// pieces returns all pieces of code below n, in order.
func pieces(n ast.Node, source []byte) []piece {
	var all []piece
	table := false
	section := newScope(nil, 0)
	walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Heading:
			section = section.under(n.Level)
		case *ast.FencedCodeBlock:
			all = append(all, piece{scope: section, segments: n.Lines().Sliced(0, n.Lines().Len()), language: string(n.Language(source))})
		case *ast.CodeBlock:
			all = append(all, piece{scope: section, segments: n.Lines().Sliced(0, n.Lines().Len())})
		case *ast.CodeSpan:
			p := piece{scope: section, inline: true, table: table}
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					p.segments = append(p.segments, t.Segment)
				}
			}
			all = append(all, p)
			return false
		case *ast.HTMLBlock:
			return false
		default:
			if n.Type() == ast.TypeBlock {
				_, table = n.(*extast.TableCell)
			}
		}
		return true
	})
	return all
}

// text returns the code.
func (p piece) text(source []byte) string {
	var b strings.Builder
	for _, s := range p.segments {
		b.Write(s.Value(source))
	}
	if p.inline {
		return strings.ReplaceAll(b.String(), "\n", " ")
	}
	return b.String()
}

// offset converts an offset in the text to an offset in the source.
func (p piece) offset(at int) (offset, segment int) {
	for i, s := range p.segments {
		if at < s.Len() {
			return s.Start + at, i
		}
		at -= s.Len()
	}
	return -1, -1
}

// isShell reports whether a fence's language is a shell. A fence without a
// language usually is one, and everything that is not another language is
// treated as one.
func isShell(language string) bool {
	switch strings.ToLower(language) {
	case "", "sh", "bash", "shell", "zsh", "ksh", "console", "shell-session", "shellsession", "bash-session", "terminal", "text", "txt":
		return true
	}
	return false
}

// isGuessed reports whether a fence's language leaves open what its code is.
func isGuessed(language string) bool {
	switch strings.ToLower(language) {
	case "", "text", "txt", "console", "terminal":
		return true
	}
	return false
}

// hasPlaceholders reports whether people write <name> in a language that is no shell's,
// because the language has no such sign.
func hasPlaceholders(language string) bool {
	switch strings.ToLower(language) {
	case "promql", "logql", "sql", "yaml", "yml", "json":
		return true
	}
	return false
}

// markdown fills all code of a runbook.
func (f *filler) markdown(body string) string {
	source := []byte(body)
	lines := newLineIndex(body)
	var edits []edit
	for _, p := range pieces(parseMarkdown(source), source) {
		if slices.ContainsFunc(p.segments, func(s text.Segment) bool { return s.Padding > 0 }) {
			continue // the code differs from the source
		}
		f.scope, f.shell, f.guessed, f.plain = p.scope, isShell(p.language), isGuessed(p.language), hasPlaceholders(p.language)
		f.inline, f.table, f.broken = p.inline, p.table, nil
		f.lineOf = func(at int) int {
			at, _ = p.offset(at)
			return lines.line(at)
		}
		if p.inline && len(p.segments) > 1 {
			f.broken = map[int]bool{}
			at := 0
			for _, s := range p.segments {
				f.broken[at] = true
				at += s.Len()
			}
		}
		for _, e := range f.code(p.text(source)) {
			start, first := p.offset(e.start)
			last, same := p.offset(e.end - 1)
			if first >= 0 && first == same {
				edits = append(edits, edit{start, last + 1, e.text})
			}
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	return apply(body, edits)
}
