package runbooks

import (
	"cmp"
	"fmt"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
)

// Filled is a text whose variables have been replaced.
type Filled struct {
	Text string
	// Replaced are the variables that were filled, Refused those that have a
	// value but cannot be filled safely, and Unknown the names without a value,
	// each in the order of the text.
	Replaced []Replacement
	Refused  []Refusal
	Unknown  []string
	// Missing are the placeholders that nothing fills.
	Missing []Placeholder
}

// Replacement is a variable that was filled.
type Replacement struct {
	// Variable is the text that was replaced, such as "${pod}". Name is the
	// label, of the value in the reference or of the extra; From says which.
	Variable, Name, Value string
	From                  From
	// Line is its line in the text, from 1.
	Line int
}

// Refusal is a variable that was not filled although its value is known.
type Refusal struct {
	Variable, Name string
	// Line is its line in the text, from 1.
	Line int
	// Sentence says why, for a person.
	Sentence string
}

// Fill replaces $NAME, ${name} and {{ $labels.name }} in the fenced, indented
// and inline code of a runbook's Markdown, and placeholders such as <name>, by the
// first of the values that has the name. Text outside code never changes, and
// unknown names stay. The number of lines stays the same.
//
// A name matches a label in any case, with or without underscores, and with or
// without "_NAME" after it. Fill does not replace names that every shell has, such
// as $PATH, nor names that code sets before in the same section or in one above
// it. A placeholder such as NODE='<value of instance label>' or NODE=TODO does not
// set a name: it asks for a value, and may name the label.
//
// A POSIX shell reads a value as one word, or as part of one, and runs nothing
// in it. Where this cannot be guaranteed, the variable stays and is in Refused.
func Fill(markdown string, from ...Values) Filled {
	f := filler{values: newValues(from)}
	f.result.Text = f.markdown(markdown)
	return f.result
}

// FillCommand does what Fill does for a text that is one shell command.
func FillCommand(command string, from ...Values) Filled {
	f := filler{values: newValues(from), shell: true, scope: newScope(nil, 0), lineOf: newLineIndex(command).line}
	f.result.Text = apply(command, f.code(command))
	return f.result
}

// FilledWith returns the runbook with Fill applied to its body.
func (rb *Runbook) FilledWith(from ...Values) (*Runbook, Filled) {
	f := Fill(rb.Body, from...)
	if f.Text == rb.Body {
		return rb, f
	}
	return rb.WithBody(f.Text), f
}

// ownNames are the shell's own variables and those of every environment.
var ownNames = wordSet("PATH HOME USER LOGNAME SHELL PWD OLDPWD IFS UID EUID PPID RANDOM LINENO TERM LANG TMPDIR EDITOR PAGER OPTARG OPTIND SECONDS REPLY BASH PS1 PS2 DISPLAY MAIL KUBECONFIG HOSTNAME HOSTTYPE MACHTYPE OSTYPE SHLVL FUNCNAME PIPESTATUS DIRSTACK COLUMNS LINES")

// isShellsOwn reports whether every shell gives the name a value.
func isShellsOwn(name string) bool { return ownNames[name] || strings.HasPrefix(name, "BASH_") }

// isLabel reports whether a name may be that of a label: others are of a counter in
// a loop or of Grafana, such as $i and $__range.
func isLabel(name string) bool { return len(name) > 1 && !strings.HasPrefix(name, "__") }

// filler fills the pieces of code of one text.
type filler struct {
	values values
	// scope is the section of the piece.
	scope *scope
	// shell means that the code is a shell's, so that quotes have a shell's
	// meaning.
	shell bool
	// guessed: nothing says that the code is a shell's. If no shell can read it, it
	// is that of another language.
	guessed bool
	// plain means that the code is in a language in which people write placeholders.
	plain bool
	// inline means that the code is inside a line of text, table that it is
	// inside a table cell.
	inline, table bool
	// broken are the offsets where a new line of an inline piece begins.
	broken map[int]bool
	// lineOf returns the line of an offset of the piece.
	lineOf func(at int) int
	result Filled
}

// edit replaces a part of a text.
type edit struct {
	start, end int
	text       string
}

// apply applies edits, which are in order.
func apply(text string, edits []edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.start] + e.text)
		at = e.end
	}
	return b.String() + text[at:]
}

// rereads matches commands that interpret their arguments as commands again,
// some on another machine. Quotes protect only from the first interpretation.
var rereads = lazyregexp.New(`(?:^|[^\w-])(?:(?:ba|da|z|k|a|fi|c|tc)?sh|eval|ssh|mosh|su|watch|parallel|xargs|trap|tmux|screen|expect|script|flock|make|ansible|pdsh|clush|salt|alias|busybox|scp|rsync)(?:$|[^\w-])`)

// bare matches text that has no special meaning to any shell or program.
var bare = lazyregexp.New(`^[A-Za-z0-9_./:-]+$`)

