package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/triage/filter"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// reader shows something to read over the screen: the help, the messages.
type reader struct {
	*shared
	title  string
	lines  []string
	offset int
}

func (r *reader) area() draw.Rectangle {
	body := r.Layout.Body
	width := min(body.Width, 110)
	height := min(body.Height, len(r.lines)+2)
	return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y + (body.Height-height)/2, Width: width, Height: height}
}

// update answers a key; closed says that the responder is done.
func (r *reader) update(c keymap.Command) (closed bool) {
	if c == keymap.CloseDialog {
		return true
	}
	r.move(c, max(r.area().Height-2, 1))
	r.clamp()
	return false
}

// move scrolls by a command, where a page has so many rows. It may go beyond
// the ends.
func (r *reader) move(c keymap.Command, page int) {
	switch c {
	case keymap.MoveDown:
		r.offset++
	case keymap.MoveUp:
		r.offset--
	case keymap.HalfDown:
		r.offset += max(page/2, 1)
	case keymap.HalfUp:
		r.offset -= max(page/2, 1)
	case keymap.GoTop:
		r.offset = 0
	case keymap.GoBottom:
		r.offset = math.MaxInt / 2
	}
}

func (r *reader) clamp() {
	r.offset = min(max(r.offset, 0), max(len(r.lines)-(r.area().Height-2), 0))
}

func (r *reader) draw() ([]string, draw.Rectangle) {
	area := r.area()
	var lines []string
	from := min(r.offset, max(len(r.lines)-(area.Height-2), 0))
	for _, l := range r.lines[from:min(from+area.Height-2, len(r.lines))] {
		lines = append(lines, " "+r.Fit(l, area.Width-4)+" ")
	}
	footer := ""
	if len(r.lines) > area.Height-2 {
		footer = r.Theme.Of(draw.Dim).On(fmt.Sprintf("%d–%d of %d", from+1, from+len(lines), len(r.lines)))
	}
	return r.Box(area, r.Theme.Of(draw.Strong).On(r.title), footer, true, lines), area
}

// helpTitle is the title of the full help.
const helpTitle = "Keys"

// newHelp is the full help, made of the keymap. A key that can't act now says
// why.
func (m *Model) newHelp() *reader {
	r := &reader{shared: m.shared, title: helpTitle}
	width := min(m.Layout.Body.Width, 110) - 4
	for _, group := range []string{keymap.GroupAct, keymap.GroupMove, keymap.GroupRunbook, keymap.GroupFind, keymap.GroupRest} {
		if len(r.lines) > 0 {
			r.lines = append(r.lines, "")
		}
		r.lines = append(r.lines, m.Theme.Of(draw.Accent).On(group))
		for _, e := range m.Keys {
			if e.Group != group {
				continue
			}
			h := e.Binding.Help()
			line := "  " + m.Theme.Of(draw.Strong).On(m.Fit(h.Key, 8)) + "  " + h.Desc
			if why := e.Refuses(); why != "" {
				line = "  " + m.Theme.Of(draw.Dim).On(m.Fit(h.Key, 8)+"  "+h.Desc+": "+why)
			}
			r.lines = append(r.lines, line)
		}
	}
	r.lines = append(r.lines, "", m.Theme.Of(draw.Accent).On("Filter"))
	help := "Words match any text. name=value, name!=value, name=~regexp and name!~regexp match fields and labels; " +
		"age>10m compares. All parts must hold."
	r.lines = append(r.lines, indent(m.Wrap(help, width-2))...)
	if fields := filter.Fields(); len(fields) > 0 {
		r.lines = append(r.lines, indent(m.Wrap("Fields and flags: "+strings.Join(fields, ", "), width-2))...)
	}
	r.lines = append(r.lines, "", m.Theme.Of(draw.Accent).On("Marks"))
	for _, mark := range [][2]string{
		{"▌", "the cursor"},
		{"●", "selected: an action is about all of these"},
		{"?", "a source of this row does not answer; the row may be out of date"},
		{"gone", "no longer reported; the row goes once the cursor leaves it"},
	} {
		r.lines = append(r.lines, "  "+m.Theme.Of(draw.Strong).On(m.Fit(mark[0], 8))+"  "+mark[1])
	}
	return r
}

func indent(lines []string) []string {
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// newMessages is the history of messages, the latest first, after the sources.
func (m *Model) newMessages() *reader {
	r := &reader{shared: m.shared, title: "Sources and messages"}
	width := min(m.Layout.Body.Width, 110) - 4
	for _, name := range m.board.order {
		s := m.board.snapshots[name]
		line := m.Spans(draw.Span{Text: m.Fit(clean.Line(name), 16) + " ", Role: draw.Strong}, draw.Span{Text: m.Fit(string(s.Source.Kind), 13), Role: draw.Dim})
		switch {
		case s.Err != nil:
			line += m.Theme.Of(draw.Critical).On("✗ failing since " + m.Clock(s.FailingSince, m.Now))
			if !s.AsOf.IsZero() {
				line += ", shown as of " + m.Clock(s.AsOf, m.Now)
			}
		case s.AsOf.IsZero():
			line += "not read yet"
		default:
			line += m.Theme.Of(draw.Good).On("✓") + " read at " + s.AsOf.In(m.Location).Format("15:04:05")
		}
		r.lines = append(r.lines, line)
		if s.Err != nil {
			r.lines = append(r.lines, indent(m.sentence(s.Err, width-2))...)
		}
	}
	r.lines = append(r.lines, "")
	if len(m.Messages.History) == 0 {
		r.lines = append(r.lines, m.Theme.Of(draw.Dim).On("No messages yet"))
	}
	for _, msg := range slices.Backward(m.Messages.History) {
		mark, look := msg.Level.Mark()
		at := msg.At.In(m.Location).Format("15:04:05")
		for i, l := range m.Wrap(msg.Text, width-12) {
			if i > 0 {
				at, mark = "", " "
			}
			r.lines = append(r.lines, m.Theme.Of(draw.Dim).On(m.Fit(at, 10))+m.Theme.Of(look).On(mark)+" "+l)
		}
	}
	return r
}
