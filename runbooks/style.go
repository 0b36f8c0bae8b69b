package runbooks

import (
	"strconv"

	"charm.land/glamour/v2/ansi"
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

func pointer[T any](v T) *T { return &v }

// glamourStyle is a style for a pane beside a list: no margins, and sections
// that differ by more than colour.
func glamourStyle(s Style) ansi.StyleConfig {
	p := paletteOf(s)
	colour := func(c string) *string {
		if s.NoColor {
			return nil
		}
		return pointer(c)
	}
	on := func() *bool {
		if s.NoColor {
			return nil
		}
		return pointer(true)
	}
	text := func(prefix, c string) ansi.StyleBlock {
		return ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Prefix: prefix, Color: colour(c), Bold: on()}}
	}
	none := pointer(uint(0))
	c := ansi.StyleConfig{
		Document: ansi.StyleBlock{Margin: none},
		H1:       text("", p.title),
		H2:       text("━━ ", p.section),
		H3:       text("── ", p.heading),
		H4:       text("─ ", p.heading),
		H5:       text("", p.heading),
		H6:       text("", p.heading),

		Strikethrough:         ansi.StylePrimitive{CrossedOut: on()},
		Emph:                  ansi.StylePrimitive{Italic: on()},
		Strong:                ansi.StylePrimitive{Bold: on(), Color: colour(p.strong)},
		Link:                  ansi.StylePrimitive{Color: colour(p.faint), Underline: on()},
		LinkText:              ansi.StylePrimitive{Color: colour(p.link), Underline: on()},
		Image:                 ansi.StylePrimitive{Color: colour(p.faint), Underline: on()},
		ImageText:             ansi.StylePrimitive{Color: colour(p.faint), Format: "Image: {{.text}} →"},
		Code:                  ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Color: colour(p.code)}},
		Table:                 ansi.StyleTable{CenterSeparator: pointer("┼"), ColumnSeparator: pointer("│"), RowSeparator: pointer("─")},
		DefinitionTerm:        ansi.StylePrimitive{Bold: on()},
		DefinitionDescription: ansi.StylePrimitive{BlockPrefix: "\n  "},
	}
	if s.NoColor {
		c.H1.Prefix, c.H2.Prefix, c.H3.Prefix, c.H4.Prefix = "# ", "## ", "### ", "#### "
		c.Emph = ansi.StylePrimitive{BlockPrefix: "*", BlockSuffix: "*"}
		c.Strong = ansi.StylePrimitive{BlockPrefix: "**", BlockSuffix: "**"}
		c.Strikethrough = ansi.StylePrimitive{BlockPrefix: "~~", BlockSuffix: "~~"}
	}
	return c
}

// sgr returns the sequence that selects a colour of the table.
func (p palette) sgr(colour string) string {
	if _, err := strconv.Atoi(colour); err != nil {
		return ""
	}
	return "\x1b[38;5;" + colour + "m"
}
