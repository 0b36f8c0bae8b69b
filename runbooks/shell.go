package runbooks

import (
	"regexp"
	"strings"
)

// quoting is the context of a variable, as a POSIX shell reads it.
type quoting int

const (
	unquoted quoting = iota
	inDouble
	inSingle
	// inOther is a context in which a value cannot be quoted: here-documents,
	// comments, arithmetic, backquotes, ${…} with an operator.
	inOther
)

// variable is a variable in a command that a label could fill.
type variable struct {
	start, end int
	name       string
	// plain is $name, which letters after it would lengthen. template is {{
	// $labels.name }}.
	plain, template bool
	quoting         quoting
	// wordStart: it is at the start of the shell's word. command: it begins the
	// name of a command. inCommand: it is a part of one.
	wordStart, command, inCommand bool
	// heredoc is the delimiter of the enclosing here-document.
	heredoc string
	// embedded: its word has other text that could be a program, as in sh -c "…
	// $POD".
	embedded bool
	// line is an index into shellScan.clean, owner the frame of its word.
	line  int
	owner *frame
}

// shellScan is the result of reading a text as a shell does, as far as filling
// needs it.
type shellScan struct {
	text      string
	variables []variable
	// assigned are the names that the text itself sets.
	assigned map[string]bool
	// asked maps names to the labels to which the text asks the reader to set
	// them.
	asked map[string]string
	// clean reports for each line, and for the end of the text, whether it
	// begins outside of all quotes and brackets.
	clean []bool

	at      int
	frames  []*frame
	pending []heredoc
	// doubt: from here on it is uncertain how a shell reads the text.
	doubt bool
}

type heredoc struct {
	delimiter string
	dash      bool // <<-
}

// frame is a nesting of the shell: the text itself, $(…), "…", ${…}.
type frame struct {
	kind frameKind
	// The current word: its start (-1: none), and the number of variables
	// before it.
	word, before int
	// command: the word, or the next one, names a command. wrapped: it follows
	// a command such as sudo. redirect: it is the target of a redirection, or the
	// name of a function.
	// shell: a shell was called, whose -c takes a command. declares: the words
	// are names that get values. once: only the next is. printf: its -v takes
	// such a name.
	command, wrapped, redirect, shell, declares, once, printf bool
}

type frameKind int

const (
	frameCode frameKind = iota
	frameDouble
	frameBrace
	frameArithmetic
	frameBackquote
)

var (
	plainVariable  = regexp.MustCompile(`^\$([A-Za-z_][A-Za-z0-9_]*)`)
	bracedVariable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	labelTemplate  = regexp.MustCompile(`^\{\{-?\s*(?:\$labels|\.Labels)\.([A-Za-z_][A-Za-z0-9_]*)\s*-?\}\}`)
	assignment     = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]]*\])?\+?=`)
	nameFirst      = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	commandOption  = regexp.MustCompile(`^-[A-Za-z]*c$`)
	labelAsked     = regexp.MustCompile(`\b([A-Za-z_][A-Za-z0-9_]*) label\b`)
	defaulted      = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*):?=`) // ${NAME:=value} sets it
	digits         = regexp.MustCompile(`^[0-9]+$`)
)

// scanShell reads text as a shell does.
func scanShell(text string) *shellScan {
	s := &shellScan{text: text, assigned: map[string]bool{}, asked: map[string]string{}}
	s.push(frameCode)
	s.startLine(true)
	s.prompt()
	for s.at < len(s.text) {
		s.step()
	}
	s.endWord()
	s.startLine(len(s.pending) == 0)
	return s
}

func (s *shellScan) top() *frame { return s.frames[len(s.frames)-1] }

func (s *shellScan) push(kind frameKind) {
	s.frames = append(s.frames, &frame{kind: kind, word: -1, command: true})
}

func (s *shellScan) pop() {
	if len(s.frames) > 1 {
		s.frames = s.frames[:len(s.frames)-1]
	}
}

