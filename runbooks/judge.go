package runbooks

import (
	"path"
	"slices"
	"strings"

	"firstline/internal/lazyregexp"

	"mvdan.cc/sh/v3/syntax"
)

// judgement is how likely a text is a command, as far as the text says.
type judgement int

const (
	// never: it is a sentence, a log line, a query or a part of a file.
	never judgement = iota
	// possible: it may be a command of a program that is not well-known.
	possible
	likely
	certain
)

var (
	programName  = lazyregexp.New(`^[a-z][A-Za-z0-9_.+-]*$`)
	startsAsPath = lazyregexp.New(`^(?:~|\.{1,2})?/[\w.]`)
	lowerWord    = lazyregexp.New(`^[A-Za-z][a-z'’]*[,;]?$`)
	fraction     = lazyregexp.New(`^\d+/\d+$`)
	// commandVariable is a variable, or the parameters of a function.
	commandVariable = lazyregexp.New(`^\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|\{?[@*\d]\}?)`)
	metricName      = lazyregexp.New(`^[a-z0-9]+(?:[_:][a-z0-9]+){2,}$`)
	capitals        = lazyregexp.New(`^[A-Z_][A-Z0-9_]*$`)
	// operators are between two values, or a name and its value.
	operators = wordSet("= == != =~ !~ := : => -> + * / % ^ < > <= >= and or unless is are was has - – — |")
)

// judgeLine judges one line.
func judgeLine(line string) judgement {
	if len(line) > longestContinued {
		return never
	}
	marks := marksIn(line)
	file, err := parseShell(mask(line, marks), syntax.LangBash)
	if err != nil || len(file.Stmts) == 0 {
		return never
	}
	first, rest := judgeFile(file, line, marks)
	return min(first, rest)
}

// judgeFile judges the first command of a text that a shell has parsed, and the least
// likely of all.
func judgeFile(file *syntax.File, text string, marks []mark) (first, least judgement) {
	functions := functionsIn(file)
	first, least = never, certain
	begun := false
	note := func(j judgement) {
		if !begun {
			first, begun = j, true
		}
		least = min(least, j)
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Word: // with what is substituted in it
			return false
		case *syntax.Stmt:
			if n.Cmd == nil {
				note(never) // a redirection alone
			}
		case *syntax.CallExpr:
			note(judgeCall(n, text, marks, functions))
			return false
		case *syntax.DeclClause, *syntax.TestClause, *syntax.ForClause, *syntax.CaseClause, *syntax.ArithmCmd, *syntax.FuncDecl:
			if !begun {
				note(certain)
			}
		}
		return true
	})
	return first, least
}

// judgeCall judges a simple command.
func judgeCall(call *syntax.CallExpr, text string, marks []mark, functions map[string]bool) judgement {
	words := make([]string, len(call.Args))
	for i, arg := range call.Args {
		words[i] = text[offset(arg.Pos()):offset(arg.End())]
	}
	if len(words) > 1 && wrappers[words[0]] && words[0] != "command" {
		at := slices.IndexFunc(words[1:], func(w string) bool { return !strings.HasPrefix(w, "-") && !strings.Contains(w, "=") })
		if at >= 0 && programName.MatchString(words[1+at]) {
			return max(judgeWords(words[1+at:], false, functions), likely)
		}
		return certain
	}
	if len(words) == 0 {
		return judgeAssigns(call)
	}
	asked := slices.ContainsFunc(marks, func(m mark) bool { return m.start == offset(call.Args[0].Pos()) })
	return judgeWords(words, asked, functions)
}

// judgeAssigns judges a command that only sets variables. A line of a log looks like one.
func judgeAssigns(call *syntax.CallExpr) judgement {
	lower := 0
	for _, a := range call.Assigns {
		if a.Name == nil {
			return possible
		}
		if name := a.Name.Value; !capitals.MatchString(name) {
			if logKeys[name] && len(call.Assigns) > 1 {
				return never
			}
			lower++
		}
	}
	switch {
	case lower > 2:
		return never
	case lower > 0 && !substitutes(call):
		return possible
	}
	return likely
}

// substitutes reports whether a value is made by the shell.
func substitutes(call *syntax.CallExpr) bool {
	found := false
	syntax.Walk(call, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.CmdSubst, *syntax.ParamExp, *syntax.ArithmExp, *syntax.ArrayExpr:
			found = true
		}
		return !found
	})
	return found
}

// judgeWords judges the words of a command. asked: the first is a placeholder.
func judgeWords(words []string, asked bool, functions map[string]bool) judgement {
	name, args := words[0], words[1:]
	switch {
	case asked:
		return possible
	case len(args) > 0 && operators[args[0]] && !talkers[name] && name != "[" && name != "test" && (args[0] != "/" || !programs[name] && !wordPrograms[name]):
		return never
	case functions[name], name == "[" && words[len(words)-1] == "]", name == ":", name == "." && len(args) > 0:
		return certain
	case variableFirst(name) && namesMachine(name, args):
		return never
	case variableFirst(name):
		return likely
	case startsAsPath.MatchString(name):
		return certain
	}
	name = strings.Trim(name, `"'\`)
	if !programName.MatchString(name) && !programs[name] || strings.HasSuffix(name, ".") || sentence(words) {
		return never
	}
	base := strings.TrimSuffix(path.Base(name), ".exe")
	switch {
	case programs[base], strings.HasPrefix(base, "kubectl-"), strings.HasSuffix(base, ".sh"):
		return certain
	case wordPrograms[base]:
		if len(args) == 0 || slices.ContainsFunc(args, telling) {
			return certain
		}
		return possible
	case metricName.MatchString(name) && len(args) == 0, slices.ContainsFunc(args, fraction.MatchString):
		return never
	case slices.ContainsFunc(args, func(a string) bool {
		return strings.HasPrefix(a, "-") && len(a) > 1 && (a[1] == '-' || isASCIILetter(a[1]))
	}):
		return likely
	}
	return possible
}

// variableFirst reports whether a command's name is a variable, or a path in one.
func variableFirst(name string) bool {
	m := commandVariable.FindStringIndex(strings.TrimLeft(name, `"`))
	if m == nil || m[0] != 0 {
		return false
	}
	rest := strings.Trim(strings.TrimLeft(name, `"`)[m[1]:], `"`)
	return rest == "" || strings.HasPrefix(rest, "/")
}

// namesMachine reports whether a variable is a prompt that names a machine, as in "$dev ls".
func namesMachine(name string, args []string) bool {
	return len(name) > 1 && name[1] >= 'a' && name[1] <= 'z' && len(args) > 0 && (programs[args[0]] || builtins[args[0]])
}

// telling reports whether an argument is no word of a sentence.
func telling(arg string) bool { return !lowerWord.MatchString(arg) }

// sentence reports whether words read as one: two small words in a row of lower-case
// words, as in "make sure to be outside of".
func sentence(words []string) bool {
	if talkers[words[0]] {
		return false
	}
	small, row := 0, 0
	for _, w := range words {
		if !lowerWord.MatchString(w) {
			small, row = 0, 0
			continue
		}
		row++
		if smallWords[strings.ToLower(w)] {
			small++
		}
		if small > 1 && row > 3 {
			return true
		}
	}
	return false
}