// code returns the edits that fill one piece of code.
func (f *filler) code(text string) []edit {
	s := scanShell(text)
	if f.shell {
		defer f.scope.add(s)
	}
	if _, kind := typedLines(text); kind == programPrompt || s.unread && f.guessed {
		f.shell = false
	}
	reread := rereads.MatchString(text)
	var edits []edit
	unchangedEnd := -1 // the end of a $NAME directly before that stays
	for _, v := range s.variables {
		original := text[v.start:v.end]
		insert := original
		if v.placeholder && !f.asks(v, text) {
			continue
		}
		n, ok := f.valueFor(s, v)
		switch {
		case v.placeholder && !ok:
			f.result.Missing = append(f.result.Missing, v.asPlaceholder(text, f.lineOf(v.start)))
		case !v.template && (isShellsOwn(v.name) || f.sets(s, v.name)):
		case !ok, !v.template && !v.placeholder && !isLabel(v.name):
			f.result.Unknown = append(f.result.Unknown, v.name)
		default:
			p := insertion{scan: s, variable: v, value: n.value, shell: f.shell, reread: reread, afterVariable: unchangedEnd == v.start}
			if filled, why := f.decide(p); why == "" {
				insert = filled
				f.result.Replaced = append(f.result.Replaced, Replacement{original, n.name, n.value, n.from, f.lineOf(v.start)})
			} else {
				f.result.Refused = append(f.result.Refused, Refusal{
					original, n.name, f.lineOf(v.start),
					fmt.Sprintf("%s is not filled in: the value of %s %s.", original, n.name, why),
				})
				if v.placeholder {
					f.result.Missing = append(f.result.Missing, v.asPlaceholder(text, f.lineOf(v.start)))
				}
			}
		}
		switch {
		case insert != original:
			edits = append(edits, edit{v.start, v.end, insert})
		case v.plain:
			unchangedEnd = v.end
		}
	}
	return edits
}

// sets reports whether the text, the runbook before it, or an earlier step gives a name a
// value.
func (f *filler) sets(s *shellScan, name string) bool {
	_, set := f.values.session[name]
	return set || s.assigned[name] || f.scope.sets(name)
}

// asks reports whether a placeholder asks for a value here: not alone inside a text,
// which names it, and not in a language that has such signs itself.
func (f *filler) asks(v variable, text string) bool {
	alone := f.inline && strings.TrimSpace(text) == text[v.start:v.end]
	return !alone && (f.shell || f.guessed || f.plain)
}

// valueFor returns the value for a variable.
func (f *filler) valueFor(s *shellScan, v variable) (named, bool) {
	names := []string{v.name}
	switch label := cmp.Or(s.asked[v.name], f.scope.label(v.name)); {
	case v.placeholder:
		name := v.asPlaceholder(s.text, 0).Name
		if value := f.values.typed[name]; value != "" {
			return named{name: name, value: value, from: FromPerson}, true
		}
		names = v.namesOf()
		for _, name := range names {
			if upper := strings.ToUpper(name); f.sets(s, upper) || f.sets(s, name) {
				return named{}, false // the value is meant that the runbook or a step found
			}
		}
	case label != "" && !v.template:
		names[0] = label
	}
	for _, name := range names {
		if n, ok := f.values.lookup(name); ok {
			return n, true
		}
	}
	return named{}, false
}

// insertion is one value that is about to replace a variable.
type insertion struct {
	scan          *shellScan
	variable      variable
	value         string
	shell, reread bool
	afterVariable bool
}

// decide returns the text that replaces a variable, or the reason not to
// replace it.
func (f *filler) decide(p insertion) (insert, why string) {
	v, text, value := p.variable, p.scan.text, p.value
	before, after := byte(0), byte(0)
	if v.start > 0 {
		before = text[v.start-1]
	}
	if v.end < len(text) {
		after = text[v.end]
	}
	alone := f.inline && strings.TrimSpace(text) == text[v.start:v.end]
	switch {
	case p.scan.unread && p.shell:
		return "", "would be put into code that shells may not be able to read"
	case clean.Line("."+value+".") != "."+value+".":
		return "", "has characters that can't be shown"
	case len(value) > 4096:
		return "", "is too long"
	case f.inline && strings.Contains(value, "`"):
		return "", "has a backquote, which would end the code"
	case f.table && strings.ContainsAny(value, `|\`):
		return "", "has a character that would end the table's cell"
	case v.command && !alone:
		return "", "would be run as a command"
	case v.wordStart && strings.HasPrefix(value, "-"):
		return "", `begins with "-", which a command takes for an option`
	case (v.template || v.placeholder) && (before == '$' || before == '\\'):
		return "", "follows a character that would change its meaning"
	case v.heredoc != "" && strings.Contains(v.heredoc, value):
		return "", "could end the here-document"
	}

	isBare := bare.MatchString(value) && !ordinal(value)
	// Text next to a value can change its meaning: a number before ">" is a
	// file descriptor, a name after "~" is a home directory.
	glued := p.afterVariable || f.broken[v.start] ||
		v.quoting == unquoted && (v.inCommand && !alone || before == '~' || after == '<' || after == '>' || after == '(')
	if isBare && !glued {
		return value, ""
	}
	if v.quoting == inOther || !p.shell {
		if isBare && !p.afterVariable && !f.broken[v.start] {
			return value, ""
		}
		return "", "can't be quoted here"
	}
	if !isBare {
		switch {
		case p.reread:
			return "", "would be read as a command a second time by what it is handed to"
		case v.embedded:
			return "", "has characters that the text around it could read as its own"
		case !v.certain:
			return "", "can't be quoted safely, as a quote nearby is not closed on its line"
		}
	}
	word := shellQuote(value)
	switch v.quoting {
	case inDouble:
		return `"` + word + `"`, ""
	case inSingle:
		return "'" + word + "'", ""
	}
	return word, ""
}

// ordinal reports whether value looks like the number of a list item, "1.".
func ordinal(value string) bool {
	return strings.TrimLeft(value, "0123456789") == "."
}

// shellQuote quotes value as one word for every POSIX shell.
func shellQuote(value string) string {
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