// code returns the innermost frame in which words are read.
func (s *shellScan) code() *frame {
	for i := len(s.frames) - 1; i > 0; i-- {
		if s.frames[i].kind == frameCode {
			return s.frames[i]
		}
	}
	return s.frames[0]
}

// startLine notes the start of a line.
func (s *shellScan) startLine(clean bool) {
	s.clean = append(s.clean, clean && len(s.frames) == 1 && !s.doubt)
}

// certain reports whether the context of v is certain, also when its line is
// run alone.
func (s *shellScan) certain(v variable) bool { return s.clean[v.line] && s.clean[v.line+1] }

// unsure marks the current line and all after it as uncertain.
func (s *shellScan) unsure() {
	s.doubt = true
	s.clean[len(s.clean)-1] = false
}

// brokenLine notes the start of a line within a quote or bracket.
func (s *shellScan) brokenLine() {
	if len(s.pending) > 0 {
		s.unsure() // a here-document begins in the middle of it
	}
	s.startLine(false)
}

// prompt skips the "$ " that transcripts have before a command.
func (s *shellScan) prompt() {
	if len(s.frames) == 1 && strings.HasPrefix(s.rest(), "$ ") {
		s.at += 2
	}
}

func (s *shellScan) rest() string { return s.text[s.at:] }

func (s *shellScan) step() {
	if s.variable(s.quoting()) {
		return
	}
	switch s.top().kind {
	case frameCode:
		s.stepCode()
	case frameDouble:
		s.stepDouble()
	default:
		s.stepOther()
	}
}

// quoting returns the context of a variable at this point.
func (s *shellScan) quoting() quoting {
	for _, f := range s.frames {
		switch f.kind {
		case frameBrace, frameArithmetic, frameBackquote:
			return inOther
		}
	}
	if s.top().kind == frameDouble {
		return inDouble
	}
	return unquoted
}

// variable reads a variable if there is one at this point.
func (s *shellScan) variable(q quoting) bool {
	v := variable{start: s.at, quoting: q, line: len(s.clean) - 1, owner: s.code()}
	rest := s.rest()
	var m []string
	switch {
	case strings.HasPrefix(rest, "{{"):
		m = labelTemplate.FindStringSubmatch(rest)
		v.template = true
	case strings.HasPrefix(rest, "${"):
		m = bracedVariable.FindStringSubmatch(rest)
	case strings.HasPrefix(rest, "$"):
		m = plainVariable.FindStringSubmatch(rest)
		v.plain = true
	}
	if m == nil {
		return false
	}
	s.beginWord()
	v.end, v.name = s.at+len(m[0]), m[1]
	s.variables = append(s.variables, v)
	s.at = v.end
	return true
}

// beginWord notes the start of a word, in a frame that has words.
func (s *shellScan) beginWord() {
	if f := s.top(); f.kind == frameCode && f.word < 0 {
		f.word, f.before = s.at, len(s.variables)
	}
}

func (s *shellScan) stepCode() {
	f := s.top()
	c := s.text[s.at]
	switch c {
	case ' ', '\t':
		s.endWord()
		s.at++
	case '\n':
		s.endWord()
		s.endCommand()
		s.at++
		if !s.hereDocuments() {
			s.startLine(true)
		}
		s.prompt()
	case ';', '&', '|':
		s.endWord()
		s.endCommand()
		s.at++
	case '(':
		s.endWord()
		if strings.HasPrefix(s.rest(), "()") { // a function, whose body follows
			s.at += 2
			s.endCommand()
			return
		}
		s.at++
		s.push(frameCode)
	case ')':
		s.endWord()
		s.endCommand()
		s.at++
		s.pop()
	case '<', '>':
		s.redirection()
	case '#':
		if f.word >= 0 {
			s.at++
			return
		}
		s.comment()
	case '\\':
		s.escape(true)
	case '\'':
		s.beginWord()
		s.single(false)
	case '"':
		s.beginWord()
		s.at++
		s.push(frameDouble)
	case '`':
		s.beginWord()
		s.at++
		s.push(frameBackquote)
	case '$':
		s.beginWord()
		s.dollar()
	default:
		s.beginWord()
		s.at++
	}
}

