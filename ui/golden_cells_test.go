package ui

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/theme"
	"firstline/ui/draw"
)

// markers is a theme in which each part and each line has another colour, so that the
// colours of a frame say whose they are.
var markers = func() theme.Choice {
	own := &theme.Palette{}
	for i := range own.Colors {
		own.Colors[i] = markerOf(i)
	}
	for i := range own.Lines {
		own.Lines[i] = markerOf(len(own.Colors) + i)
	}
	return theme.Choice{Own: own}
}()

// markerOf is the colour of the part, or after these of the line, with that number.
func markerOf(i int) color.Color { return ansi.IndexedColor(100 + i) } //nolint:gosec // there are fewer than 100

// signs are how the golden files call the parts, and then the lines of graphs.
const signs = "dbacfwngBStHCLKVTN12345678"

// cell is a character of a frame with how it is drawn.
type cell struct {
	text           string
	front, back    string
	bold, faint    bool
	italic, struck bool
	underlined     bool
	reversed       bool
}

// cellsOf are the cells of the frame, by lines.
func cellsOf(h *harness) [][]cell {
	h.t.Helper()
	frame, _ := h.m.frame()
	var lines [][]cell
	for line := range strings.SplitSeq(frame, "\n") {
		lines = append(lines, readCells(h.m.Method, line))
	}
	return lines
}

// readCells reads a line with its sequences.
func readCells(method ansi.Method, line string) []cell {
	var cells []cell
	var pen cell
	var state byte
	parser := ansi.NewParser()
	for len(line) > 0 {
		text, width, n, next := method.DecodeSequenceInString(line, state, parser)
		switch {
		case width > 0:
			c := pen
			c.text = text
			cells = append(cells, c)
			for range width - 1 {
				c.text = ""
				cells = append(cells, c)
			}
		case parser.Command() == 'm' && strings.HasPrefix(text, "\x1b["):
			pen = pen.after(parser.Params())
		}
		state, line = next, line[n:]
	}
	return cells
}

// after is how text is drawn after a sequence.
func (c cell) after(params ansi.Params) cell {
	if len(params) == 0 {
		return cell{}
	}
	for i := 0; i < len(params); i++ {
		switch n := params[i].Param(0); {
		case n == 0:
			c = cell{}
		case n == 1:
			c.bold = true
		case n == 2:
			c.faint = true
		case n == 3:
			c.italic = true
		case n == 4:
			c.underlined = true
		case n == 7:
			c.reversed = true
		case n == 9:
			c.struck = true
		case n == 38 || n == 48:
			to := i + 3 // 38;5;n
			if params[i+1].Param(0) == 2 {
				to = i + 5 // 38;2;r;g;b
			}
			var numbers []string
			for _, p := range params[i+1 : to] {
				numbers = append(numbers, fmt.Sprint(p.Param(0)))
			}
			i = to - 1
			if n == 38 {
				c.front = strings.Join(numbers, ";")
			} else {
				c.back = strings.Join(numbers, ";")
			}
		case n >= 30 && n <= 37 || n >= 90 && n <= 97:
			c.front = fmt.Sprint(n)
		default:
			c.front = fmt.Sprintf("unknown sequence %d", n)
		}
	}
	return c
}

// drawnIn is how a colour is written.
func drawnIn(c color.Color) string {
	if c == nil {
		return ""
	}
	return readCells(ansi.WcWidth, ansi.Style{}.ForegroundColor(c).String()+"x")[0].front
}

// index is whose marker a colour is, or -1.
func index(front string) int {
	var n int
	if _, err := fmt.Sscanf(front, "5;%d", &n); err != nil || n < 100 || n >= 100+len(signs) {
		return -1
	}
	return n - 100
}

// sign is how the golden files write how a cell is drawn: whose colour it has, and signs
// for bold, underlined and so on.
func (c cell) sign() string {
	out := "."
	if i := index(c.front); i >= 0 {
		out = signs[i : i+1]
	} else if c.front != "" {
		out = "?" + c.front
	}
	for _, is := range []struct {
		on   bool
		sign string
	}{{c.bold, "*"}, {c.faint, "~"}, {c.italic, "/"}, {c.underlined, "_"}, {c.struck, "-"}, {c.reversed, "!"}, {c.back != "", "#"}} {
		if is.on {
			out += is.sign
		}
	}
	return out
}

// compact writes how cells are drawn: for each line how many cells are alike, and how. A
// line whose text differs from the one without colours comes with its text.
func compact(lines [][]cell, plain []string) string {
	var b strings.Builder
	for y, cells := range lines {
		text := ""
		var runs []string
		for i := 0; i < len(cells); {
			sign, n := cells[i].sign(), 0
			for i < len(cells) && cells[i].sign() == sign {
				text += cells[i].text
				i, n = i+1, n+1
			}
			runs = append(runs, fmt.Sprintf("%d%s", n, sign))
		}
		if last := len(runs) - 1; last >= 0 && strings.HasSuffix(runs[last], ".") {
			runs = runs[:last]
		}
		b.WriteString(strings.Join(runs, " ") + "\n")
		if text != plain[y] {
			b.WriteString("\t" + strings.TrimRight(text, " ") + "\n")
		}
	}
	return b.String()
}

// checkTheme checks that the screen has in a theme the colours of its parts, and is
// otherwise the one that was drawn with markers.
func checkTheme(t *testing.T, name string, h *harness, marked [][]cell, colors draw.Colors) {
	t.Helper()
	h.m.setTheme(colors)
	h.send(struct{}{}) // what was made in other colours is made again
	p := colors.Choice.Palette(colors.Dark, colors.FewColors)
	all := slices.Concat(p.Colors[:], p.Lines[:])
	fronts := make([]string, len(all))
	for i, c := range all {
		fronts[i] = drawnIn(c)
	}
	back := drawnIn(p.Colors[theme.Selected])
	for y, cells := range cellsOf(h) {
		for x, got := range cells {
			want := marked[y][x]
			switch i := index(want.front); {
			case want.back != "" && back == "":
				want.front, want.back, want.reversed = "", "", true
			case i >= 0:
				want.front = fronts[i]
			}
			if want.back != "" {
				want.back = back
			}
			if got != want {
				t.Errorf("%s: %s, dark %v, line %d, column %d: %+v, want %+v", name, colors.Choice.Name, colors.Dark, y, x, got, want)
				return
			}
		}
	}
}

// checkASCII checks that the screen can be drawn with ASCII only, each line as wide as it
// was.
func checkASCII(t *testing.T, name string, h *harness) {
	t.Helper()
	h.m.ASCII = true
	h.m.list.Drawn.Forget()
	h.m.pane.Invalidate()
	if h.m.overlay != nil {
		h.m.overlay.Resize()
	}
	h.send(struct{}{}) // what was cut before is cut again
	h.checkWhole(name + " in ASCII")
	for i, line := range strings.Split(h.screen(), "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%s: line %d is not ASCII: %q", name, i, line)
		}
	}
}
