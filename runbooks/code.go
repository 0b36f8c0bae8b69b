package runbooks

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/charmbracelet/x/ansi"
)

// maxHighlight is how many bytes of code are coloured. A lexer works with
// regular expressions that hostile text could keep busy.
const maxHighlight = 16 << 10

// codeLines draws a code block: a bar at its left, so that it is told from
// text without colour, long lines broken with a sign, and the syntax coloured.
func codeLines(code, language string, width int, s Style) []string {
	p := paletteOf(s)
	code = strings.TrimRight(code, "\n")
	width = max(width-2, 8)
	var lines []string
	// A runbook that was made by hand has not been cleaned.
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

// breakLine breaks at blanks where there are some, else anywhere. All parts
// after the first are two columns shorter for the sign before them.
func breakLine(line string, width int) []string {
	if ansi.StringWidth(line) <= width {
		return filterLines(line, false)
	}
	// Wrap would break "--output" behind its dashes.
	const dash = "\ue000"
	if strings.Contains(line, dash) {
		return filterLines(ansi.Hardwrap(line, width-2, true), false)
	}
	wrapped := ansi.Wrap(strings.ReplaceAll(line, "-", dash), width-2, "")
	// Wrap lets a few lines stand out by a column or two.
	return filterLines(ansi.Hardwrap(strings.ReplaceAll(wrapped, dash, "-"), width-2, true), false)
}

// highlight gives the lines of code, coloured; without colour where the
// language is not known or nothing should be.
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

// shellOr is the lexer of a language; nil where it is unknown. Only what
// runbooks are written in is looked up: a name from outside should not choose
// among three hundred lexers.
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

// of is the colour of a kind of token; empty for plain text.
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
