package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"firstline/ui/draw"
	"firstline/ui/room"
)

// drawn is a frame, and what it was laid out by.
type drawn struct {
	text          string
	width, height int
	pen           *draw.Pen
	layout        room.Layout
	// over is where something is open, framed: in a frame of its own. rows are how many
	// lines that has.
	over   draw.Rectangle
	framed bool
	rows   int
}

// faults are what is wrong with a frame, in words: nothing overlaps or is outside the
// screen, every line has its width, every frame around a room is whole and no text
// touches it, no wide character is cut in half, and no style goes on where it should not.
func (d drawn) faults() []string {
	f := &faultFinder{drawn: d}
	lines := strings.Split(d.text, "\n")
	if len(lines) != d.height {
		f.add("there are %d lines, and %d on the screen", len(lines), d.height)
	}
	for y, line := range lines {
		cells, pen := readLine(d.pen.Method, line)
		if len(cells) != d.width {
			f.add("line %d is %d cells wide, and the screen %d", y, len(cells), d.width)
		}
		if pen != (cell{}) {
			f.add("line %d ends with a style: %s", y, pen.sign())
		}
		if i := strings.IndexFunc(ansi.Strip(line), func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
			f.add("line %d has a control character", y)
		}
		if s := foreign(d.pen.Method, line); s != "" {
			f.add("line %d has a sequence that is no style: %q", y, s)
		}
		f.cells = append(f.cells, cells)
	}
	f.parts()
	if len(f.found) > 0 {
		return f.found // the others would only follow from these
	}
	if d.framed {
		f.box("what is open", d.over, draw.Rectangle{})
	}
	if l := d.layout.List; !l.Empty() {
		f.box("the list", l, d.over)
	}
	if p := d.layout.Pane; !p.Empty() && d.layout.Group.Empty() {
		f.box("the pane", p, d.over)
	}
	return f.found
}

type faultFinder struct {
	drawn
	cells [][]cell
	found []string
}

func (f *faultFinder) add(format string, v ...any) {
	f.found = append(f.found, fmt.Sprintf(format, v...))
}

// parts checks that the parts of the screen are on it and do not overlap.
func (f *faultFinder) parts() {
	l := f.layout
	screen := draw.Rectangle{Width: f.width, Height: f.height}
	parts := []struct {
		name string
		draw.Rectangle
	}{{"header", l.Header}, {"list", l.List}, {"pane", l.Pane}, {"group", l.Group}}
	for i, one := range parts {
		if !one.Empty() && !inside(one.Rectangle, screen) {
			f.add("the %s is outside the screen: %v", one.name, one.Rectangle)
		}
		for _, other := range parts[:i] {
			if overlap(one.Rectangle, other.Rectangle) {
				f.add("%s and %s overlap: %v, %v", other.name, one.name, other.Rectangle, one.Rectangle)
			}
		}
	}
	if f.over.Empty() {
		return
	}
	if !inside(f.over, l.Body) {
		f.add("what is open is outside the middle of the screen: %v, which is %v", f.over, l.Body)
	}
	if f.framed && f.over.X == l.Body.X+1 {
		f.add("what is open has its frame right beside another: %v", f.over)
	}
	if f.rows != f.over.Height {
		f.add("what is open has %d lines, and %d are free", f.rows, f.over.Height)
	}
}

// edges are the signs of frames, marks what may be at the left of a line in one beside a
// blank: that the row or the step has the cursor.
const edges, marks = "┌┐└┘│", " ▌▸"