func (s *shellScan) stepDouble() {
	switch s.text[s.at] {
	case '"':
		s.at++
		s.pop()
	case '\\':
		s.escape(false)
	case '`':
		s.at++
		s.push(frameBackquote)
	case '$':
		s.dollar()
	case '\n':
		s.at++
		s.brokenLine()
	default:
		s.at++
	}
}

// stepOther skips a context in which values cannot be quoted. Shells differ in
// where a quote in it ends.
func (s *shellScan) stepOther() {
	kind := s.top().kind
	switch c := s.text[s.at]; {
	case c == '\\':
		s.escape(false)
	case c == '\n':
		s.at++
		s.brokenLine()
	case c == '\'' || c == '"':
		s.unsure()
		s.at++
	case c == '}' && kind == frameBrace, c == ')' && kind == frameArithmetic, c == '`' && kind == frameBackquote:
		s.at++
		s.pop()
	case c == '`':
		s.unsure()
		s.at++
	case c == '(' && kind == frameArithmetic:
		s.at++
		s.push(frameArithmetic)
	case c == '$' && kind != frameBackquote:
		s.dollar()
	default:
		s.at++
	}
}

// escape skips a backslash and the character that it escapes.
func (s *shellScan) escape(word bool) {
	continued := strings.HasPrefix(s.rest(), "\\\n")
	if word && !continued {
		s.beginWord()
	}
	s.at = min(s.at+2, len(s.text))
	if continued {
		s.startLine(s.top().word < 0)
	}
}

// dollar reads a "$" that does not begin a variable.
func (s *shellScan) dollar() {
	rest := s.rest()
	code := s.top().kind == frameCode
	switch {
	case strings.HasPrefix(rest, "$(("):
		s.at += 3
		s.push(frameArithmetic)
		s.push(frameArithmetic)
	case strings.HasPrefix(rest, "$("):
		s.at += 2
		s.push(frameCode)
	case strings.HasPrefix(rest, "${{"):
		s.at++
	case strings.HasPrefix(rest, "${"):
		if m := defaulted.FindStringSubmatch(rest); m != nil {
			s.assigned[m[1]] = true
		}
		s.at += 2
		s.push(frameBrace)
	case strings.HasPrefix(rest, "$'") && code:
		s.at++
		s.single(true)
	case len(rest) > 1 && strings.IndexByte("$?!#@*-0123456789", rest[1]) >= 0:
		s.at += 2
	default:
		s.at++
	}
}

// single reads '…', or $'…' in which a backslash escapes.
func (s *shellScan) single(escapes bool) {
	q := inSingle
	if escapes {
		q = inOther
		s.unsure() // not every shell supports it
	}
	if s.quoting() == inOther {
		q = inOther
	}
	s.at++
	for s.at < len(s.text) {
		if s.variable(q) {
			continue
		}
		switch c := s.text[s.at]; {
		case c == '\'':
			s.at++
			return
		case c == '\\' && escapes:
			s.at = min(s.at+2, len(s.text))
			continue
		case c == '\n':
			s.at++
			s.brokenLine()
			continue
		}
		s.at++
	}
	s.unsure() // it never ended
}

// comment skips to the end of the line. In shells without comments on an
// interactive line, an apostrophe in it opens a quote.
func (s *shellScan) comment() {
	quotes := 0
	before := len(s.variables)
	for s.at < len(s.text) && s.text[s.at] != '\n' {
		if s.variable(inOther) {
			continue
		}
		if strings.IndexByte("'\"`", s.text[s.at]) >= 0 {
			quotes++
		}
		s.at++
	}
	for i := before; i < len(s.variables); i++ {
		s.variables[i].owner = nil
	}
	s.top().word = -1
	if quotes > 0 {
		s.unsure()
	}
}
