package runbooks

import (
	"slices"
	"sort"
	"strings"

	"firstline/internal/lazyregexp"

	"mvdan.cc/sh/v3/syntax"
)

// quoting is the context of a variable, as a POSIX shell reads it.
type quoting int

const (
	unquoted quoting = iota
	inDouble
	inSingle
	// inOther is a context in which a value cannot be quoted: here-documents,
	// comments, arithmetic, backquotes, ${…} with an operator, output.
	inOther
)

// variable is a variable in a command that a label could fill.
type variable struct {
	start, end int
	name       string
	// plain is $name, which letters after it would lengthen. template is {{
	// $labels.name }}.
	plain, template bool
	// placeholder: it is <name>, {name} or the like, which no shell replaces. setsName
	// is the variable that the text sets to it.
	placeholder bool
	setsName    string
	quoting     quoting
	// wordStart: it is at the start of the shell's word. command: it begins the
	// name of a command. inCommand: it is a part of one.
	wordStart, command, inCommand bool
	// heredoc is the delimiter of the enclosing here-document.
	heredoc string
	// embedded: its word has other text that could be a program, as in sh -c "…
	// $POD".
	embedded bool
	// certain: every shell reads its context alike, also when its line is run
	// alone.
	certain bool
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
	// unread: no shell can read the text for certain. The contexts of the
	// variables are then unknown.
	unread bool
}

var (
	anyVariable   = lazyregexp.New(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})`)
	labelTemplate = lazyregexp.New(`\{\{-?\s*(?:\$labels|\.Labels)\.([A-Za-z_][A-Za-z0-9_]*)\s*-?\}\}`)
	goTemplate    = lazyregexp.New(`\{\{.*?\}\}`)
)

// maxParsed and maxNesting bound the code that is parsed, in bytes and in what could be
// nested: parsers recurse, and steps are short.
const (
	maxParsed  = 32 << 10
	maxNesting = 500
)

var nesting = lazyregexp.New("[({`|]|\\b(?:if|while|until|case|for)\\b")

// scanShell reads text as shells do. Each of bash, POSIX and zsh that can parse it must
// agree on a variable's context, because nobody knows which of them will read it.
func scanShell(text string) *shellScan {
	s := &shellScan{text: text, assigned: map[string]bool{}, asked: map[string]string{}}
	marks := marksIn(text)
	code := mask(onlyTyped(text), marks)
	readings := map[syntax.LangVariant]*reading{}
	for _, dialect := range []syntax.LangVariant{syntax.LangBash, syntax.LangPOSIX, syntax.LangZsh} {
		file, err := parseShell(code, dialect)
		if err != nil {
			continue
		}
		r := newReading(s, code, marks)
		r.walk(file)
		readings[dialect] = r
	}
	bash := readings[syntax.LangBash]
	if bash == nil {
		s.unread = true
		s.variables = variablesIn(text)
		setNames(text, s.assign)
		return s
	}
	s.variables = bash.variables
	for i := range s.variables {
		v := &s.variables[i]
		for _, r := range readings {
			v.certain = v.certain && slices.Contains(r.variables, *v)
		}
	}
	s.addOutput(code)
	return s
}

func parseShell(code string, dialect syntax.LangVariant) (*syntax.File, error) {
	if len(code) > maxParsed || len(nesting.FindAllStringIndex(code, maxNesting+1)) > maxNesting {
		return nil, errTooLong
	}
	return syntax.NewParser(syntax.Variant(dialect), syntax.KeepComments(true)).Parse(strings.NewReader(code), "")
}

// addOutput adds the variables in the output of a transcript. No shell reads them.
func (s *shellScan) addOutput(code string) {
	for _, v := range variablesIn(s.text) {
		if strings.TrimSpace(code[v.start:v.end]) == "" && !v.placeholder {
			s.variables = append(s.variables, v)
		}
	}
	sort.Slice(s.variables, func(i, j int) bool { return s.variables[i].start < s.variables[j].start })
	// Of a placeholder within another one, such as <…{name}…>, only the outer one counts.
	end := 0
	s.variables = slices.DeleteFunc(s.variables, func(v variable) bool {
		inside := v.start < end
		end = max(end, v.end)
		return inside
	})
}

// variablesIn finds the variables of a text that is no shell's.
func variablesIn(text string) []variable {
	marks := marksIn(text)
	all := literalVariables(text, 0, len(text), marks)
	for _, m := range marks {
		if !m.opaque {
			all = append(all, m.variable())
		}
	}
	for i := range all {
		all[i].quoting = inOther
	}
	sort.Slice(all, func(i, j int) bool { return all[i].start < all[j].start })
	return all
}

// mark is a part of a text that is no shell's: a template or a placeholder.
type mark struct {
	start, end int
	// name is the label of a {{ $labels.name }}, or that of a placeholder.
	name        string
	placeholder bool
	// setsName is the variable that the text sets to the placeholder.
	setsName string
	// opaque: the shell reads it as it is written, because it may have quotes.
	opaque bool
}

func (m mark) variable() variable {
	return variable{start: m.start, end: m.end, name: m.name, template: !m.placeholder, placeholder: m.placeholder, setsName: m.setsName}
}

// marksIn returns the marks of a text in order; they don't overlap.
func marksIn(text string) []mark {
	var all []mark
	for _, m := range goTemplate.FindAllStringIndex(text, -1) {
		one := mark{start: m[0], end: m[1], opaque: true}
		if label := labelTemplate.FindStringSubmatchIndex(text[m[0]:m[1]]); label != nil && label[0] == 0 && label[1] == m[1]-m[0] {
			one.name, one.opaque = text[m[0]+label[2]:m[0]+label[3]], false
		}
		all = append(all, one)
	}
	templates := len(all)
	for _, m := range placeholdersIn(text) {
		if !slices.ContainsFunc(all[:templates], func(o mark) bool { return o.start < m.end && m.start < o.end }) {
			all = append(all, m)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].start < all[j].start })
	return all
}

// mask returns code with a path in the place of each mark, so that a shell's parser
// reads each as a part of a word.
func mask(code string, marks []mark) string {
	masked := []byte(code)
	for _, m := range marks {
		if m.opaque || strings.TrimSpace(code[m.start:m.end]) == "" { // in output
			continue
		}
		for i := m.start; i < m.end; i++ {
			masked[i] = 'x'
		}
		masked[m.start] = '/' // ends a name before it
	}
	return string(masked)
}

// literalVariables finds the variables between two offsets that are plain text, outside of
// the marks.
func literalVariables(text string, start, end int, marks []mark) []variable {
	var all []variable
	for _, m := range anyVariable.FindAllStringSubmatchIndex(text[start:end], -1) {
		v := variable{start: start + m[0], end: start + m[1], plain: m[2] >= 0}
		name := 2
		if !v.plain {
			name = 4
		}
		v.name = text[start+m[name] : start+m[name+1]]
		if !inMark(marks, v) {
			all = append(all, v)
		}
	}
	return all
}

func inMark(marks []mark, v variable) bool {
	return slices.ContainsFunc(marks, func(m mark) bool { return m.start < v.end && v.start < m.end })
}
