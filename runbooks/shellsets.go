package runbooks

import (
	"path"
	"strings"

	"firstline/internal/lazyregexp"

	"mvdan.cc/sh/v3/syntax"
)

// wrappers run the command that follows them.
var (
	wrappers = wordSet("eval exec command builtin sudo doas nohup env nice ionice xargs watch setsid stdbuf strace chronic")
	setters  = wordSet("unset read mapfile readarray getopts")
	shells   = wordSet("sh bash dash ash zsh ksh fish su script flock")
)

var (
	assignment    = lazyregexp.New(`^([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]]*\])?\+?=`)
	nameFirst     = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*`)
	commandOption = lazyregexp.New(`^-[A-Za-z]*c$`)
	// roughlySet finds what a text sets that cannot be parsed: rather too much than
	// too little.
	roughlySet = lazyregexp.New(`(?m)(?:^[ \t]*(?:\$ )?|[;&|(][ \t]*|\{[ \t]+|\b(?:export|local|declare|typeset|readonly|then|else|do)[ \t]+(?:-\w+[ \t]+)*)([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]]*\])?(?:\+|:|\?)?=([^\s;&|]*)` +
		`|\b(?:for|select|printf[ \t]+-v)[ \t]+([A-Za-z_][A-Za-z0-9_]*)`)
	roughlyRead = lazyregexp.New(`\b(?:read|mapfile|readarray|getopts)[ \t]+([^;&|\n]*)`)
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// sets notes the names that a node sets.
func (r *reading) sets(n syntax.Node) {
	set := func(l *syntax.Lit) {
		if l != nil && nameFirst.FindString(l.Value) == l.Value {
			r.scan.assigned[l.Value] = true
		}
	}
	switch n := n.(type) {
	case *syntax.Assign:
		if n.Name != nil {
			value := ""
			if n.Value != nil {
				value = r.scan.text[offset(n.Value.Pos()):offset(n.Value.End())]
			}
			r.scan.assign(n.Name.Value, value)
		}
	case *syntax.WordIter:
		set(n.Name)
	case *syntax.ParamExp:
		if n.Exp != nil && (n.Exp.Op == syntax.AssignUnset || n.Exp.Op == syntax.AssignUnsetOrNull) {
			set(n.Param)
		}
	case *syntax.Redirect:
		if n.N != nil { // {fd}>file
			set(&syntax.Lit{Value: strings.Trim(n.N.Value, "{}")})
		}
		if n.Hdoc != nil {
			setNames(r.code[offset(n.Hdoc.Pos()):offset(n.Hdoc.End())], r.scan.assign)
		}
	case *syntax.CoprocClause:
		if n.Name != nil {
			set(&syntax.Lit{Value: n.Name.Lit()})
		}
	case *syntax.BinaryArithm:
		if n.Op == syntax.Assgn || n.Op >= syntax.AddAssgn && n.Op <= syntax.PowAssgn {
			setArithmetic(n.X, set)
		}
	case *syntax.UnaryArithm:
		if n.Op == syntax.Inc || n.Op == syntax.Dec {
			setArithmetic(n.X, set)
		}
	case *syntax.SglQuoted:
		r.script(offset(n.Left)+1, offset(n.Right))
	case *syntax.DblQuoted:
		if rereads.MatchString(r.code) {
			r.script(offset(n.Left)+1, offset(n.Right))
		}
	}
}

func setArithmetic(x syntax.ArithmExpr, set func(*syntax.Lit)) {
	if word, ok := x.(*syntax.Word); ok {
		set(&syntax.Lit{Value: word.Lit()})
	}
}

// script notes what a quoted text sets that may be a script, as in sh -c '…'.
func (r *reading) script(start, end int) {
	if text := r.code[start:max(start, end)]; strings.ContainsAny(strings.TrimSpace(text), " \t\n;") {
		setNames(text, r.scan.assign)
	}
}

// setNames calls assign with what the text sets, as far as it is known without parsing
// it. It may name too much, but hardly too little.
func setNames(text string, assign func(name, value string)) {
	for _, m := range roughlySet.FindAllStringSubmatch(text, -1) {
		if m[3] != "" {
			assign(m[3], "")
			continue
		}
		assign(m[1], m[2])
	}
	for _, m := range roughlyRead.FindAllStringSubmatch(text, -1) {
		for word := range strings.FieldsSeq(m[1]) {
			if nameFirst.FindString(word) == word {
				assign(word, "")
			}
		}
	}
}

// arguments classifies the words of a command, and notes what it sets.
func (r *reading) arguments(call *syntax.CallExpr) {
	command, wrapped, shell, declares, once, printf := true, false, false, false, false, false
	r.capitals(call)
	for _, arg := range call.Args {
		c := &wordContext{start: offset(arg.Pos()), end: offset(arg.End())}
		r.contexts[arg] = c
		raw := r.scan.text[c.start:c.end]
		assigned := assignment.FindStringSubmatch(raw)
		c.command = command && assigned == nil
		word := path.Base(strings.Trim(raw, `"'\`))
		switch {
		case declares:
			if name := nameFirst.FindString(raw); name != "" {
				r.scan.assign(name, strings.TrimPrefix(raw, name))
				declares = !once
			}
		case command && assigned != nil:
			r.scan.assign(assigned[1], raw[len(assigned[0])-1:])
		case command && wrappers[word]:
			wrapped = true
		case command && wrapped && strings.HasPrefix(raw, "-"):
		case command && setters[word]:
			command, declares = false, true
		case command:
			command, shell, printf = false, shells[word], word == "printf"
		case printf && raw == "-v":
			declares, once = true, true
		case shell && commandOption.MatchString(raw):
			command = true
		case shells[word]:
			shell = true
		}
	}
}

// assign notes that the text sets name; value is the text after the name, which may begin
// with "=". A value such as '<value of namespace label from alert>' does not set it: it
// asks the reader for a value, and often says for which label.
func (s *shellScan) assign(name, value string) {
	value = strings.Trim(strings.TrimPrefix(value, "="), `"'`)
	if !asksForValue(value) {
		s.assigned[name] = true
		return
	}
	if m := labelAsked.FindStringSubmatch(value); m != nil {
		s.asked[name] = m[1]
	}
}