// box checks that a frame is whole, and that no text touches it, but where something is
// open over it.
func (f *faultFinder) box(name string, box, over draw.Rectangle) {
	right, bottom := box.X+box.Width-1, box.Y+box.Height-1
	check := func(x, y int, wanted string) {
		if inside(draw.Rectangle{X: x, Y: y, Width: 1, Height: 1}, over) {
			return
		}
		edge := strings.Contains(edges, wanted)
		if f.pen.ASCII {
			wanted = f.pen.OnlyASCII(wanted)
		}
		switch c := f.cells[y][x]; {
		case c.text == "":
			f.add("%s: a wide character is cut in half at line %d, column %d", name, y, x)
		case !strings.Contains(wanted, c.text):
			f.add("%s: line %d, column %d has %q and not %q", name, y, x, c.text, wanted)
		case edge && (c.back != "" || c.reversed || c.underlined || c.italic || c.struck):
			f.add("%s: a style goes on over the frame at line %d, column %d: %s", name, y, x, c.sign())
		}
	}
	check(box.X, box.Y, "┌")
	check(right, box.Y, "┐")
	check(box.X, bottom, "└")
	check(right, bottom, "┘")
	for y := box.Y + 1; y < bottom; y++ {
		check(box.X, y, "│")
		check(box.X+1, y, marks)
		check(right-1, y, " ")
		check(right, y, "│")
	}
}

// foreign is the first sequence in a line that is neither a style nor a link; empty
// without one.
func foreign(method ansi.Method, line string) string {
	var state byte
	for len(line) > 0 {
		piece, width, n, next := method.DecodeSequenceInString(line, state, nil)
		style := strings.HasPrefix(piece, "\x1b[") && strings.HasSuffix(piece, "m")
		if width == 0 && piece[0] == '\x1b' && !style && !strings.HasPrefix(piece, "\x1b]8;") {
			return piece
		}
		state, line = next, line[n:]
	}
	return ""
}

// readLine reads a line, and how text after it would be drawn.
func readLine(method ansi.Method, line string) ([]cell, cell) {
	after := readCells(method, line+"x")
	pen := after[len(after)-1]
	pen.text = ""
	return readCells(method, line), pen
}

func inside(r, of draw.Rectangle) bool {
	return r.X >= of.X && r.Y >= of.Y && r.X+r.Width <= of.X+of.Width && r.Y+r.Height <= of.Y+of.Height
}

func overlap(a, b draw.Rectangle) bool {
	return !a.Empty() && !b.Empty() && a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height
}

// checkWhole checks that the frame on the screen has no fault.
func (h *harness) checkWhole(name string) {
	h.t.Helper()
	h.checkFrame(name)
	for _, fault := range h.drawn().faults() {
		h.t.Errorf("%s: %s", name, fault)
	}
}

// drawn is the frame that is on the screen.
func (h *harness) drawn() drawn {
	text, _ := h.m.frame()
	d := drawn{text: text, width: h.m.Width, height: h.m.Height, pen: &h.m.Pen, layout: h.m.Layout}
	if h.m.overlay != nil {
		if lines, area, _ := h.m.overlay.View(); len(lines) > 0 {
			d.over, d.rows, d.framed = area, len(lines), strings.HasPrefix(h.m.Bare(lines[0]), "┌")
		}
	}
	return d
}

