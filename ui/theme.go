package ui

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// role is what a piece of text means; the theme says how that looks. No role
// is told apart by colour alone: a word or a mark always stands with it.
type role int

const (
	plain role = iota
	strong
	dim    // secondary: ages, labels of fields
	border // boxes, separators
	accent // what has the focus, keys
	critical
	failed
	warning
	notice
	good
	badge // demo, read-only
	roleCount
)

// style is a text style, as the escape sequence that begins it.
type style string

func (s style) on(text string) string {
	if s == "" || text == "" {
		return text
	}
	return string(s) + text + ansi.ResetStyle
}

// theme holds all styles, each also as it looks on the selected row.
type theme struct {
	dark, noColor bool
	normal        [roleCount]style
	selected      [roleCount]style
}

// of is the style of a role.
func (t *theme) of(r role) style { return t.normal[r] }

// onRow is the style of a role in a row, selected or not.
func (t *theme) onRow(r role, selected bool) style {
	if selected {
		return t.selected[r]
	}
	return t.normal[r]
}

// palette is one set of colours. Each was chosen for a contrast of at least
// 4.5 to 1 upon a black or a white background.
type palette struct {
	foreground, background color.Color // of the selected row, as a pair
	colors                 [roleCount]color.Color
}

func palettes(dark bool) palette {
	if dark {
		p := palette{foreground: lipgloss.Color("#f2f4f8"), background: lipgloss.Color("#283248")}
		p.colors = [roleCount]color.Color{
			dim: lipgloss.Color("#8b93a1"), border: lipgloss.Color("#4d5666"), accent: lipgloss.Color("#7fb4ff"),
			critical: lipgloss.Color("#ff7a85"), failed: lipgloss.Color("#ff9d6b"), warning: lipgloss.Color("#e8c06a"),
			notice: lipgloss.Color("#7cc7d9"), good: lipgloss.Color("#93cf7e"), badge: lipgloss.Color("#e8c06a"),
		}
		return p
	}
	p := palette{foreground: lipgloss.Color("#0f1726"), background: lipgloss.Color("#d6e2fb")}
	p.colors = [roleCount]color.Color{
		dim: lipgloss.Color("#5d6675"), border: lipgloss.Color("#a9b1bd"), accent: lipgloss.Color("#1b55c4"),
		critical: lipgloss.Color("#b4182b"), failed: lipgloss.Color("#a5480d"), warning: lipgloss.Color("#85580a"),
		notice: lipgloss.Color("#0d6478"), good: lipgloss.Color("#28701a"), badge: lipgloss.Color("#85580a"),
	}
	return p
}

// newTheme makes the styles for a background. Without colour the same roles
// are told apart by bold and faint text, and the selected row is reversed.
func newTheme(dark, noColor bool) *theme {
	t := &theme{dark: dark, noColor: noColor}
	p := palettes(dark)
	for r := range roleCount {
		base := ansi.Style{}
		switch r {
		case strong, critical, accent, badge:
			base = base.Bold()
		}
		if noColor {
			faint := base
			if r == dim || r == border {
				faint = faint.Faint()
			}
			t.normal[r] = styleOf(faint)
			t.selected[r] = styleOf(base.Reverse(true))
			continue
		}
		normal, selected := base, base
		if c := p.colors[r]; c != nil {
			normal, selected = normal.ForegroundColor(c), selected.ForegroundColor(c)
		} else {
			selected = selected.ForegroundColor(p.foreground)
		}
		t.normal[r] = styleOf(normal)
		t.selected[r] = styleOf(selected.BackgroundColor(p.background))
	}
	return t
}

func styleOf(s ansi.Style) style {
	if len(s) == 0 {
		return ""
	}
	return style(s.String())
}

// underlined is a role with a line under it, for the tab that is shown.
func (t *theme) underlined(r role) style {
	return t.normal[r] + styleOf(ansi.Style{}.Underline(true))
}
