package clean

import (
	"strings"
	"unicode/utf8"
)

// MarkdownLine returns text from outside for use in a line of Markdown: it forms no
// Markdown except emphasis, and nothing that a reader of Markdown takes for HTML. It
// is cut after at most so many bytes.
func MarkdownLine(s string, most int) string {
	s = Line(s)
	if len(s) > most {
		for most > 0 && !utf8.RuneStart(s[most]) {
			most--
		}
		s = s[:most] + "…"
	}
	return markdownEscapes.Replace(s)
}

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`)
