// Package draw turns text into cells: colours, widths, boxes, and the part of
// many rows that is on the screen. It knows nothing of what is drawn.
//
// Text that comes from outside is cleaned (internal/clean) before it gets here.
package draw

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/wallclock"
)

// Pen draws text: it knows the colours, how the terminal measures, and the time
// zone.
type Pen struct {
	Theme *Theme
	// ASCII: the terminal has no other characters. What is drawn is written for all, and
	// OnlyASCII is the last step of a frame.
	ASCII bool
	// Plain: the screen is read line by line. No text is cut or broken, and no two things
	// are beside each other.
	Plain bool
	// Method is how the terminal counts the cells of wide characters.
	Method ansi.Method
	// Location is the time zone in which times are shown.
	Location *time.Location
}

// WidthOf is how many cells text takes; escape sequences take none.
func (s *Pen) WidthOf(text string) int {
	if printableASCII(text) {
		return len(text)
	}
	return s.Method.StringWidth(text)
}

// printableASCII: then every byte is one cell, and nothing needs measuring.
// Measuring is most of what drawing a frame costs.
func printableASCII(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < 0x20 || text[i] > 0x7e {
			return false
		}
	}
	return true
}

// Cut shortens text to width cells, the last an ellipsis when something went.
func (s *Pen) Cut(text string, width int) string {
	if s.Plain {
		return text
	}
	if width <= 0 {
		return ""
	}
	if printableASCII(text) {
		if len(text) <= width {
			return text
		}
		return text[:width-1] + ellipsis
	}
	// The library cuts by clusters and measures by characters: where a
	// terminal does not join emoji, what it leaves can be too wide.
	short := s.Method.Truncate(text, width, ellipsis)
	for less := width - 1; less > 0 && s.WidthOf(short) > width; less-- {
		short = s.Method.Truncate(text, less, ellipsis)
	}
	if s.WidthOf(short) > width {
		return ""
	}
	return short
}

// ellipsis ends what is cut.
const ellipsis = "…"

// Fit makes text exactly width cells wide: cut or filled with spaces.
func (s *Pen) Fit(text string, width int) string {
	text = s.Cut(text, width)
	if missing := width - s.WidthOf(text); missing > 0 {
		text += strings.Repeat(" ", missing)
	}
	return text
}

// FitRight is fit with the text at the right.
func (s *Pen) FitRight(text string, width int) string {
	text = s.Cut(text, width)
	if missing := width - s.WidthOf(text); missing > 0 {
		text = strings.Repeat(" ", missing) + text
	}
	return text
}

// Wrap breaks plain text into lines of at most width cells, at spaces where it
// can. Line breaks in it stay, and names such as "mail-0" are whole where they fit.
func (s *Pen) Wrap(text string, width int) []string {
	const dash = "\ue000" // the library would break after "-"
	switch {
	case s.Plain:
		return strings.Split(text, "\n")
	case width <= 0:
		return nil
	case strings.Contains(text, dash):
		return s.HardWrap(text, width)
	}
	text = strings.ReplaceAll(s.Method.Wrap(strings.ReplaceAll(text, "-", dash), width, ""), dash, "-")
	// It leaves a few lines too long by a blank or a column.
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if line := strings.TrimRight(lines[i], " "); s.WidthOf(lines[i]) > width && s.WidthOf(line) <= width {
			lines[i] = line
		} else if s.WidthOf(lines[i]) > width {
			lines = slices.Replace(lines, i, i+1, s.HardWrap(lines[i], width)...)
		}
	}
	return lines
}

// Span is a piece of text in one role.
type Span struct {
	Text string
	Role Role
}

// Spans draws pieces one after another.
func (s *Pen) Spans(pieces ...Span) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(s.Theme.Of(p.Role).On(p.Text))
	}
	return b.String()
}

// Age is how long ago something was, in at most four cells: 42s, 12m, 3h, 2d.
func Age(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	default:
		return strconv.Itoa(min(int(d/(24*time.Hour)), 999)) + "d"
	}
}

