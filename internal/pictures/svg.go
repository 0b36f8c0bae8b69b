package main

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// screen is what a terminal shows, for so many seconds.
type screen struct {
	rows    [][]span
	width   int
	seconds float64
}

// span is neighbouring cells of a row in one style.
type span struct {
	at, width int // in columns
	text      string
	style     uv.Style
}

// The colours of a terminal that sets none.
const (
	foreground = "#d0d0d0"
	background = "#16181d"
)

// The size of a cell, in pixels.
const (
	cellWidth  = 8.4
	cellHeight = 16.5
	fontSize   = 14.0
	margin     = 12.0
)

// read reads a screen from text with escape sequences.
func read(text []byte, width, height int) (screen, error) {
	emulator := vt.NewEmulator(width, height)
	lines := bytes.Split(bytes.TrimRight(text, "\n"), []byte("\n"))
	if len(lines) > height {
		return screen{}, fmt.Errorf("it has %d rows, more than %d", len(lines), height)
	}
	if _, err := emulator.Write(bytes.Join(lines, []byte("\r\n"))); err != nil {
		return screen{}, fmt.Errorf("reading the screen: %w", err)
	}
	s := screen{width: width, rows: make([][]span, height)}
	for y := range height {
		for x := 0; x < width; x++ {
			c := emulator.CellAt(x, y)
			if c == nil || c.Width == 0 {
				continue // the second half of a wide character
			}
			content := c.Content
			if content == "" {
				content = " "
			}
			row := s.rows[y]
			if last := len(row) - 1; last >= 0 && row[last].style.Equal(&c.Style) && row[last].at+row[last].width == x {
				row[last].text += content
				row[last].width += c.Width
				continue
			}
			s.rows[y] = append(row, span{at: x, width: c.Width, text: content, style: c.Style})
		}
	}
	return s, nil
}

// write writes the screens as one picture. Several of them take turns.
func write(w *bytes.Buffer, title string, screens []screen) {
	width := float64(screens[0].width)*cellWidth + 2*margin
	height := float64(len(screens[0].rows))*cellHeight + 2*margin
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" fill="%s" aria-label="%s">`+"\n",
		width, height, width, height, foreground, html.EscapeString(title))
	fmt.Fprintf(w, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(w, "<style>text{font:%.0fpx ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}%s</style>\n",
		fontSize, turns(screens))
	fmt.Fprintf(w, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", background)
	for i, s := range screens {
		fmt.Fprintf(w, `<g id="s%d" transform="translate(%.0f %.0f)">`+"\n", i, margin, margin)
		for y, row := range s.rows {
			for _, r := range row {
				r.write(w, y)
			}
		}
		fmt.Fprintln(w, "</g>")
	}
	fmt.Fprintln(w, "</svg>")
}

// turns are the rules that let the screens take turns; none for a single one.
func turns(screens []screen) string {
	if len(screens) == 1 {
		return ""
	}
	whole := 0.0
	for _, s := range screens {
		whole += s.seconds
	}
	var rules strings.Builder
	begin := 0.0
	for i, s := range screens {
		from, until := 100*begin/whole, 100*(begin+s.seconds)/whole
		begin += s.seconds
		// Invisible but from its begin to its end.
		fmt.Fprintf(&rules, "#s%d{visibility:hidden;animation:t%d %.2fs step-end infinite}", i, i, whole)
		fmt.Fprintf(&rules, "@keyframes t%d{0%%{visibility:%s}", i, visibility(i == 0))
		if i > 0 {
			fmt.Fprintf(&rules, "%.3f%%{visibility:visible}", from)
		}
		if until < 99.999 {
			fmt.Fprintf(&rules, "%.3f%%{visibility:hidden}", until)
		}
		rules.WriteString("}")
	}
	return rules.String()
}

func visibility(visible bool) string {
	if visible {
		return "visible"
	}
	return "hidden"
}

// write writes the span, which is in the row y.
func (r span) write(w *bytes.Buffer, y int) {
	front, back := hex(r.style.Fg, foreground), hex(r.style.Bg, background)
	if r.style.Attrs&uv.AttrReverse != 0 {
		front, back = back, front
	}
	x, top, width := float64(r.at)*cellWidth, float64(y)*cellHeight, float64(r.width)*cellWidth
	if back != background {
		fmt.Fprintf(w, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, x, top, width, cellHeight, back)
	}
	if strings.TrimSpace(r.text) == "" {
		fmt.Fprintln(w)
		return
	}
	style := ""
	if front != foreground {
		style += ` fill="` + front + `"`
	}
	if r.style.Attrs&uv.AttrBold != 0 {
		style += ` font-weight="bold"`
	}
	if r.style.Attrs&uv.AttrItalic != 0 {
		style += ` font-style="italic"`
	}
	if r.style.Attrs&uv.AttrFaint != 0 {
		style += ` opacity="0.6"`
	}
	if r.style.Underline != 0 {
		style += ` text-decoration="underline"`
	}
	fmt.Fprintf(w, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs"%s>%s</text>`+"\n",
		x, top+cellHeight-4, width, style, html.EscapeString(r.text))
}

// hex is a colour as SVG writes it.
func hex(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
