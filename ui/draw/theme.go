package draw

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Role is what a piece of text means; the theme says how that looks. No role
// differs by colour alone: a word or a mark always says the same.
type Role int

// The roles. Plain has no style; Dim is for ages and the labels of fields.
const (
	Plain Role = iota
	Strong
	Dim    // secondary: ages, labels of fields
	Border // boxes, separators
	Accent // what has the focus, keys
	Critical
	Failed
	Warning
	Notice
	Good
	Badge // demo, read-only
	roleCount
)

// Valid is the role, or Plain for a number that is no role.
func (r Role) Valid() Role {
	if r < 0 || r >= roleCount {
		return Plain
	}
	return r
}

// Style is a text style, as the escape sequence that begins it.
type Style string

// On puts text in the style.
func (s Style) On(text string) string {
	if s == "" || text == "" {
		return text
	}
	return string(s) + text + ansi.ResetStyle
}

// Theme holds all styles, each also as it looks on the selected row.
type Theme struct {
	Dark, NoColor, FewColors bool

	normal, Selected [roleCount]Style
	lines            [8]Style
}

// Line is the style of one of several lines of a graph, which have letters too.
func (t *Theme) Line(i int) Style { return t.lines[i%len(t.lines)] }

// Of is the style of a role.
func (t *Theme) Of(r Role) Style { return t.normal[r] }

// OnRow is the style of a role in a row, selected or not.
func (t *Theme) OnRow(r Role, selected bool) Style {
	if selected {
		return t.Selected[r]
	}
	return t.normal[r]
}

// palette is one set of colours, from the 256 that terminals agree upon: they
// look the same everywhere and take half the bytes of true colours on the way
// to the terminal. Each has a contrast of at least 4.5 to 1 upon a black or a
// white background, but for the border, which says nothing.
type palette struct {
	foreground, background color.Color // of the selected row, as a pair
	colors                 [roleCount]color.Color
	lines                  [8]ansi.IndexedColor
}

func palettes(dark bool) palette {
	if dark {
		return palette{
			foreground: ansi.IndexedColor(255), background: ansi.IndexedColor(238),
			colors: [roleCount]color.Color{
				Dim: ansi.IndexedColor(246), Border: ansi.IndexedColor(240), Accent: ansi.IndexedColor(111),
				Critical: ansi.IndexedColor(210), Failed: ansi.IndexedColor(215), Warning: ansi.IndexedColor(179),
				Notice: ansi.IndexedColor(116), Good: ansi.IndexedColor(114), Badge: ansi.IndexedColor(179),
			},
			lines: [8]ansi.IndexedColor{75, 215, 114, 176, 80, 222, 209, 147},
		}
	}
	return palette{
		foreground: ansi.IndexedColor(232), background: ansi.IndexedColor(253),
		colors: [roleCount]color.Color{
			Dim: ansi.IndexedColor(241), Border: ansi.IndexedColor(248), Accent: ansi.IndexedColor(26),
			Critical: ansi.IndexedColor(124), Failed: ansi.IndexedColor(130), Warning: ansi.IndexedColor(94),
			Notice: ansi.IndexedColor(24), Good: ansi.IndexedColor(22), Badge: ansi.IndexedColor(94),
		},
		lines: [8]ansi.IndexedColor{26, 130, 22, 90, 23, 94, 125, 60},
	}
}

// NewTheme makes the styles for a background. Without colour the roles are
// shown by bold and faint text, and the selected row is reversed; so it
// is with 16 colours, because none of them makes a background only a shade
// off.
func NewTheme(dark, noColor, fewColors bool) *Theme {
	t := &Theme{Dark: dark, NoColor: noColor, FewColors: fewColors}
	p := palettes(dark)
	for r := range roleCount {
		base := ansi.Style{}
		switch r {
		case Strong, Critical, Accent, Badge:
			base = base.Bold()
		}
		normal, selected := base, base.Reverse(true)
		if noColor && (r == Dim || r == Border) {
			normal = normal.Faint()
		}
		if !noColor && p.colors[r] != nil {
			normal = normal.ForegroundColor(p.colors[r])
		}
		if !noColor && !fewColors {
			front := p.colors[r]
			if front == nil || r == Dim {
				front = p.foreground
			}
			selected = base.ForegroundColor(front).BackgroundColor(p.background)
		}
		t.normal[r], t.Selected[r] = styleOf(normal), styleOf(selected)
	}
	if !noColor {
		for i, c := range p.lines {
			t.lines[i] = styleOf(ansi.Style{}.ForegroundColor(c))
		}
	}
	return t
}

func styleOf(s ansi.Style) Style {
	if len(s) == 0 {
		return ""
	}
	return Style(s.String())
}

// Underlined is a role with a line under it, for the tab that is shown.
func (t *Theme) Underlined(r Role) Style {
	return t.normal[r] + StyleUnderline
}

// StyleUnderline puts a line under text.
var StyleUnderline = styleOf(ansi.Style{}.Underline(true))
