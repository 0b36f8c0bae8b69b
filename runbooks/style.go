package runbooks

import (
	"strconv"
	"strings"
)

// palette has the colours of a style, as numbers of the 256-colour table, which
// every current terminal has and which downsamples well. The contrast to black
// and to white is at least 4.5.
type palette struct {
	title, section, heading, strong, code, link, faint string
	// For code blocks.
	bar, keyword, variable, text, comment, number string
}

var (
	darkPalette = palette{
		title: "231", section: "117", heading: "152", strong: "231", code: "216", link: "111", faint: "245",
		bar: "240", keyword: "147", variable: "216", text: "150", comment: "245", number: "180",
	}
	lightPalette = palette{
		title: "16", section: "25", heading: "24", strong: "16", code: "130", link: "25", faint: "242",
		bar: "250", keyword: "55", variable: "130", text: "28", comment: "242", number: "94",
	}
)

func paletteOf(s Style) palette {
	if s.Dark {
		return darkPalette
	}
	return lightPalette
}

// pen is how text is drawn. The zero value is plain text.
type pen struct {
	// colour is a number of the table, or empty.
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
		codes = append(codes, "38;5;"+p.colour)
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
	colour := w.palette.heading
	switch level {
	case 1:
		colour = w.palette.title
	case 2:
		prefix, colour = "━━ ", w.palette.section
	case 3:
		prefix = "── "
	case 4:
		prefix = "─ "
	}
	return prefix, pen{colour: colour, bold: true}
}

// sgr returns the sequence that selects a colour of the table.
func (p palette) sgr(colour string) string {
	if _, err := strconv.Atoi(colour); err != nil {
		return ""
	}
	return "\x1b[38;5;" + colour + "m"
}
