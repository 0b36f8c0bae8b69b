package runbooks

import (
	"embed"
	"io/fs"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/charmbracelet/x/ansi"
)

// maxHighlight is the size in bytes up to which code is coloured. A lexer uses
// regular expressions, and hostile text could make them slow.
const maxHighlight = 16 << 10

// codeLines draws a code block: a bar at its left, which marks code without
// colour, a sign where long lines are broken, and coloured syntax.
func codeLines(code, language string, width int, s Style) []string {
	p := paletteOf(s)
	code = strings.TrimRight(code, "\n")
	width = max(width-2, 8)
	var lines []string
	// A Runbook that did not come from Parse is not clean.
	code = cleanBody(code)
	for _, line := range highlight(code, language, p, s.NoColor) {
		parts, indent := breakLine(line, width)
		for i, part := range parts {
			bar := "▏ " + indent
			if i > 0 {
				bar += "↪ "
			}
			if !s.NoColor && p.bar != "" {
				bar = p.sgr(p.bar) + bar + "\x1b[m"
			}
			lines = append(lines, bar+part)
		}
	}
	return lines
}

// breakLine breaks at blanks if there are any, else anywhere. The parts are without
// the indentation of the line, which all of them have in common, and leave two columns
// for the sign before all but the first.
func breakLine(line string, width int) (parts []string, indent string) {
	if ansi.StringWidth(line) <= width {
		return filterLines(line, false), ""
	}
	plain := ansi.Strip(line)
	if n := len(plain) - len(strings.TrimLeft(plain, " ")); n > 0 && n <= width/2 {
		line, indent = ansi.TruncateLeft(line, n, ""), strings.Repeat(" ", n)
	}
	return filterLines(wrap(line, width-2-len(indent)), false), indent
}

// highlight returns the lines of code, coloured unless plain is set or the
// language is unknown.
func highlight(code, language string, p palette, plain bool) []string {
	if plain || language == "" || len(code) > maxHighlight {
		return strings.Split(code, "\n")
	}
	lexer := lexer(language)
	if lexer == nil {
		return strings.Split(code, "\n")
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, code+"\n")
	if err != nil {
		return strings.Split(code, "\n")
	}
	var b strings.Builder
	for t := tokens(); t != chroma.EOF; t = tokens() {
		pen := p.sgr(p.of(t.Type))
		if pen == "" {
			b.WriteString(t.Value)
			continue
		}
		for i, part := range strings.Split(t.Value, "\n") {
			if i > 0 {
				b.WriteByte('\n')
			}
			if part != "" {
				b.WriteString(pen + part + "\x1b[m")
			}
		}
	}
	return strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
}

// lexerFiles are chroma's own lexers of the languages of runbooks. Chroma's package
// of all lexers reads three hundred of them when the program starts.
//
//go:embed lexers/*.xml
var lexerFiles embed.FS

// lexer returns the lexer of a language, or nil. A name from outside chooses only
// among the languages of runbooks.
func lexer(language string) chroma.Lexer {
	name := strings.ToLower(language)
	switch name {
	case "sh", "shell", "zsh", "ksh", "console", "shell-session", "shellsession", "terminal", "bash-session":
		name = "bash"
	case "yml":
		name = "yaml"
	case "py":
		name = "python"
	case "dockerfile":
		name = "docker"
	}
	return lexers().Get(name)
}

// lexers reads the lexers when the first code is drawn.
var lexers = sync.OnceValue(func() *chroma.LexerRegistry {
	registry := chroma.NewLexerRegistry()
	paths, err := fs.Glob(lexerFiles, "lexers/*.xml")
	if err != nil {
		return registry
	}
	for _, path := range paths {
		if l, err := chroma.NewXMLLexer(lexerFiles, path); err == nil { // a test reads all of them
			registry.Register(l)
		}
	}
	return registry
})

// of returns the colour of a kind of token, or "" for plain text.
func (p palette) of(t chroma.TokenType) string {
	switch {
	case t.InCategory(chroma.Comment):
		return p.comment
	case t.InCategory(chroma.Keyword), t == chroma.NameBuiltin, t == chroma.NameTag:
		return p.keyword
	case t.InSubCategory(chroma.NameVariable), t == chroma.LiteralStringInterpol, t == chroma.NameAttribute:
		return p.variable
	case t.InSubCategory(chroma.LiteralString):
		return p.text
	case t.InSubCategory(chroma.LiteralNumber):
		return p.number
	}
	return ""
}
