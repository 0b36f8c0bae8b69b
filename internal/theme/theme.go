// Package theme knows the colours of the screen and of runbooks: the built-in
// themes, how a person writes colours of their own, and which palette a terminal
// gets. It draws nothing.
package theme

import "image/color"

// Part is what a colour is for.
type Part int

// The parts. Each has a name in the configuration.
const (
	Dim Part = iota
	Border
	Accent
	Critical
	Failed
	Warning
	Notice
	Good
	Badge
	// Selected is the background of the selected row, SelectedText the text on it
	// that has no other colour.
	Selected
	SelectedText
	// The others are parts of runbooks.
	Heading
	Code
	Link
	Keyword
	Variable
	String
	Number
	Parts // how many there are
)

// LineCount is how many lines of a graph have a colour of their own.
const LineCount = 8

// Palette is one set of colours. A nil colour is the terminal's own; without a
// background the selected row is reversed.
type Palette struct {
	Colors [Parts]color.Color
	Lines  [LineCount]color.Color
}

// Name is a built-in theme.
type Name string

// The built-in themes. Each but None has a palette for dark and one for light
// backgrounds.
const (
	Standard     Name = "standard"
	HighContrast Name = "high-contrast"
	OkabeIto     Name = "okabe-ito"
	Sixteen      Name = "16-colors"
	None         Name = "none"
)

// Names returns the built-in themes.
func Names() []Name { return []Name{Standard, HighContrast, OkabeIto, Sixteen, None} }

// Background is what a person says of the terminal's background.
type Background string

// The backgrounds. Auto asks the terminal.
const (
	Auto  Background = "auto"
	Dark  Background = "dark"
	Light Background = "light"
)

// Choice is the theme that a person chose. The zero value is the standard theme on
// the terminal's background.
type Choice struct {
	Name       Name
	Background Background
	// Own are colours in place of the theme's; nil: none.
	Own *Palette
}

// Dark reports whether the palette is for a dark background, where the terminal's
// is so.
func (c Choice) Dark(terminal bool) bool {
	return c.Background == Dark || c.Background != Light && terminal
}

// Palette is the palette for a background. few: the terminal has 16 colours only.
func (c Choice) Palette(dark, few bool) *Palette {
	name := c.Name
	if few && name != None {
		name = Sixteen
	}
	p := builtIn(name, dark)
	if c.Own == nil || name == None {
		return p
	}
	own := *p
	for i, v := range c.Own.Colors {
		if v != nil {
			own.Colors[i] = v
		}
	}
	for i, v := range c.Own.Lines {
		if v != nil {
			own.Lines[i] = v
		}
	}
	return &own
}
