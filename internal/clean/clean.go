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

	"github.com/charmbracelet/x/ansi"
)

// Line makes s safe to show on one line: escape sequences are taken out whole,
// every run of line breaks and tabs becomes one space, other control and
// direction-changing characters go, and bytes that are not UTF-8 become U+FFFD.
func Line(s string) string {
	if !plain(s) {
		s = sanitize(s, false)
	}
	return strings.TrimSpace(s)
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
		s = ansi.Strip(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false // the last rune written stands for a line break or tab
	for i, r := range s {
		switch {
		case keepBreaks && r == '\n':
			b.WriteByte('\n')
		case keepBreaks && r == '\r':
			// "\r\n" is one break; a lone "\r" would rewrite the line.
			if !strings.HasPrefix(s[i+1:], "\n") {
				b.WriteByte('\n')
			}
		case keepBreaks && r == '\t':
			b.WriteString("    ")
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case unicode.IsControl(r), steers(r), r >= 0xe0000 && r <= 0xe007f:
			continue
		default:
			b.WriteRune(r)
		}
		space = false
	}
	return b.String()
}

// steers reports whether r changes the direction or order of the text around
// it, by which a title could pretend to be another.
func steers(r rune) bool {
	switch {
	case r >= 0x202a && r <= 0x202e, // embeddings and overrides
		r >= 0x2066 && r <= 0x2069,            // isolates
		r == 0x200e, r == 0x200f, r == 0x061c, // marks
		r == 0x200b, r == 0xfeff, // zero width space, byte order mark
		r == 0xfff9, r == 0xfffa, r == 0xfffb:
		return true
	}
	return false
}