// SourceAge is the age of what a source said. Seconds count longer here: 76s
// says more about a poll than 1m.
func SourceAge(d time.Duration) string {
	if d >= 0 && d < 2*time.Minute {
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return Age(d)
}

// Clock is a time of day for people, with the day where the hour alone could
// be another day's.
func (s *Pen) Clock(t, now time.Time) string { return s.Times().Near(t, now) }

// Times writes times in the zone of the screen, which the header names.
func (s *Pen) Times() wallclock.Clock { return wallclock.In(s.Location) }

// Bare is text without its colours.
func (s *Pen) Bare(text string) string { return ansi.Strip(text) }

// Slice is the cells of plain text from one column up to another. A wide
// character that does not fit whole becomes blanks.
func (s *Pen) Slice(text string, from, to int) string {
	var b strings.Builder
	var state byte
	at := from // the column that is written next
	for column := 0; len(text) > 0 && column < to; {
		piece, width, n, next := s.Method.DecodeSequenceInString(text, state, nil)
		if column >= from && column+width <= to && width > 0 {
			b.WriteString(Blanks(column-at) + piece)
			at = column + width
		}
		column += width
		state, text = next, text[n:]
	}
	return b.String() + Blanks(to-at)
}

// From is the part of a coloured line from a column on, with its colours. What
// would be cut becomes blank.
func (s *Pen) From(text string, from int) string {
	var b strings.Builder
	var state byte
	at := from
	for column := 0; len(text) > 0; {
		piece, width, n, next := s.Method.DecodeSequenceInString(text, state, nil)
		switch {
		case width == 0:
			b.WriteString(piece) // a colour
		case column >= from:
			b.WriteString(Blanks(column-at) + piece)
			at = column + width
		}
		column += width
		state, text = next, text[n:]
	}
	return b.String()
}

// Paragraph wraps clean text in one role. The text after a mark such as "! " is
// under its text.
func (s *Pen) Paragraph(text string, width int, style Role) []string {
	mark := ""
	for _, m := range []string{"! ", "✗ ", "✓ "} {
		if strings.HasPrefix(text, m) {
			mark = m
		}
	}
	edge := s.WidthOf(mark)
	lines := s.Wrap(strings.TrimPrefix(text, mark), width-edge)
	for i, l := range lines {
		if i > 0 {
			mark = Blanks(edge)
		}
		lines[i] = s.Theme.Of(style).On(mark + l)
	}
	return lines
}

// Item is a paragraph with a bullet.
func (s *Pen) Item(text string, width int) []string {
	lines := s.Wrap(text, width-4)
	for i, l := range lines {
		if i == 0 {
			lines[i] = s.Theme.Of(Dim).On("  · ") + l
		} else {
			lines[i] = "    " + l
		}
	}
	return lines
}

// HardWrap breaks text anywhere, so that each blank of it is seen.
func (s *Pen) HardWrap(text string, width int) []string {
	if s.Plain {
		return strings.Split(text, "\n")
	}
	return strings.Split(s.Method.Hardwrap(text, max(width, 1), true), "\n")
}

// Row draws pieces beside each other. Blanks take the style of the piece before
// them, which saves bytes on the way to the terminal.
func (s *Pen) Row(selected bool, pieces ...Span) string {
	var b strings.Builder
	last := Style("")
	for _, p := range pieces {
		style := s.Theme.OnRow(p.Role, selected)
		if style != last && strings.TrimLeft(p.Text, " ") != "" {
			if last != "" {
				b.WriteString(ansi.ResetStyle)
			}
			b.WriteString(string(style))
			last = style
		}
		b.WriteString(p.Text)
	}
	if last != "" {
		b.WriteString(ansi.ResetStyle)
	}
	return b.String()
}

// CutSpans is as many of the pieces as have room, the last one cut.
func (s *Pen) CutSpans(list []Span, width int) []Span {
	for i, p := range list {
		w := s.WidthOf(p.Text)
		if w <= width {
			width -= w
			continue
		}
		// An ellipsis behind two characters says nothing.
		if p.Text = s.Cut(p.Text, width); s.WidthOf(p.Text) > 6 {
			return append(list[:i:i], p)
		}
		return list[:i:i]
	}
	return list
}

// WidthOfSpans is how many cells the pieces take together.
func (s *Pen) WidthOfSpans(list []Span) int {
	n := 0
	for _, p := range list {
		n += s.WidthOf(p.Text)
	}
	return n
}

// Whole is as many of the pieces between dots as have room, at least the first: half a word
// of a hint says nothing.
func (s *Pen) Whole(text string, width int) string {
	for s.WidthOf(text) > width {
		at := strings.LastIndex(text, " · ")
		if at < 0 {
			break
		}
		text = text[:at]
	}
	return text
}

// Blanks are n spaces.
func Blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

// Join joins the parts that are not empty.
func Join(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), separator)
}

// PieceAt is the piece of a plain line at a column, where two blanks or a dot are
// between pieces: "enter sends", of "[ Send ]  enter sends · esc closes".
func (s *Pen) PieceAt(line string, column int) string {
	for column >= 0 {
		piece, rest, more := strings.Cut(line, "  ")
		gap := 2
		if before, after, dot := strings.Cut(line, " · "); dot && len(before) < len(piece) {
			piece, rest, gap, more = before, after, 3, true
		}
		width := s.WidthOf(piece)
		switch {
		case column < width:
			return strings.TrimSpace(piece)
		case !more:
			return ""
		}
		line, column = rest, column-width-gap
	}
	return ""
}
