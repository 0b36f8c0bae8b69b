package draw

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"firstline/internal/ascii"
)

// OnlyASCII is coloured text for a terminal that has only ASCII. A character from
// outside that has no sign is "?" for each cell that it takes.
func (s *Pen) OnlyASCII(text string) string { return ascii.Only(text, s.Method) }

// Exact is text in which each character must be seen, such as a command before it runs:
// where OnlyASCII would write "?", it has the character's number.
func (s *Pen) Exact(text string) string {
	if !s.ASCII || ascii.Is(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u{%x}", r)
		}
	}
	return b.String()
}
