package clean

import "strings"

// stripSequences removes the escape sequences from s. Of a sequence without an
// end it removes only the beginning and shows the rest; otherwise half a
// sequence would hide the rest of a title.
func stripSequences(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		text, rest, found := strings.Cut(s, "\x1b")
		b.WriteString(text)
		if !found {
			return b.String()
		}
		s = rest[sequence(rest):]
	}
}

// sequence returns the length of the escape sequence at the start of s, without
// its ESC.
func sequence(s string) int {
	if s == "" {
		return 0
	}
	switch c := s[0]; {
	case c == '[':
		i := 1
		for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
			i++
		}
		if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
			return i + 1
		}
		return 1
	case strings.IndexByte("]P^_X", c) >= 0:
		// A string ends with BEL or ST, before the end of the line.
		for i := 1; i < len(s) && s[i] != '\n' && s[i] != '\r'; i++ {
			switch {
			case s[i] == '\a':
				return i + 1
			case strings.HasPrefix(s[i:], "\x1b\\"):
				return i + 2
			case s[i] == '\x1b': // another sequence ends this one
				return 1
			case strings.HasPrefix(s[i:], "\u009c"):
				return i + len("\u009c")
			}
		}
		return 1
	case c >= 0x20 && c <= 0x7e:
		i := 0
		for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
			i++
		}
		if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
			return i + 1
		}
		return i
	}
	return 0
}
