package room

import (
	"fmt"
	"math"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// Reader is something to read over the screen: the help, the messages.
type Reader struct {
	*Screen
	Title  string
	Lines  []string
	Offset int
}

// ReaderKeys are the keys of a Reader.
func ReaderKeys() keymap.Table {
	const at = keymap.InReader
	return keymap.Table{
		keymap.Key(at, keymap.MoveDown, "down").Hinted("*"),
		keymap.Key(at, keymap.MoveUp, "up").Hinted("*"),
		keymap.Key(at, keymap.HalfDown, "half a screen down"),
		keymap.Key(at, keymap.HalfUp, "half a screen up"),
		keymap.Key(at, keymap.GoTop, "first"),
		keymap.Key(at, keymap.GoBottom, "last"),
		keymap.Key(at, keymap.FindInRunbook, "find in the help"),
		keymap.Key(at, keymap.CloseDialog, "close").Hinted("*"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}

// Mode is where the keys of a reader act.
func (r *Reader) Mode() keymap.Mode { return keymap.InReader }

// Paste takes nothing: there is nothing to type.
func (r *Reader) Paste(tea.PasteMsg) tea.Cmd { return nil }

// Key scrolls, or closes the reader.
func (r *Reader) Key(msg tea.KeyPressMsg) tea.Cmd {
	switch c, _ := r.Keys.Command(msg, keymap.InReader); c {
	case keymap.Quit:
		return r.Host.Quit()
	case keymap.CloseDialog:
		r.Host.Close()
	default:
		r.Offset = Moved(r.Offset, c, max(r.area().Height-2, 1))
		r.Clamp()
	}
	return nil
}

// Moved is an offset after a command, where so many rows are on the screen. It
// may be beyond the ends.
func Moved(offset int, c keymap.Command, rows int) int {
	switch c {
	case keymap.MoveDown:
		return offset + 1
	case keymap.MoveUp:
		return offset - 1
	case keymap.HalfDown:
		return offset + max(rows/2, 1)
	case keymap.HalfUp:
		return offset - max(rows/2, 1)
	case keymap.GoTop:
		return 0
	case keymap.GoBottom:
		return math.MaxInt / 2
	}
	return offset
}

// Clamp limits the offset to the lines.
func (r *Reader) Clamp() {
	r.Offset = min(max(r.Offset, 0), max(len(r.Lines)-(r.area().Height-2), 0))
}

// Inside is how wide the lines can be.
func (r *Reader) Inside() int { return r.Layout.Middle(110) - 4 }

func (r *Reader) area() draw.Rectangle {
	body := r.Layout.Body
	width := r.Layout.Middle(110)
	height := min(body.Height, len(r.Lines)+2)
	return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y + (body.Height-height)/2, Width: width, Height: height}
}

// View draws the lines that are on the screen.
func (r *Reader) View() ([]string, draw.Rectangle, *tea.Cursor) {
	area := r.area()
	var lines []string
	from := min(r.Offset, max(len(r.Lines)-(area.Height-2), 0))
	for _, l := range r.Lines[from:min(from+area.Height-2, len(r.Lines))] {
		lines = append(lines, " "+r.Fit(l, area.Width-4)+" ")
	}
	footer := ""
	if len(r.Lines) > area.Height-2 {
		footer = r.Theme.Of(draw.Dim).On(fmt.Sprintf("%d–%d of %d", from+1, from+len(lines), len(r.Lines)))
	}
	return r.Box(area, r.Theme.Of(draw.Strong).On(r.Title), footer, true, lines), area, nil
}

// Indented puts two blanks before each line.
func Indented(lines []string) []string {
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}
