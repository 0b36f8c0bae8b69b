package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// builtIn is the palette of a built-in theme. All its colours but that of borders, which
// say nothing, have a contrast of at least 4.5 to black or white and to the background of
// the selected row; those of the high contrast have 7, borders too.
func builtIn(name Name, dark bool) *Palette {
	pair := palettes[name]
	if pair[0] == nil {
		pair = palettes[Standard]
	}
	if dark {
		return pair[0]
	}
	return pair[1]
}

// palettes has each theme for dark and for light backgrounds.
var palettes = map[Name][2]*Palette{
	Standard: {
		{
			Colors: [Parts]color.Color{
				Dim: number(246), Border: number(240), Accent: number(111), Critical: number(210), Failed: number(215),
				Warning: number(179), Notice: number(116), Good: number(114), Badge: number(179),
				Selected: number(237), SelectedText: number(255),
				Heading: number(117), Code: number(216), Link: number(111), Keyword: number(147), Variable: number(216),
				String: number(150), Number: number(180),
			},
			Lines: numbers(75, 215, 114, 176, 80, 222, 209, 147),
		},
		{
			Colors: [Parts]color.Color{
				Dim: number(241), Border: number(248), Accent: number(26), Critical: number(124), Failed: number(94),
				Warning: number(58), Notice: number(24), Good: number(22), Badge: number(58),
				Selected: number(254), SelectedText: number(232),
				Heading: number(25), Code: number(130), Link: number(25), Keyword: number(55), Variable: number(130),
				String: number(28), Number: number(94),
			},
			Lines: numbers(26, 130, 22, 90, 23, 94, 125, 60),
		},
	},
	HighContrast: {
		{
			Colors: [Parts]color.Color{
				Dim: number(252), Border: number(250), Accent: number(87), Critical: number(217), Failed: number(222),
				Warning: number(229), Notice: number(159), Good: number(157), Badge: number(229),
				Heading: number(159), Code: number(223), Link: number(87), Keyword: number(219), Variable: number(223),
				String: number(157), Number: number(229),
			},
			Lines: numbers(117, 222, 157, 219, 87, 229, 217, 195),
		},
		{
			Colors: [Parts]color.Color{
				Dim: number(238), Border: number(240), Accent: number(19), Critical: number(88), Failed: number(53),
				Warning: rgb(0x5c4000), Notice: number(18), Good: number(22), Badge: rgb(0x5c4000),
				Heading: number(18), Code: number(52), Link: number(20), Keyword: number(54), Variable: number(52),
				String: number(22), Number: rgb(0x5c4000),
			},
			Lines: [LineCount]color.Color{number(20), number(88), number(22), number(54), number(23), rgb(0x5c4000), number(89), number(236)},
		},
	},
	// The colours of Okabe and Ito, which people distinguish however they see colours:
	// lighter or darker where the contrast needs it.
	OkabeIto: {
		{
			Colors: [Parts]color.Color{
				Dim: number(246), Border: number(240), Accent: rgb(0x56b4e9), Critical: rgb(0xee7733), Failed: rgb(0xd98cb6),
				Warning: rgb(0xf0e442), Notice: rgb(0x56b4e9), Good: rgb(0x1dbf93), Badge: rgb(0xe69f00),
				Selected: number(236), SelectedText: number(255),
				Heading: rgb(0x56b4e9), Code: rgb(0xe69f00), Link: rgb(0x56b4e9), Keyword: rgb(0xd98cb6), Variable: rgb(0xe69f00),
				String: rgb(0x1dbf93), Number: rgb(0xf0e442),
			},
			Lines: [LineCount]color.Color{rgb(0x56b4e9), rgb(0xe69f00), rgb(0x1dbf93), rgb(0xd98cb6), rgb(0xf0e442), rgb(0xee7733), number(252), number(246)},
		},
		{
			Colors: [Parts]color.Color{
				Dim: number(241), Border: number(248), Accent: rgb(0x00508a), Critical: rgb(0x9a3c00), Failed: rgb(0x8f3f6b),
				Warning: rgb(0x6c671e), Notice: rgb(0x00508a), Good: rgb(0x006f50), Badge: rgb(0x7a5200),
				Selected: number(254), SelectedText: number(232),
				Heading: rgb(0x00508a), Code: rgb(0x7a5200), Link: rgb(0x00508a), Keyword: rgb(0x8f3f6b), Variable: rgb(0x7a5200),
				String: rgb(0x006f50), Number: rgb(0x6c671e),
			},
			Lines: [LineCount]color.Color{rgb(0x00508a), rgb(0x7a5200), rgb(0x006f50), rgb(0x8f3f6b), rgb(0x6c671e), rgb(0x9a3c00), number(238), number(241)},
		},
	},
	// Only those of the 16 that can be read in the usual terminals.
	Sixteen: {
		{
			Colors: [Parts]color.Color{
				Dim: ansi.White, Border: ansi.BrightBlack, Accent: ansi.BrightCyan, Critical: ansi.BrightRed, Failed: ansi.BrightMagenta,
				Warning: ansi.BrightYellow, Notice: ansi.BrightCyan, Good: ansi.BrightGreen, Badge: ansi.BrightYellow,
				Heading: ansi.BrightCyan, Code: ansi.BrightYellow, Link: ansi.BrightCyan, Keyword: ansi.BrightMagenta, Variable: ansi.BrightYellow,
				String: ansi.BrightGreen, Number: ansi.BrightMagenta,
			},
			Lines: [LineCount]color.Color{ansi.BrightCyan, ansi.BrightYellow, ansi.BrightGreen, ansi.BrightMagenta, ansi.BrightRed, ansi.BrightWhite, ansi.Cyan, ansi.White},
		},
		{
			Colors: [Parts]color.Color{
				Border: ansi.BrightBlack, Accent: ansi.Blue, Critical: ansi.Red, Failed: ansi.Magenta,
				Warning: ansi.Magenta, Notice: ansi.Blue, Badge: ansi.Magenta,
				Heading: ansi.Blue, Code: ansi.Magenta, Link: ansi.Blue, Keyword: ansi.Magenta, Variable: ansi.Red,
				String: ansi.Blue, Number: ansi.Magenta,
			},
			Lines: [LineCount]color.Color{ansi.Blue, ansi.Red, ansi.Magenta, ansi.Black, ansi.Blue, ansi.Red, ansi.Magenta, ansi.Black},
		},
	},
	None: {{}, {}},
}

// number is a colour of the 256 that terminals agree upon. They look the same everywhere
// and take half the bytes of true colours on the way to the terminal.
func number(n uint8) color.Color { return ansi.IndexedColor(n) }

func numbers(list ...uint8) (out [LineCount]color.Color) {
	for i, n := range list {
		out[i] = number(n)
	}
	return out
}

// rgb is a true colour. A terminal with fewer shows the nearest it has.
func rgb(hex uint32) color.Color {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff} //nolint:gosec // each is one byte of it
}
