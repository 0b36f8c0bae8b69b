// Package load shows what on-call cost, from the stored history.
package load

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/report"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Reader computes the report of a time up to now. Its calls are made off the loop.
type Reader func(ctx context.Context, back time.Duration) (report.Report, error)

// Options are what the room needs besides the screen.
type Options struct {
	Read Reader
}

const day = 24 * time.Hour

// times are how far back a report can go.
var times = []time.Duration{7 * day, 30 * day, 90 * day}

// Room shows the report.
type Room struct {
	*room.Screen
	options Options
	// at is how far back it goes, in times.
	at      int
	reading reply.Loader
	// stop ends the reading that is under way.
	stop context.CancelFunc
	// content is what was read.
	content *content
	lines   []string
	offset  int
}

// Table is the key that opens the report.
func Table(read Reader) keymap.Table {
	why := func() string {
		if read == nil {
			return "nothing can be stored on this machine"
		}
		return ""
	}
	return keymap.Table{keymap.Key(keymap.InNormal, keymap.ShowReport, "the load of on-call").In(keymap.GroupRest).Unless(why)}
}

// Keys are the keys of the report.
func Keys() keymap.Table {
	const at = keymap.InLoad
	return keymap.Table{
		keymap.Key(at, keymap.MoreTime, "more time").Hinted("*"),
		keymap.Key(at, keymap.LessTime, "less time").Hinted("*"),
		keymap.Key(at, keymap.MoveDown, "down").Hinted("*"),
		keymap.Key(at, keymap.MoveUp, "up").Hinted("*"),
		keymap.Key(at, keymap.HalfDown, "half a screen down"),
		keymap.Key(at, keymap.HalfUp, "half a screen up"),
		keymap.Key(at, keymap.GoTop, "first"),
		keymap.Key(at, keymap.GoBottom, "last"),
		keymap.Key(at, keymap.Refresh, "read again"),
		keymap.Key(at, keymap.CloseDialog, "close").Hinted("*"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}

// New opens the report of the last 30 days.
func New(s *room.Screen, o Options) (*Room, tea.Cmd) {
	r := &Room{Screen: s, options: o, at: 1}
	return r, r.read()
}

// read reads the history off the loop.
func (r *Room) read() tea.Cmd {
	r.end()
	ctx, stop := context.WithCancel(r.Context)
	r.stop = stop
	read, back := r.options.Read, times[r.at]
	cmd := reply.Replace(&r.reading, func() *content {
		defer stop()
		return contentOf(read(ctx, back))
	}, reply.Nothing(func(c *content) {
		r.content = c
		r.offset = 0
		r.Resize()
	}))
	r.Resize()
	return cmd
}

// end ends the reading that is under way.
func (r *Room) end() {
	if r.stop != nil {
		r.stop()
	}
}

// Mode is where its keys act.
func (r *Room) Mode() keymap.Mode { return keymap.InLoad }

// Paste takes nothing: there is nothing to type.
func (r *Room) Paste(tea.PasteMsg) tea.Cmd { return nil }

// Key takes a key press.
func (r *Room) Key(msg tea.KeyPressMsg) tea.Cmd {
	switch c, _ := r.Keys.Command(msg, keymap.InLoad); c {
	case keymap.Quit:
		r.end()
		return r.Host.Quit()
	case keymap.CloseDialog:
		r.end()
		r.reading.Drop()
		r.Host.Close()
	case keymap.MoreTime:
		return r.change(1)
	case keymap.LessTime:
		return r.change(-1)
	case keymap.Refresh:
		return r.read()
	default:
		r.offset = room.Moved(r.offset, c, r.rows())
		r.clamp()
	}
	return nil
}

// change makes the time longer or shorter.
func (r *Room) change(by int) tea.Cmd {
	if next := r.at + by; next >= 0 && next < len(times) {
		r.at = next
		return r.read()
	}
	r.Say(room.Info, fmt.Sprintf("The report has %d to %d days; `firstline report --since` takes any time.", times[0]/day, times[len(times)-1]/day))
	return nil
}

// widest is how wide the report is at most.
const widest = 170

func (r *Room) area() draw.Rectangle {
	body := r.Layout.Body
	width := r.Layout.Middle(widest)
	return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y, Width: width, Height: body.Height}
}

func (r *Room) rows() int { return max(r.area().Height-2, 1) }

func (r *Room) clamp() { r.offset = min(max(r.offset, 0), max(len(r.lines)-r.rows(), 0)) }

// Resize draws the report for another size or theme.
func (r *Room) Resize() {
	r.lines = r.drawn(r.area().Width - 4)
	r.clamp()
}

// View returns the lines that are on the screen.
func (r *Room) View() ([]string, draw.Rectangle, *tea.Cursor) {
	area := r.area()
	from := min(r.offset, max(len(r.lines)-r.rows(), 0))
	shown := r.lines[from:min(from+r.rows(), len(r.lines))]
	lines := make([]string, 0, r.rows())
	for _, l := range shown {
		lines = append(lines, " "+r.Fit(l, area.Width-4)+" ")
	}
	for len(lines) < r.rows() {
		lines = append(lines, draw.Blanks(area.Width-2))
	}
	footer := ""
	if len(r.lines) > len(shown) {
		footer = r.Theme.Of(draw.Dim).On(fmt.Sprintf("%d–%d of %d", from+1, from+len(shown), len(r.lines)))
	}
	title := fmt.Sprintf("On-call load, %d days", times[r.at]/day)
	return r.Box(area, r.Theme.Of(draw.Strong).On(title), footer, true, lines), area, nil
}
