// Package clean is the one door through which text from outside passes before
// it reaches a screen, a file or a shell. Titles, labels, annotations, runbooks
// and server answers are hostile until they have been here: a terminal obeys
// escape sequences wherever they come from.
package clean

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLine is how many characters of a text Line gives at most. A screen shows
// fewer, and a title of megabytes is no title.
const maxLine = 1024

// cutMark ends what was cut.
const cutMark = "… (cut)"

// Line makes s safe to show on one line: escape sequences are taken out whole,
// every run of line breaks and tabs becomes one space, other control,
// direction-changing and invisible characters go, and bytes that are not UTF-8
// become U+FFFD. Marks that are set upon a character are bounded in number, and
// so is the whole.
func Line(s string) string {
	if len(s) > 64*maxLine {
		s = head(s, 64*maxLine) + cutMark // whatever it holds, it will be cut
	}
	if !plain(s) {
		s = sanitize(s, false)
	}
	s = strings.TrimSpace(s)
	if len(s) > maxLine && utf8.RuneCountInString(s) > maxLine {
		s = strings.TrimRightFunc(first(s, maxLine-utf8.RuneCountInString(cutMark)), Hidden) + cutMark
	}
	return s
}

// head is at most the first n bytes of s, without a part of a character.
func head(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// first is the first n characters of s.
func first(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Text does what Line does but keeps line breaks ("\n") and turns tabs into
// four spaces, for notes, descriptions and runbooks.
func Text(s string) string {
	if plain(s) {
		return s
	}
	return sanitize(s, true)
}

// URL returns s when it is an absolute http or https URL with a host and
// without user information, else "". Prometheus leaves "<error expanding
// template: …>" in an annotation whose template failed, so a field that should
// hold a link may hold anything.
func URL(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || !plain(s) || strings.ContainsAny(s, " <>\"`{}|\\^") {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return ""
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return s
}

// plain reports whether s is made of printable ASCII alone, which is nearly
// all text, and then there is nothing to do.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func sanitize(s string, keepBreaks bool) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if strings.ContainsRune(s, '\x1b') {
		s = stripSequences(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false       // the last rune written stands for a line break or tab
	before := rune('\n') // the last rune written
	marks := 0           // that were written upon one character
	for i, r := range s {
		switch {
		case keepBreaks && r == '\n':
			b.WriteByte('\n')
		case keepBreaks && r == '\r':
			// "\r\n" is one break; a lone "\r" would rewrite the line.
			if !strings.HasPrefix(s[i+1:], "\n") {
				b.WriteByte('\n')
			}
			r = '\n'
		case keepBreaks && r == '\t':
			b.WriteString("    ")
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			if !space {
				b.WriteByte(' ')
			}
			space, before, marks = true, '\n', 0
			continue
		case unicode.IsControl(r):
			continue
		case Hidden(r):
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if !joins(r, before, next) || IsMark(next) && marks >= MaxMarks {
				continue
			}
			b.WriteRune(r)
		case IsMark(r):
			if marks++; marks > MaxMarks || before == '\n' {
				continue // at a line's start it would change what stands before the line
			}
			b.WriteRune(r)
			space = false
			continue
		case r == blank:
			b.WriteByte(' ')
			r = ' '
		default:
			b.WriteRune(r)
		}
		space = false
		if !Hidden(r) {
			marks = 0
		}
		if before != '\n' || !unicode.IsSpace(r) { // else it is still the line's start
			before = r
		}
	}
	return b.String()
}
