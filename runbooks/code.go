package runbooks

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
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
		for i, part := range breakLine(line, width) {
			bar := "▏ "
			if i > 0 {
				bar = "▏ ↪ "
			}
			if !s.NoColor {
				bar = p.sgr(p.bar) + bar + "\x1b[m"
			}
			lines = append(lines, bar+part)
		}
	}
	return lines
}

// breakLine breaks at blanks if there are any, else anywhere. All parts after
// the first are two columns shorter, for the sign before them.
func breakLine(line string, width int) []string {
	if ansi.StringWidth(line) <= width {
		return filterLines(line, false)
	}
	// Wrap would break "--output" after its dashes.
	const dash = "\ue000"
	if strings.Contains(line, dash) {
		return filterLines(ansi.Hardwrap(line, width-2, true), false)
	}
	wrapped := ansi.Wrap(strings.ReplaceAll(line, "-", dash), width-2, "")
	// Wrap leaves a few lines too long by a column or two.
	return filterLines(ansi.Hardwrap(strings.ReplaceAll(wrapped, dash, "-"), width-2, true), false)
}

// highlight returns the lines of code, coloured unless plain is set or the
// language is unknown.
func highlight(code, language string, p palette, plain bool) []string {
	lexer := shellOr(language)
	if plain || lexer == nil || len(code) > maxHighlight {
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

// shellOr returns the lexer of a language, or nil. It supports only the
// languages of runbooks: a name from outside should not choose among three
// hundred lexers.
func shellOr(language string) chroma.Lexer {
	switch strings.ToLower(language) {
	case "sh", "bash", "shell", "zsh", "ksh":
		return lexers.Get("bash")
	case "console", "shell-session", "shellsession", "terminal", "bash-session":
		return lexers.Get("bash")
	case "promql":
		return lexers.Get("promql")
	case "yaml", "yml", "json", "toml", "ini", "sql", "go", "python", "py", "hcl", "terraform", "diff", "xml", "dockerfile", "powershell":
		return lexers.Get(strings.ToLower(language))
	}
	return nil
}

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
