// Package filter is the language that says which alert groups to show.
package filter

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
)

// Filter says which groups to show. The zero Filter matches every group.
type Filter struct {
	text  string
	terms []term
}

// Error says where a filter is wrong.
type Error struct {
	// Pos is the byte offset of the fault in the filter.
	Pos int
	// Sentence is for a person; it begins in lower case and has no full stop, so
	// that it can go on after the place.
	Sentence string
}

// Error gives the sentence with the place, counted from 1.
func (e *Error) Error() string {
	return fmt.Sprintf("filter, at %d: %s", e.Pos+1, e.Sentence)
}

// term is one condition; all of a filter's must hold.
type term struct {
	kind  termKind
	not   bool   // the condition must not hold
	name  string // of the field, label or flag
	field bool   // name is a field's
	value string // to be equal to; for free text in lower case
	re    *regexp.Regexp
	age   time.Duration
}

type termKind int

const (
	freeText termKind = iota
	flag
	equal
	matches
	older
	younger
)

// Parse reads a filter such as
//
//	service=checkout severity!=info state=firing age>10m mine unpaged
//
// Conditions are separated by blanks and all must hold:
//
//   - name=value, name!=value, name=~regexp, name!~regexp, where the name is a
//     field (see Fields) or any label's; regular expressions match the whole
//     value. Fields do not mind upper and lower case, labels do. Where a group
//     has several values one must match, and with != and !~ none may.
//   - age>10m and age<2h (1d, 1w too), and likewise for how long it has been
//     notfiring, and in what time its ackends, it escalates, its silenceends
//   - mine, unpaged, paged, stale, silenced, inhibited, flapping, nolongerfiring,
//     snoozed, unowned, unread
//   - any other word, or "several words" in quotes, is found somewhere in the
//     title, service, team, a label's value or an assignee's name
//
// A "!" before a word or flag negates it. Values with spaces are quoted.
// @name is the filter of that name in saved, which can't name another one; where
// saved is nil it is a word. An error is an *Error.
func Parse(s string, saved map[string]string) (Filter, error) {
	f := Filter{text: s}
	for at := 0; ; {
		at += len(s[at:]) - len(strings.TrimLeft(s[at:], " \t\r\n"))
		if at == len(s) {
			return f, nil
		}
		if s[at] == '@' && saved != nil {
			terms, next, err := parseSaved(s, at, saved)
			if err != nil {
				return Filter{}, err
			}
			f.terms = append(f.terms, terms...)
			at = next
			continue
		}
		t, next, err := parseTerm(s, at)
		if err != nil {
			return Filter{}, err
		}
		f.terms = append(f.terms, t)
		at = next
	}
}

func fault(pos int, format string, args ...any) error {
	return &Error{Pos: pos, Sentence: fmt.Sprintf(format, args...)}
}

// parseSaved gives the conditions of the saved filter that is named at the
// offset, and where the next condition may begin.
func parseSaved(s string, at int, saved map[string]string) ([]term, int, error) {
	end := at
	for end < len(s) && !isSpace(s[end]) {
		end++
	}
	name := s[at+1 : end]
	expression, found := saved[name]
	if !found {
		names := slices.Sorted(maps.Keys(saved))
		if len(names) == 0 {
			return nil, 0, fault(at, "no filter is saved that could be named here; put %s in quotes to search for it", s[at:end])
		}
		return nil, 0, fault(at, "no filter is saved as %q; there are @%s", name, strings.Join(names, ", @"))
	}
	f, err := Parse(expression, nil)
	if err != nil {
		return nil, 0, fault(at, "the saved filter @%s can't be read: %s", name, err)
	}
	return f.terms, end, nil
}

// parseTerm reads the condition that begins at the offset and gives where the
// next may begin.
func parseTerm(s string, at int) (term, int, error) {
	var t term
	if s[at] == '!' {
		t.not = true
		at++
		if at == len(s) || isSpace(s[at]) {
			return t, 0, fault(at-1, "nothing follows this \"!\"")
		}
	}
	if s[at] == '"' {
		value, next, err := parseQuoted(s, at)
		t.value = strings.ToLower(value)
		return t, next, err
	}
	end := at
	for end < len(s) && !isSpace(s[end]) && !strings.ContainsRune("=!<>~\"", rune(s[end])) {
		end++
	}
	name := s[at:end]
	if end == len(s) || isSpace(s[end]) {
		if slices.Contains(flags, strings.ToLower(name)) {
			t.kind, t.name = flag, strings.ToLower(name)
		} else {
			t.value = strings.ToLower(name)
		}
		return t, end, nil
	}
	if s[end] == '"' {
		return t, 0, fault(end, "a quote begins within a word; put a space or an operator before it")
	}
	if name == "" {
		return t, 0, fault(at, "a field's or label's name belongs before %q", cmp.Or(operatorAt(s, at), s[at:at+1]))
	}
	if t.not {
		return t, 0, fault(at-1, "use != or !~ instead of a \"!\" before the name")
	}
	return parseComparison(s, at, end, name)
}

