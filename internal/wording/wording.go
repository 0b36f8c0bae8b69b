// Package wording holds what sentences for a person are made of.
package wording

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Count is a number with its noun, which is given as for one: "1 incident",
// "3 incidents", "2 policies".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if rest, ok := strings.CutSuffix(noun, "y"); ok && !strings.ContainsAny(rest[max(0, len(rest)-1):], "aeiou") {
		return strconv.Itoa(n) + " " + rest + "ies"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Sentence begins a text as a sentence begins: with a capital.
func Sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if upper := unicode.ToUpper(first); upper != first {
		return string(upper) + text[size:]
	}
	return text
}
