package runbooks

import (
	"path"
	"regexp"
	"strings"
)

// wrappers run the command that follows them. Reserved words are followed by a
// command.
var (
	wrappers = wordSet("eval exec command builtin sudo doas nohup env nice ionice xargs watch setsid stdbuf strace chronic")
	reserved = wordSet("if then else elif do while until ! { time coproc")
	declarer = wordSet("export local declare typeset readonly unset read mapfile readarray getopts")
	shells   = wordSet("sh bash dash ash zsh ksh fish su script flock")
)

// toDo matches values that ask the reader for one.
var toDo = regexp.MustCompile(`(?i)^(?:todo|fixme|tbd|x{3,}|\.{3}|…|(?:please[-_ ]?)?(?:change|replace|fill|set|insert|edit)[-_ ]?(?:me|this|it|in))$`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

func (s *shellScan) endCommand() {
	f := s.top()
	f.command, f.wrapped, f.redirect, f.shell, f.declares, f.once, f.printf = true, false, false, false, false, false, false
}

// endWord classifies the word that ends here.
func (s *shellScan) endWord() {
	f := s.top()
	if f.kind != frameCode || f.word < 0 {
		return
	}
	raw := s.text[f.word:s.at]
	assigned := assignment.FindStringSubmatch(raw)
	s.describe(f, assigned != nil)
	f.word = -1
	word := path.Base(strings.Trim(raw, `"'\`))
	switch {
	case f.redirect:
		f.redirect = false
	case f.declares:
		if name := nameFirst.FindString(raw); name != "" {
			s.assign(name, strings.TrimPrefix(raw, name))
			f.declares = !f.once
		}
	case f.command && assigned != nil:
		s.assign(assigned[1], raw[len(assigned[0])-1:])
	case f.command && wrappers[word]:
		f.wrapped = true
	case f.command && reserved[word]:
	case f.command && word == "function":
		f.redirect = true
	case f.command && f.wrapped && strings.HasPrefix(raw, "-"):
	case f.command && (declarer[word] || word == "for" || word == "select"):
		f.command, f.declares, f.once = false, true, !declarer[word]
	case f.command:
		f.command, f.shell, f.printf = false, shells[word], word == "printf"
	case f.printf && raw == "-v":
		f.declares, f.once = true, true
	case f.shell && commandOption.MatchString(raw):
		f.command = true
	case shells[word]:
		f.shell = true
	}
}

// assign notes that the text sets name; value is the text after the name, with
// its "=". A value such as '<value of namespace label from alert>' does not set
// it: it asks the reader for a value, and often says for which label.
func (s *shellScan) assign(name, value string) {
	value = strings.Trim(strings.TrimPrefix(value, "="), `"'`)
	asks := strings.HasPrefix(value, "<") && strings.HasSuffix(value, ">") || value == "" && strings.HasPrefix(s.rest(), "<") || toDo.MatchString(value)
	if !asks {
		s.assigned[name] = true
		return
	}
	if m := labelAsked.FindStringSubmatch(value); m != nil {
		s.asked[name] = m[1]
	}
}

// describe sets the fields of the variables in the word that ends here.
func (s *shellScan) describe(f *frame, assigned bool) {
	begin, at := f.word, f.word
	var other strings.Builder
	for i := f.before; i < len(s.variables); i++ {
		if v := s.variables[i]; v.owner == f {
			other.WriteString(s.text[at:v.start])
			at = v.end
		}
	}
	other.WriteString(s.text[at:s.at])
	embedded := !pathLike(other.String())
	for i := f.before; i < len(s.variables); i++ {
		v := &s.variables[i]
		if v.owner != f {
			continue
		}
		v.embedded = embedded
		v.wordStart = strings.Trim(s.text[begin:v.start], `"'`) == ""
		isCommand := f.command && !f.redirect && !assigned
		v.command = isCommand && v.wordStart
		v.inCommand = isCommand
	}
}

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
