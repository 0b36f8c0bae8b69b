package theme

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// light is a colour as light: red, green and blue from 0 to 1.
type light [3]float64

// lightOf is a colour as light. The 16 colours are those of the table.
func lightOf(c color.Color, sixteen [16]uint32) light {
	if b, is := c.(ansi.BasicColor); is {
		c = rgb(sixteen[b])
	}
	r, g, b, _ := c.RGBA()
	var out light
	for i, v := range []uint32{r, g, b} {
		s := float64(v) / 0xffff
		if out[i] = s / 12.92; s > 0.04045 {
			out[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return out
}

func (l light) luminance() float64 { return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2] }

// contrast is that of the Web Content Accessibility Guidelines, from 1 to 21.
func contrast(a, b light) float64 {
	high, low := a.luminance(), b.luminance()
	if high < low {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

// What terminals show as the 16 colours.
var (
	xterm = [16]uint32{
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	}
	console = [16]uint32{
		0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa,
		0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
	}
)

func TestBuiltInColorsCanBeRead(t *testing.T) {
	for _, name := range Names() {
		least := 4.5
		if name == HighContrast {
			least = 7
		}
		for _, dark := range []bool{true, false} {
			p := Choice{Name: name}.Palette(dark, false)
			back, text := color.Color(color.White), color.Color(color.Black)
			if dark {
				back, text = text, back
			}
			grounds := map[string]color.Color{"the background": back}
			if s := p.Colors[Selected]; s != nil {
				grounds["the selected row"] = s
				text = p.Colors[SelectedText]
			}
			for what, ground := range grounds {
				for _, sixteen := range [][16]uint32{xterm, console} {
					check := func(c color.Color, of string) {
						if c == nil {
							return
						}
						if got := contrast(lightOf(c, sixteen), lightOf(ground, sixteen)); got < least {
							t.Errorf("%s, dark %v: %s on %s has a contrast of %.2f", name, dark, of, what, got)
						}
					}
					check(text, "the text")
					for part := range Parts {
						// Borders say nothing, and on the selected row Dim is as the text.
						quiet := part == Border && name != HighContrast || part == Selected
						onRow := what == "the selected row" && (part == Dim || part >= Heading)
						if !quiet && !onRow {
							check(p.Colors[part], names[part])
						}
					}
					if what == "the background" {
						for _, c := range p.Lines {
							check(c, "a line")
						}
					}
				}
			}
		}
	}
}

// names are what the tests call the parts.
var names = [Parts]string{
	"dim", "border", "accent", "critical", "failed", "warning", "notice", "good", "badge", "selected", "selected_text",
	"heading", "code", "link", "keyword", "variable", "string", "number",
}

// kinds are how people see colours who lack a kind of cones, as matrices on light: by
// Machado, Oliveira and Fernandes, 2009.
var kinds = map[string][3]light{
	"all cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no red":    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"no green":  {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"no blue":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// seen is how a colour is seen, in CIELAB, where distances are differences that people
// notice: 2 is the least.
func seen(c color.Color, by [3]light) light {
	l := lightOf(c, xterm)
	var s light
	for i, row := range by {
		s[i] = min(max(row[0]*l[0]+row[1]*l[1]+row[2]*l[2], 0), 1)
	}
	f := func(v float64) float64 {
		if v > 0.008856 {
			return math.Cbrt(v)
		}
		return 7.787*v + 16.0/116
	}
	x := f((0.4124*s[0] + 0.3576*s[1] + 0.1805*s[2]) / 0.9505)
	y := f(0.2126*s[0] + 0.7152*s[1] + 0.0722*s[2])
	z := f((0.0193*s[0] + 0.1192*s[1] + 0.9505*s[2]) / 1.089)
	return light{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func TestEveryoneDistinguishesOkabeIto(t *testing.T) {
	const least = 9
	parts := []Part{Critical, Failed, Warning, Notice, Good}
	for kind, by := range kinds {
		for _, dark := range []bool{true, false} {
			p := Choice{Name: OkabeIto}.Palette(dark, false)
			for i, a := range parts {
				for _, b := range parts[:i] {
					x, y := seen(p.Colors[a], by), seen(p.Colors[b], by)
					if d := math.Hypot(math.Hypot(x[0]-y[0], x[1]-y[1]), x[2]-y[2]); d < least {
						t.Errorf("dark %v, %s: %s and %s differ by %.1f", dark, kind, names[a], names[b], d)
					}
				}
			}
		}
	}
}

func TestParseColor(t *testing.T) {
	for text, want := range map[string]color.Color{
		"red": ansi.Red, "Bright-Red": ansi.BrightRed, "white": ansi.White, "bright-black": ansi.BrightBlack,
		"0": ansi.IndexedColor(0), "255": ansi.IndexedColor(255),
		"#ff8700": color.RGBA{0xff, 0x87, 0, 0xff}, "#FF8700": color.RGBA{0xff, 0x87, 0, 0xff},
	} {
		if got, err := ParseColor(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"":            "is no colour: write a number",
		"256":         "\"256\" is no colour: the numbers are 0 to 255",
		"-1":          "\"-1\" is no colour: write",
		"#ff87":       "after # come six",
		"#gg0000":     "after # come six",
		"bright":      "is no colour",
		"bright-pink": "black, red, green",
		"\x1b[31m":    "is no colour",
	} {
		if c, err := ParseColor(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q is %v, %v", text, c, err)
		}
	}
}

func FuzzParseColor(f *testing.F) {
	for _, seed := range []string{"red", "bright-red", "255", "#ff8700", "#", "-", "+5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseColor(text)
		if (c == nil) == (err == nil) {
			t.Errorf("%q is %v, %v", text, c, err)
		}
	})
}

func TestPaletteOfATerminal(t *testing.T) {
	own := &Palette{}
	own.Colors[Critical], own.Lines[1] = ansi.IndexedColor(9), ansi.IndexedColor(10)
	p := Choice{Name: OkabeIto, Own: own}.Palette(true, false)
	base := Choice{Name: OkabeIto}.Palette(true, false)
	if p.Colors[Critical] != own.Colors[Critical] || p.Colors[Good] != base.Colors[Good] || p.Lines[1] != own.Lines[1] || p.Lines[0] != base.Lines[0] {
		t.Errorf("one's own colours are not in place of the theme's only: %v", p)
	}
	if base.Colors[Critical] == own.Colors[Critical] {
		t.Error("one's own colours changed the built-in theme")
	}
	if (Choice{Name: HighContrast}).Palette(false, true) != (Choice{Name: Sixteen}).Palette(false, false) {
		t.Error("a terminal with 16 colours does not get these")
	}
	for _, c := range []struct {
		say            Background
		terminal, dark bool
	}{{"", true, true}, {Auto, false, false}, {Dark, false, true}, {Light, true, false}} {
		if got := (Choice{Background: c.say}).Dark(c.terminal); got != c.dark {
			t.Errorf("%q where the terminal is dark %v is dark %v", c.say, c.terminal, got)
		}
	}
}
