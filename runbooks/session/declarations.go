package session

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"firstline/internal/lazyregexp"
)

// declaration is a variable as a shell describes it.
type declaration struct {
	name string
	// text is what the shell wrote, which a shell of its family reads.
	text               string
	exported, readonly bool
	// scalar: value is its text. Other variables, such as arrays, only shells of
	// the same family have.
	scalar bool
	value  string
}

// declared matches the beginning of a declaration: the options, the name, what
// follows it.
var declared = lazyregexp.New(`^(?:(declare|typeset|export|readonly|local|integer|float)((?: -[-A-Za-z]*(?: ?[0-9]+)?)*) +)?([A-Za-z_][A-Za-z0-9_]*)(=|$)`)

// element matches what mksh writes of an array: a line that begins it, and one for each
// element.
var element = lazyregexp.New(`^(?:set -A ([A-Za-z_][A-Za-z0-9_]*)$|typeset(?: -[-A-Za-z0-9]+)* ([A-Za-z_][A-Za-z0-9_]*)\[)`)

// declarationsIn reads what a shell wrote of its variables, by name. What is no
// declaration of a variable is left out.
func declarationsIn(text string) map[string]declaration {
	all := map[string]declaration{}
	for _, one := range split(text) {
		if a := element.FindStringSubmatch(one); a != nil && !isShellsOwn(a[1]+a[2]) {
			name := a[1] + a[2]
			all[name] = declaration{name: name, text: strings.TrimPrefix(all[name].text+"\n"+one, "\n")}
			continue
		}
		m := declared.FindStringSubmatch(one)
		if m == nil || isShellsOwn(m[3]) {
			continue
		}
		d := declaration{
			name: m[3], text: one,
			exported: m[1] == "export" || strings.Contains(m[2], "x"),
			readonly: m[1] == "readonly" || strings.Contains(m[2], "r"),
		}
		// An option beyond these gives the value another meaning: a number's base, a
		// reference, a length.
		plain := strings.Trim(m[2], " -xrg") == "" && m[1] != "integer" && m[1] != "float"
		switch {
		case m[4] == "" && m[1] == "":
			continue
		case m[4] == "":
			// It has attributes and no value.
		case plain:
			d.value, d.scalar = unquote(one[len(m[0]):])
		}
		all[d.name] = d
	}
	return all
}

// split splits declarations: each ends with a line that is outside of quotes and
// parentheses.
func split(text string) []string {
	var all []string
	start, depth := 0, 0
	for at := 0; at < len(text); {
		end := quoted(text, at)
		switch {
		case end > at:
			at = end
			continue
		case text[at] == '(':
			depth++
		case text[at] == ')':
			depth--
		case text[at] == '\n' && depth <= 0:
			all, start, depth = append(all, text[start:at]), at+1, 0
		}
		at++
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}

// quoted returns where what is quoted at an offset ends, or the offset itself
// where nothing is.
func quoted(text string, at int) int {
	switch {
	case text[at] == '\\':
		return min(at+2, len(text))
	case text[at] == '\'':
		if end := strings.IndexByte(text[at+1:], '\''); end >= 0 {
			return at + 1 + end + 1
		}
		return len(text)
	case text[at] == '"', strings.HasPrefix(text[at:], "$'"):
		mark := byte('"')
		if text[at] == '$' {
			mark = '\''
			at++
		}
		for at++; at < len(text) && text[at] != mark; at++ {
			if text[at] == '\\' {
				at++
			}
		}
		return min(at+1, len(text))
	}
	return at
}

// unquote returns the text of one quoted word; false: it is something else.
func unquote(word string) (string, bool) {
	var b strings.Builder
	for at := 0; at < len(word); {
		end := quoted(word, at)
		if end == at {
			if strings.IndexByte("()$`\n \t;&|<>", word[at]) >= 0 {
				return "", false
			}
			b.WriteByte(word[at])
			at++
			continue
		}
		part := word[at:end]
		switch part[0] {
		case '\\':
			b.WriteString(part[1:])
		case '\'':
			if len(part) < 2 {
				return "", false
			}
			b.WriteString(part[1 : len(part)-1])
		case '"':
			if len(part) < 2 {
				return "", false
			}
			b.WriteString(unescapeDouble(part[1 : len(part)-1]))
		default:
			if len(part) < 3 {
				return "", false
			}
			b.WriteString(unescape(part[2 : len(part)-1]))
		}
		at = end
	}
	return b.String(), true
}

// unescapeDouble reads what is in double quotes.
func unescapeDouble(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && strings.IndexByte("\"\\$`\n", text[i+1]) >= 0 {
			i++
			if text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// escapes are the characters of $'…' that mean one other.
var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'a': 7, 'b': 8, 'e': 27, 'E': 27, 'f': 12, 'v': 11}

// unescape reads what is in $'…'.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		digits, base := "", 16
		switch c := text[i]; {
		case escapes[c] != 0:
			b.WriteByte(escapes[c])
			continue
		case c >= '0' && c <= '7':
			digits, base = leading(text[i:], 3, "01234567"), 8
			i--
		case c == 'x':
			digits = leading(text[i+1:], 2, hexadecimal)
		case c == 'u':
			digits = leading(text[i+1:], 4, hexadecimal)
		case c == 'U':
			digits = leading(text[i+1:], 8, hexadecimal)
		default:
			b.WriteByte(c)
			continue
		}
		n, err := strconv.ParseUint(digits, base, 32)
		wide := base == 16 && text[i] != 'x'
		switch {
		case err != nil:
			b.WriteByte(text[max(i, 0)])
		case wide && n <= utf8.MaxRune:
			b.WriteRune(rune(n)) //nolint:gosec // at most MaxRune
		default:
			b.WriteByte(byte(n)) //nolint:gosec // a shell takes the lower byte too
		}
		i += len(digits)
	}
	return b.String()
}

const hexadecimal = "0123456789abcdefABCDEF"

// leading returns the first characters of a text that are in a set, at most n.
func leading(text string, n int, set string) string {
	end := 0
	for end < min(n, len(text)) && strings.IndexByte(set, text[end]) >= 0 {
		end++
	}
	return text[:end]
}

// quote quotes a value as one word for every POSIX shell.
func quote(value string) string {
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// own are variables that shells set themselves, each again and again or once for
// each process.
var own = func() map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq("_ PWD RANDOM SRANDOM SECONDS LINENO PIPESTATUS FUNCNAME DIRSTACK HISTCMD OPTIND OPTARG OPTERR PPID SHLVL UID EUID GROUPS " +
		"SHELLOPTS BASHOPTS BASHPID EPOCHSECONDS EPOCHREALTIME COLUMNS LINES KSHEGID KSHGID KSHUID KSH_VERSION USER_ID PGRP ERRNO EXECSHELL PATHSEP TTYIDLE LINES") {
		set[name] = true
	}
	return set
}()

func isShellsOwn(name string) bool {
	return own[name] || strings.HasPrefix(name, "BASH_") || strings.HasPrefix(name, "_firstline")
}

// attributes sets those that a POSIX shell lists apart from the values.
func attributes(all map[string]declaration, exported, readonly string) {
	for name := range declarationsIn(exported) {
		d := all[name]
		d.name, d.exported = name, true
		all[name] = d
	}
	for name := range declarationsIn(readonly) {
		d := all[name]
		d.name, d.readonly = name, true
		all[name] = d
	}
}