// TestFaultsAreFound breaks a frame in each way: what checks frames finds each.
func TestFaultsAreFound(t *testing.T) {
	h := newHarness(t, 120, 30, func(o *Options) {
		newAccount().with(o)
		o.Theme = markers
	})
	withWholeStory(h)
	h.press("m")
	whole := h.drawn()
	list, over := whole.layout.List, whole.over
	right := list.X + list.Width - 1
	if !whole.framed || over.X == list.X || list.Y == over.Y {
		t.Fatalf("what is open is at %v over the list at %v", over, list)
	}
	// put replaces cells of a line from a column on.
	put := func(x, y int, text string) func(*drawn) {
		return func(d *drawn) {
			lines := strings.Split(d.text, "\n")
			end := x + d.pen.WidthOf(text)
			lines[y] = d.pen.Method.Truncate(lines[y], x, "") + text + d.pen.Method.TruncateLeft(lines[y], end, "")
			d.text = strings.Join(lines, "\n")
		}
	}
	line := func(y int, change func(string) string) func(*drawn) {
		return func(d *drawn) {
			lines := strings.Split(d.text, "\n")
			lines[y] = change(lines[y])
			d.text = strings.Join(lines, "\n")
		}
	}
	for _, c := range []struct {
		name   string
		change func(*drawn)
		want   string
	}{
		{"nothing", func(*drawn) {}, ""},
		{"the same again", put(right, list.Y+1, "│"), ""},
		{"the last line is missing", func(d *drawn) { d.text = d.text[:strings.LastIndex(d.text, "\n")] }, "there are 29 lines"},
		{"a line too many", func(d *drawn) { d.text += "\n" + draw.Blanks(120) }, "there are 31 lines"},
		{"a line too wide", line(3, func(s string) string { return s + "x" }), "line 3 is 121 cells wide"},
		{"a line too wide by a wide character", line(3, func(s string) string { return s + "日" }), "line 3 is 122 cells wide"},
		{"a line too short", line(28, func(s string) string { return whole.pen.Method.Truncate(s, 119, "") }), "line 28 is 119 cells wide"},
		{"a style that goes on into the next line", line(2, func(s string) string { return s + "\x1b[7m" }), "line 2 ends with a style"},
		{"a style that goes on over a frame", put(right, list.Y+1, "\x1b[7m│\x1b[m"), "the list: a style goes on over the frame at line 3"},
		{"a background that goes on over a frame", put(right, list.Y+1, "\x1b[48;5;237m│\x1b[m"), "the list: a style goes on over the frame"},
		{"a tab", put(4, 1, "\t"), "line 1 has a control character"},
		{"a sequence that moves the cursor", put(4, 1, "\x1b[2A"), "line 1 has a sequence that is no style"},
		{"a sequence without an end", line(1, func(s string) string { return s + "\x1b[" }), "line 1 "},
		{"a right side with a gap", put(right, list.Y+1, " "), `the list: line 3, column 63 has " " and not "│"`},
		{"a left side with a gap", put(list.X, list.Y+1, " "), "the list: line 3, column 0"},
		{"a corner that is cut", put(right, list.Y, "─"), `the list: line 2, column 63 has "─" and not "┐"`},
		{"a bottom that is gone", put(list.X, list.Y+list.Height-1, "│"), `not "└"`},
		{"text at the right side", put(right-1, list.Y+1, "x"), `the list: line 3, column 62 has "x"`},
		{"text at the left side", put(list.X+1, list.Y+1, "x"), "the list: line 3, column 1 "},
		{"a wide character over a side", put(right-1, list.Y+1, "日"), "the list: line 3, column 62"},
		{"a wide character over the side of what is open", put(over.X-1, over.Y+2, "日"), "what is open: a wide character is cut in half"},
		{"a gap in the side of what is open", put(over.X, over.Y+2, " "), "what is open: line"},
		{"list and pane overlap", func(d *drawn) { d.layout.Pane.X -= 3 }, "list and pane overlap"},
		{"header and list overlap", func(d *drawn) { d.layout.List.Y-- }, "header and list overlap"},
		{"a pane beyond the screen", func(d *drawn) { d.layout.Pane.Width++ }, "the pane is outside the screen"},
		{"something open over the header", func(d *drawn) { d.over.Y = 0 }, "what is open is outside"},
		{"something open with too few lines", func(d *drawn) { d.rows-- }, "what is open has"},
		{"two frames beside each other", func(d *drawn) { d.over.X = 1 }, "right beside another"},
		{"something open that is elsewhere", func(d *drawn) { d.over.X++ }, "what is open: "},
	} {
		broken := whole
		c.change(&broken)
		found := strings.Join(broken.faults(), "\n")
		if c.want == "" && found != "" || !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q, want %q", c.name, found, c.want)
		}
	}
}
