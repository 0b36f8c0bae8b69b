package ui

import (
	"image/color"

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
	dark, noColor, fewColors bool

	normal, selected [roleCount]style
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

// palette is one set of colours, from the 256 that terminals agree upon: they
// look the same everywhere and take half the bytes of true colours on the way
// to the terminal. Each has a contrast of at least 4.5 to 1 upon a black or a
// white background, but for the border, which says nothing.
type palette struct {
	foreground, background color.Color // of the selected row, as a pair
	colors                 [roleCount]color.Color
}

func palettes(dark bool) palette {
	if dark {
		return palette{
			foreground: ansi.IndexedColor(255), background: ansi.IndexedColor(238),
			colors: [roleCount]color.Color{
				dim: ansi.IndexedColor(246), border: ansi.IndexedColor(240), accent: ansi.IndexedColor(111),
				critical: ansi.IndexedColor(210), failed: ansi.IndexedColor(215), warning: ansi.IndexedColor(179),
				notice: ansi.IndexedColor(116), good: ansi.IndexedColor(114), badge: ansi.IndexedColor(179),
			},
		}
	}
	return palette{
		foreground: ansi.IndexedColor(232), background: ansi.IndexedColor(253),
		colors: [roleCount]color.Color{
			dim: ansi.IndexedColor(241), border: ansi.IndexedColor(248), accent: ansi.IndexedColor(26),
			critical: ansi.IndexedColor(124), failed: ansi.IndexedColor(130), warning: ansi.IndexedColor(94),
			notice: ansi.IndexedColor(24), good: ansi.IndexedColor(22), badge: ansi.IndexedColor(94),
		},
	}
}

// newTheme makes the styles for a background. Without colour the roles are
// told apart by bold and faint text, and the selected row is reversed; so it
// is with 16 colours, none of which makes a background that is only a shade
// off.
func newTheme(dark, noColor, fewColors bool) *theme {
	t := &theme{dark: dark, noColor: noColor, fewColors: fewColors}
	p := palettes(dark)
	for r := range roleCount {
		base := ansi.Style{}
		switch r {
		case strong, critical, accent, badge:
			base = base.Bold()
		}
		normal, selected := base, base.Reverse(true)
		if noColor && (r == dim || r == border) {
			normal = normal.Faint()
		}
		if !noColor && p.colors[r] != nil {
			normal = normal.ForegroundColor(p.colors[r])
		}
		if !noColor && !fewColors {
			front := p.colors[r]
			if front == nil || r == dim {
				front = p.foreground
			}
			selected = base.ForegroundColor(front).BackgroundColor(p.background)
		}
		t.normal[r], t.selected[r] = styleOf(normal), styleOf(selected)
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
	return t.normal[r] + styleUnderline
}

// styleUnderline puts a line under text.
var styleUnderline = styleOf(ansi.Style{}.Underline(true))
