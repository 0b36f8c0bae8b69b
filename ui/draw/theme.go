package draw

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/theme"
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

// partOf is whose colour a role has. Plain and Strong have the terminal's own.
var partOf = [roleCount]theme.Part{
	Dim: theme.Dim, Border: theme.Border, Accent: theme.Accent, Critical: theme.Critical, Failed: theme.Failed,
	Warning: theme.Warning, Notice: theme.Notice, Good: theme.Good, Badge: theme.Badge,
}

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

// Colors are what a person chose, and what the terminal has.
type Colors struct {
	Choice theme.Choice
	// Dark: the terminal's background is dark. NoColor: there are no colours; FewColors:
	// there are 16.
	Dark, NoColor, FewColors bool
}

// Theme holds all styles, each also as it looks on the selected row.
type Theme struct {
	// Colors are what it was made of.
	Colors Colors
	// Palette has the colours; NoColor: none is used.
	Palette *theme.Palette
	NoColor bool

	normal, Selected [roleCount]Style
	lines            [theme.LineCount]Style
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

// NewTheme makes the styles. Without colour the roles are shown by bold and faint
// text. The selected row is reversed where the palette has no background for it; so it
// is with 16 colours, because none of them makes a background only a shade off.
func NewTheme(c Colors) *Theme {
	noColor := c.NoColor || c.Choice.Name == theme.None
	t := &Theme{Colors: c, NoColor: noColor, Palette: c.Choice.Palette(c.Choice.Dark(c.Dark), c.FewColors)}
	p := t.Palette.Colors
	for r := range roleCount {
		base := ansi.Style{}
		switch r {
		case Strong, Critical, Accent, Badge:
			base = base.Bold()
		}
		var own color.Color
		if r > Strong {
			own = p[partOf[r]]
		}
		normal, selected := base, base.Reverse(true)
		if noColor && (r == Dim || r == Border) {
			normal = normal.Faint()
		}
		if !noColor && own != nil {
			normal = normal.ForegroundColor(own)
		}
		if back := p[theme.Selected]; !noColor && back != nil {
			front := own
			if front == nil || r == Dim {
				front = p[theme.SelectedText]
			}
			selected = base.ForegroundColor(front).BackgroundColor(back)
		}
		t.normal[r], t.Selected[r] = styleOf(normal), styleOf(selected)
	}
	if !noColor {
		for i, c := range t.Palette.Lines {
			if c != nil {
				t.lines[i] = styleOf(ansi.Style{}.ForegroundColor(c))
			}
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
