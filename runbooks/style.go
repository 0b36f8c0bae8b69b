package runbooks

import (
	"image/color"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/theme"
)

// palette has the colours of a style, each as the numbers of the sequence that selects
// it, or empty for the terminal's own. A title and strong text are bold only.
type palette struct {
	section, code, link, faint string
	// For code blocks.
	bar, keyword, variable, text, comment, number string
}

func paletteOf(s Style) palette {
	colors := s.Palette
	if colors == nil {
		colors = theme.Choice{}.Palette(s.Dark, false)
	}
	of := func(p theme.Part) string { return numbersOf(colors.Colors[p]) }
	return palette{
		section: of(theme.Heading), code: of(theme.Code), link: of(theme.Link), faint: of(theme.Dim),
		bar: of(theme.Border), keyword: of(theme.Keyword), variable: of(theme.Variable), text: of(theme.String),
		comment: of(theme.Dim), number: of(theme.Number),
	}
}

// numbersOf are the numbers of the sequence that selects a colour; empty for none.
func numbersOf(c color.Color) string {
	if c == nil {
		return ""
	}
	sequence := ansi.Style{}.ForegroundColor(c).String()
	return strings.TrimSuffix(strings.TrimPrefix(sequence, "\x1b["), "m")
}

// pen is how text is drawn. The zero value is plain text.
type pen struct {
	// colour is the numbers of the sequence that selects it, or empty.
	colour                           string
	bold, italic, underlined, struck bool
	// link is the address that a click opens, or empty.
	link string
}

// with returns p with what is set in over.
func (p pen) with(over pen) pen {
	if over.colour != "" {
		p.colour = over.colour
	}
	if over.link != "" {
		p.link = over.link
	}
	p.bold, p.italic = p.bold || over.bold, p.italic || over.italic
	p.underlined, p.struck = p.underlined || over.underlined, p.struck || over.struck
	return p
}

// sgr returns the sequence that selects the style, or "".
func (p pen) sgr() string {
	var codes []string
	for _, attribute := range []struct {
		on   bool
		code string
	}{{p.bold, "1"}, {p.italic, "3"}, {p.underlined, "4"}, {p.struck, "9"}} {
		if attribute.on {
			codes = append(codes, attribute.code)
		}
	}
	if p.colour != "" {
		codes = append(codes, p.colour)
	}
	if len(codes) == 0 {
		return ""
	}
	return "\x1b[" + strings.Join(codes, ";") + "m"
}

// headingStyle returns the style of a heading and the text before it: sections
// differ by more than colour.
func (w *writer) headingStyle(level int) (prefix string, style pen) {
	if w.style.NoColor {
		if level > 4 {
			return "", pen{}
		}
		return strings.Repeat("#", level) + " ", pen{}
	}
	colour := w.palette.section
	switch level {
	case 1:
		colour = "" // it is bold
	case 2:
		prefix = "━━ "
	case 3:
		prefix = "── "
	case 4:
		prefix = "─ "
	}
	return prefix, pen{colour: colour, bold: true}
}

// sgr returns the sequence that selects a colour.
func (p palette) sgr(colour string) string {
	if colour == "" {
		return ""
	}
	return "\x1b[" + colour + "m"
}
