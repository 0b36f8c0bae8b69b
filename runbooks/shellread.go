package runbooks

import (
	"errors"
	"math"
	"slices"
	"sort"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

var errTooLong = errors.New("the code is too long to be parsed")

// reading is how one dialect reads a text.
type reading struct {
	scan  *shellScan
	code  string
	marks []mark
	// more are placeholders that only the words of a command show.
	more      []mark
	lines     lineIndex
	variables []variable
	// words are the words of variables, for the text beside them.
	words []*wordContext
	stack []syntax.Node
	// contexts are those of the words that are visited next.
	contexts map[*syntax.Word]*wordContext
	// broken are the lines that begin inside a quote, a bracket or a here-document.
	broken map[int]bool
	// doubt is the first line from which on shells may differ.
	doubt int
}

// wordContext is a word of the shell with the variables in it.
type wordContext struct {
	start, end int
	// command: it names a command.
	command bool
	// variables are indexes into reading.variables.
	variables []int
}

func newReading(s *shellScan, code string, marks []mark) *reading {
	return &reading{scan: s, code: code, marks: marks, lines: newLineIndex(code), contexts: map[*syntax.Word]*wordContext{}, broken: map[int]bool{}, doubt: math.MaxInt}
}

func offset(p syntax.Pos) int { return int(p.Offset()) } //nolint:gosec // at most maxParsed

// walk reads the file.
func (r *reading) walk(file *syntax.File) {
	syntax.Walk(file, func(n syntax.Node) bool {
		if n == nil {
			r.stack = r.stack[:len(r.stack)-1]
			return true
		}
		r.visit(n)
		r.stack = append(r.stack, n)
		return true
	})
	r.continuedLines()
	r.heredocsInBrokenLines(file)
	for _, w := range r.words {
		r.describe(w)
	}
	for i := range r.variables {
		v := &r.variables[i]
		line := r.lines.line(v.start)
		v.certain = v.certain && line < r.doubt && !r.broken[line] && !r.broken[line+1]
	}
}

func (r *reading) visit(n syntax.Node) {
	r.span(n)
	r.sets(n)
	switch n := n.(type) {
	case *syntax.CallExpr:
		r.arguments(n)
	case *syntax.Assign:
		if n.Value != nil {
			r.valueAsked(n)
			r.contexts[n.Value] = &wordContext{start: offset(n.Pos()), end: offset(n.End())}
		}
	case *syntax.Word:
		if r.contexts[n] == nil {
			r.contexts[n] = &wordContext{start: offset(n.Pos()), end: offset(n.End())}
		}
	case *syntax.ParamExp:
		r.parameter(n)
	case *syntax.SglQuoted:
		quoting := inSingle
		if n.Dollar {
			quoting = inOther
			r.doubtFrom(offset(n.Pos())) // not every shell supports it
		}
		r.literal(offset(n.Left), offset(n.Right), quoting, true)
	case *syntax.Lit:
		r.lit(n)
	case *syntax.Comment:
		r.comment(n)
	}
}

// parameter adds a variable.
func (r *reading) parameter(n *syntax.ParamExp) {
	start, end := offset(n.Pos()), offset(n.End())
	m := anyVariable.FindStringIndex(r.code[start:])
	if m == nil || m[0] != 0 || start+m[1] != end {
		return
	}
	if found := literalVariables(r.scan.text, start, end, r.marks); len(found) == 1 && found[0].end == end {
		r.add(found[0], unquoted)
	}
}

// lit adds what is in unquoted text or in double quotes: templates, and in a
// here-document that is quoted the variables.
func (r *reading) lit(n *syntax.Lit) {
	if len(r.stack) == 0 {
		return
	}
	switch r.stack[len(r.stack)-1].(type) {
	case *syntax.Word, *syntax.DblQuoted:
		r.literal(offset(n.Pos()), offset(n.End()), unquoted, r.quotedHeredoc())
	}
}

// quotedHeredoc reports whether the innermost word is a here-document in which a shell
// replaces nothing.
func (r *reading) quotedHeredoc() bool {
	here := r.heredoc()
	return here != nil && strings.ContainsAny(r.code[offset(here.Word.Pos()):offset(here.Word.End())], `'"\`)
}

// heredoc returns the redirection of the here-document that is read, if any.
func (r *reading) heredoc() *syntax.Redirect {
	for i := len(r.stack) - 1; i > 0; i-- {
		if here, ok := r.stack[i-1].(*syntax.Redirect); ok && here.Hdoc != nil && r.stack[i] == syntax.Node(here.Hdoc) {
			return here
		}
	}
	return nil
}

// literal adds the templates between two offsets, and with variables also these.
func (r *reading) literal(start, end int, quoting quoting, variables bool) {
	var all []variable
	if variables {
		all = literalVariables(r.scan.text, start, end, r.marks)
	}
	for _, m := range slices.Concat(r.marks, r.more) {
		if !m.opaque && m.start >= start && m.end <= end {
			all = append(all, m.variable())
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].start < all[j].start })
	for _, v := range all {
		r.add(v, quoting)
	}
}

// comment adds the variables of a comment. In shells without comments on an interactive
// line, an apostrophe in it opens a quote.
func (r *reading) comment(n *syntax.Comment) {
	start, end := offset(n.Pos()), offset(n.End())
	from := len(r.variables)
	r.literal(start, end, inOther, true)
	for i := from; i < len(r.variables); i++ {
		r.variables[i].wordStart = false
	}
	if strings.ContainsAny(r.code[start:end], "'\"`") {
		r.doubtFrom(start)
	}
}

// add adds a variable with the context of the nodes around it.
func (r *reading) add(v variable, quoting quoting) {
	v.quoting, v.certain = quoting, true
	decided := quoting != unquoted
	var word *wordContext
	for i := len(r.stack) - 1; i >= 0; i-- {
		switch n := r.stack[i].(type) {
		case *syntax.Word:
			if word == nil {
				word = r.contexts[n]
			}
			if here, ok := r.stack[max(i-1, 0)].(*syntax.Redirect); ok && here.Hdoc == n {
				v.quoting, decided = inOther, true
				v.heredoc = strings.NewReplacer("'", "", `"`, "", `\`, "").Replace(r.code[offset(here.Word.Pos()):offset(here.Word.End())])
			}
		case *syntax.DblQuoted:
			if !decided {
				v.quoting, decided = inDouble, true
			}
		case *syntax.CmdSubst:
			decided = true
			if n.Backquotes {
				v.quoting = inOther
			}
		case *syntax.ProcSubst:
			decided = true
		case *syntax.ParamExp, *syntax.ArithmExp, *syntax.ArithmCmd, *syntax.LetClause, *syntax.CStyleLoop, *syntax.ExtGlob, *syntax.TestClause, *syntax.Comment:
			v.quoting, decided = inOther, true
		}
	}
	if word != nil && v.heredoc == "" {
		word.variables = append(word.variables, len(r.variables))
		if len(word.variables) == 1 {
			r.words = append(r.words, word)
		}
	}
	r.variables = append(r.variables, v)
}

// describe sets what the word of variables says of them.
func (r *reading) describe(w *wordContext) {
	at := w.start
	var other strings.Builder
	slices.SortFunc(w.variables, func(i, j int) int { return r.variables[i].start - r.variables[j].start })
	for _, i := range w.variables {
		if r.variables[i].start < at {
			continue
		}
		other.WriteString(r.code[at:r.variables[i].start])
		at = r.variables[i].end
	}
	other.WriteString(r.code[at:max(at, w.end)])
	embedded := !pathLike(other.String())
	for _, i := range w.variables {
		v := &r.variables[i]
		v.embedded = embedded
		v.wordStart = strings.Trim(r.code[min(w.start, v.start):v.start], `"'`) == ""
		v.command = w.command && v.wordStart
		v.inCommand = w.command
	}
}

// span notes where a quote, a bracket or a here-document goes over lines, and where
// shells differ in where it ends.
func (r *reading) span(n syntax.Node) {
	start, end := 0, 0
	switch n := n.(type) {
	case *syntax.SglQuoted, *syntax.DblQuoted, *syntax.ProcSubst, *syntax.ExtGlob:
		start, end = offset(n.Pos()), offset(n.End())
	case *syntax.CmdSubst:
		start, end = offset(n.Pos()), offset(n.End())
		if n.Backquotes && strings.ContainsAny(strings.Trim(r.code[start:end], "`"), "'\"`\\") {
			r.doubtFrom(start)
		}
	case *syntax.ParamExp, *syntax.ArithmExp, *syntax.ArithmCmd:
		start, end = offset(n.Pos()), offset(n.End())
		if strings.ContainsAny(r.code[start:end], "'\"`\\") {
			r.doubtFrom(start)
		}
	case *syntax.Redirect:
		if n.Hdoc == nil {
			return
		}
		start, end = offset(n.Word.Pos()), offset(n.Hdoc.End())
		if body := r.code[offset(n.Hdoc.Pos()):end]; strings.Contains(body, "\\\n") {
			r.doubtFrom(start) // it may join the next line, and hide the delimiter
		}
		if word := r.code[start:offset(n.Word.End())]; strings.ContainsAny(word, "$`{\\") || strings.ContainsAny(strings.Trim(word, `'"`), `'"`) {
			r.doubtFrom(start)
		}
		// The line with the delimiter.
		end += max(strings.IndexByte(r.code[end:]+"\n", '\n'), 0)
	default:
		return
	}
	for line := r.lines.line(start) + 1; line <= r.lines.line(end); line++ {
		r.broken[line] = true
	}
}

// heredocsInBrokenLines doubts the here-documents that begin in the middle of a quote or a
// bracket over lines: shells differ in where they begin.
func (r *reading) heredocsInBrokenLines(file *syntax.File) {
	syntax.Walk(file, func(n syntax.Node) bool {
		here, ok := n.(*syntax.Redirect)
		if ok && here.Hdoc != nil && r.lines.line(offset(here.Hdoc.Pos())) > r.lines.line(offset(here.Word.End()))+1 || ok && here.Hdoc != nil && r.broken[r.lines.line(offset(here.Pos()))] {
			r.doubtFrom(offset(here.Pos()))
		}
		return true
	})
}

// continuedLines notes the lines that a backslash joins with the one before, in the
// middle of a word.
func (r *reading) continuedLines() {
	for line, start := range r.lines {
		before := r.code[:start]
		if joined, ok := strings.CutSuffix(before, "\\\n"); ok && !strings.HasSuffix(joined, " ") && !strings.HasSuffix(joined, "\t") {
			r.broken[line+1] = true
		}
	}
}

// doubtFrom marks the line of an offset and all after it as uncertain.
func (r *reading) doubtFrom(at int) { r.doubt = min(r.doubt, r.lines.line(at)) }

// pathLike reports whether text next to a value is a path, an option or
// similar, and not a program.
func pathLike(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if ('a' > c || c > 'z') && ('A' > c || c > 'Z') && ('0' > c || c > '9') && strings.IndexByte(`_./:=,@%+^-"'`, c) < 0 {
			return false
		}
	}
	return true
}
