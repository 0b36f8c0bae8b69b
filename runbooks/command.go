package runbooks

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Kind says what a piece of code is.
type Kind int

// The kinds of code.
const (
	// KindOther is code of another language, output, or a part of a file: it is copied,
	// and not run.
	KindOther Kind = iota
	KindCommand
	// KindRoot is a command that the runbook types as root.
	KindRoot
	// KindElsewhere is what the runbook types in a container or in a program, at a
	// prompt of its own.
	KindElsewhere
)

// Command reports whether the code is a command for the reader's shell. The text decides,
// and not what is installed here.
func (c Code) Command() bool {
	kind := c.Kind()
	return kind == KindCommand || kind == KindRoot
}

// Kind returns what the code is.
func (c Code) Kind() Kind {
	kind, _ := c.read()
	return kind
}

// Script returns the code to run or to copy. Of a session with prompts ("$ ls") it returns
// the input without the prompts and the output, and of a command with output behind it
// only the command.
func (c Code) Script() string {
	_, script := c.read()
	return script
}

// read returns the kind of the code and its script.
func (c Code) read() (kind Kind, script string) {
	if strings.TrimSpace(c.Text) == "" || !isShell(c.Language) || len(c.Text) > maxParsed {
		return KindOther, c.Text
	}
	if typed, prompt := typedLines(c.Text); prompt != noPrompt {
		lines := make([]string, len(typed))
		for i, l := range typed {
			lines[i] = c.Text[l.start:l.end]
		}
		script = strings.Join(lines, "\n")
		switch {
		case prompt == containerPrompt || prompt == programPrompt:
			return KindElsewhere, script
		case !typedCommand(script):
			return KindOther, script
		case prompt == rootPrompt:
			return KindRoot, script
		}
		return KindCommand, script
	}
	script, ok := c.commands()
	if !ok {
		return KindOther, c.Text
	}
	return KindCommand, script
}

// typedCommand reports whether what was typed at a prompt is a command.
func typedCommand(script string) bool {
	marks := marksIn(script)
	file, err := parseShell(mask(script, marks), syntax.LangBash)
	if err != nil || len(file.Stmts) == 0 {
		return false
	}
	first, _ := judgeFile(file, script, marks)
	return first > never
}

// commands returns the commands of a text without prompts: all of it, or what precedes
// output.
func (c Code) commands() (script string, ok bool) {
	text := c.Text
	least := possible
	switch {
	case c.Inline && !strings.Contains(strings.TrimSpace(text), " "):
		return "", false
	case c.Inline:
		least = certain
	case isGuessed(c.Language):
		least = likely
	}
	marks := marksIn(text)
	code := mask(text, marks)
	file, err := parseShell(code, syntax.LangBash)
	if first, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "#!") && !c.Inline {
		return text, err == nil && shells[path.Base(strings.Fields(first + " -")[len(strings.Fields(first))-1])]
	}
	if err == nil && len(file.Stmts) > 0 {
		first, all := judgeFile(file, text, marks)
		switch {
		case first < least:
			return "", false
		case all > never:
			return text, true
		}
	}
	if c.Inline {
		return "", false
	}
	return beforeOutput(text, code)
}

// beforeOutput returns the commands at the beginning of a text with output behind them. A
// text with more commands after that is left alone: nothing says which lines are output.
func beforeOutput(text, code string) (script string, ok bool) {
	lines := textLines(text)
	if len(lines) > mostJudged {
		return "", false
	}
	end, i := 0, 0
	for ; i < len(lines); i++ {
		l := lines[i]
		if line := strings.TrimSpace(text[l.start:l.end]); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		last := i + continued(code, l.start, lines[i+1:], noPrompt)
		if judgeLine(text[l.start:lines[last].end]) < likely {
			break
		}
		i, end = last, lines[last].end
	}
	if end == 0 {
		return "", false
	}
	for ; i < len(lines); i++ {
		line := text[lines[i].start:lines[i].end]
		if prompt, _ := promptOn(line); prompt == userPrompt || judgeLine(line) == certain {
			return "", false
		}
	}
	return text[:end], true
}

// Programs returns the programs that a command calls, in order, without those that the
// shell has itself or that the command declares as functions.
func (c Code) Programs() []string {
	script := c.Script()
	marks := marksIn(script)
	file, err := parseShell(mask(script, marks), syntax.LangBash)
	if err != nil {
		return nil
	}
	declared := functionsIn(file)
	var all []string
	syntax.Walk(file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		for _, arg := range call.Args {
			name := arg.Lit()
			if !declared[name] && !builtins[name] && programName.MatchString(name) && !slices.Contains(all, name) {
				all = append(all, name)
			}
			if !wrappers[name] {
				break
			}
		}
		return true
	})
	return all
}

// Functions returns the functions that pieces of code declare.
func Functions(codes []Code) []string {
	var all []string
	for _, c := range codes {
		if !strings.Contains(c.Text, "(") && !strings.Contains(c.Text, "function") || !c.Command() {
			continue
		}
		if file, err := parseShell(c.Script(), syntax.LangBash); err == nil {
			all = slices.AppendSeq(all, maps.Keys(functionsIn(file)))
		}
	}
	return all
}

func functionsIn(file *syntax.File) map[string]bool {
	functions := map[string]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		if f, ok := n.(*syntax.FuncDecl); ok && f.Name != nil {
			functions[f.Name.Value] = true
		}
		return true
	})
	return functions
}