// parseComparison reads the operator and the value after a name.
func parseComparison(s string, start, at int, name string) (term, int, error) {
	t := term{name: name}
	operator := operatorAt(s, at)
	compares := operator == ">" || operator == "<"
	timed := isTime(name)
	switch {
	case operator == "":
		return t, 0, fault(at, "%q is no operator; use =, !=, =~ or !~", s[at:at+1])
	case timed && !compares:
		return t, 0, fault(at, "%[1]s is compared by > or <, as in %[1]s>10m", strings.ToLower(name))
	case compares && !timed:
		return t, 0, fault(at, "only %s are compared by %s; use =, !=, =~ or !~", strings.Join(times, ", "), operator)
	}
	at += len(operator)
	if at == len(s) || isSpace(s[at]) {
		return t, 0, fault(at, "a value is missing after %s; write %s\"\" for an empty one", s[start:at], s[start:at])
	}
	valueAt := at
	value, at, err := parseValue(s, at)
	if err != nil {
		return t, 0, err
	}
	if t.field = isField(name); t.field || timed {
		t.name = strings.ToLower(name)
	}
	switch operator {
	case "=", "!=":
		t.kind, t.not, t.value = equal, operator == "!=", value
	case "=~", "!~":
		t.kind, t.not = matches, operator == "!~"
		pattern := "^(?:" + value + ")$"
		if t.field {
			pattern = "(?i)" + pattern
		}
		if _, err := regexp.Compile(value); err != nil {
			return t, 0, fault(valueAt, "the regular expression can't be read: %s", regexpFault(err))
		}
		if t.re, err = regexp.Compile(pattern); err != nil {
			return t, 0, fault(valueAt, "the regular expression can't be read: %s", regexpFault(err))
		}
	default:
		t.kind = older
		if operator == "<" {
			t.kind = younger
		}
		if t.age, err = parseAge(value); err != nil {
			return t, 0, fault(valueAt, "%q is no duration; write it as in 90s, 10m, 2h or 1d", value)
		}
	}
	return t, at, nil
}

func operatorAt(s string, at int) string {
	for _, op := range []string{"=~", "!~", "!=", "=", ">", "<"} {
		if strings.HasPrefix(s[at:], op) {
			return op
		}
	}
	return ""
}

func parseValue(s string, at int) (string, int, error) {
	if s[at] == '"' {
		return parseQuoted(s, at)
	}
	if s[at] == '=' {
		return "", 0, fault(at, "one \"=\" is enough")
	}
	end := at
	for end < len(s) && !isSpace(s[end]) {
		if s[end] == '"' {
			return "", 0, fault(end, "there is a quote within a value; put the whole value in quotes and write \\\" for it")
		}
		end++
	}
	return s[at:end], end, nil
}

// parseQuoted parses a text in quotes. \" and \\ and \n mean ", \ and a line
// break. Any other backslash means itself, so that regular expressions need no
// doubling.
func parseQuoted(s string, at int) (string, int, error) {
	var b strings.Builder
	for i := at + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			if i+1 < len(s) && !isSpace(s[i+1]) {
				return "", 0, fault(i+1, "a space is missing after the closing quote")
			}
			return b.String(), i + 1, nil
		case c == '\\' && i+1 < len(s) && strings.ContainsRune(`"\n`, rune(s[i+1])):
			i++
			if s[i] == 'n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, fault(at, "this quote is not closed")
}

// parseAge reads Prometheus's durations (1d, 1h30m) and Go's (1.5h).
func parseAge(s string) (time.Duration, error) {
	if d, err := model.ParseDuration(s); err == nil {
		return time.Duration(d), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("reading the duration %q", s)
	}
	return d, nil
}

// regexpFault is the reason without Go's own introduction.
func regexpFault(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// Empty reports whether the filter matches every group.
func (f Filter) Empty() bool { return len(f.terms) == 0 }

// String gives the filter as it was typed.
func (f Filter) String() string { return f.text }

// QuoteValue quotes a value for use in a filter if necessary.
func QuoteValue(s string) string {
	if s != "" && utf8.ValidString(s) && !strings.ContainsAny(s, " \t\r\n\"=!<>~\\") {
		return s
	}
	if !strings.ContainsAny(s, "\n\"\\") {
		return `"` + s + `"`
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
