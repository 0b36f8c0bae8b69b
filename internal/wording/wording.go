// Package wording builds parts of sentences for people.
package wording

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"firstline/internal/lazyregexp"
)

// Count returns a number with its noun, given in the singular: "1 incident", "3
// incidents", "2 policies".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if rest, ok := strings.CutSuffix(noun, "y"); ok && !strings.ContainsAny(rest[max(0, len(rest)-1):], "aeiou") {
		return strconv.Itoa(n) + " " + rest + "ies"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// option begins a sentence with the name of an option of the configuration.
var option = lazyregexp.New(`^[a-z]*_|^[a-z_]+ (under|in) \[`)

// Sentence returns text with a capital first letter, unless it begins with the name of an
// option, which is written as it is.
func Sentence(text string) string {
	if option.MatchString(text) {
		return text
	}
	first, size := utf8.DecodeRuneInString(text)
	if upper := unicode.ToUpper(first); upper != first {
		return string(upper) + text[size:]
	}
	return text
}

// ClockLayout is how Clock writes a time.
const ClockLayout = "2006-01-02 15:04 UTC"

// Clock returns a time in UTC, which people in several time zones read alike.
func Clock(t time.Time) string { return t.UTC().Format(ClockLayout) }

// Shorten cuts a text to at most limit bytes, between two characters, and ends
// a cut text with "…".
func Shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const ellipsis = "…"
	end := 0
	for i := range s {
		if i > limit-len(ellipsis) {
			break
		}
		end = i
	}
	return s[:end] + ellipsis
}
