// Package clean makes text from outside safe before it reaches a screen, a
// file or a shell. Titles, labels, annotations, runbooks and server answers are
// hostile until then: a terminal obeys escape sequences wherever they come
// from.
package clean

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"firstline/internal/credentials"
)

// maxLine bounds the characters that Line returns. A screen shows fewer, and a
// title of megabytes is not a title.
const maxLine = 1024

// cutMark ends a text that was cut.
const cutMark = "… (cut)"

// Line makes s safe to show on one line. It removes whole escape sequences,
// turns every run of line breaks and tabs into one space, removes other
// control, direction-changing and invisible characters, and replaces bytes that
// are not UTF-8 by U+FFFD. It hides our own secrets. It bounds the number of combining marks on a
// character, and the length.
func Line(s string) string {
	s = credentials.HideInData(s)
	if len(s) > 64*maxLine {
		s = head(s, 64*maxLine) + cutMark // it is cut in any case
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

// head returns at most the first n bytes of s, and no part of a character.
func head(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// first returns the first n characters of s.
func first(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Text does what Line does but preserves line breaks ("\n") and turns tabs into
// four spaces. It is for notes, descriptions and runbooks.
func Text(s string) string {
	s = credentials.HideInData(s)
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

// plain reports whether s is only printable ASCII. Nearly all text is, and
// needs no change.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func sanitize(s string, breaks bool) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if strings.ContainsRune(s, '\x1b') {
		s = stripSequences(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false       // the last rune written represents a line break or tab
	before := rune('\n') // the last rune written
	marks := 0           // number of marks written on one character
	for i, r := range s {
		switch {
		case breaks && r == '\n':
			b.WriteByte('\n')
		case breaks && r == '\r':
			// "\r\n" is one break. A lone "\r" would rewrite the line.
			if !strings.HasPrefix(s[i+1:], "\n") {
				b.WriteByte('\n')
			}
			r = '\n'
		case breaks && r == '\t':
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
				continue // at the start of a line it would change the text before the line
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
		if before != '\n' || !unicode.IsSpace(r) { // otherwise this is still the start of the line
			before = r
		}
	}
	return b.String()
}
