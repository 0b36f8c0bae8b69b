package ui

import (
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// widthOf is how many cells text takes; escape sequences take none.
func (s *shared) widthOf(text string) int {
	if printableASCII(text) {
		return len(text)
	}
	return s.method.StringWidth(text)
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

// cut shortens text to width cells, the last an ellipsis when something went.
func (s *shared) cut(text string, width int) string {
	if width <= 0 {
		return ""
	}
	if printableASCII(text) {
		if len(text) <= width {
			return text
		}
		return text[:width-1] + "…"
	}
	// The library cuts by clusters and measures by characters: where a
	// terminal does not join emoji, what it leaves can be too wide.
	short := s.method.Truncate(text, width, "…")
	for less := width - 1; less > 0 && s.widthOf(short) > width; less-- {
		short = s.method.Truncate(text, less, "…")
	}
	if s.widthOf(short) > width {
		return ""
	}
	return short
}

// fit makes text exactly width cells wide: cut or filled with spaces.
func (s *shared) fit(text string, width int) string {
	text = s.cut(text, width)
	if missing := width - s.widthOf(text); missing > 0 {
		text += strings.Repeat(" ", missing)
	}
	return text
}

// fitRight is fit with the text at the right.
func (s *shared) fitRight(text string, width int) string {
	text = s.cut(text, width)
	if missing := width - s.widthOf(text); missing > 0 {
		text = strings.Repeat(" ", missing) + text
	}
	return text
}

// wrap breaks plain text into lines of at most width cells, at spaces where it
// can. Line breaks in it stay.
func (s *shared) wrap(text string, width int) []string {
	if width <= 0 {
		return nil
	}
	return strings.Split(s.method.Wrap(text, width, ""), "\n")
}

// span is a piece of text in one role.
type span struct {
	text string
	role role
}

// spans draws pieces one after another.
func (s *shared) spans(pieces ...span) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(s.theme.of(p.role).on(p.text))
	}
	return b.String()
}

// age is how long ago something was, in at most four cells: 42s, 12m, 3h, 2d.
func age(d time.Duration) string {
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

// sourceAge is the age of what a source said. Seconds count longer here: 76s
// says more about a poll than 1m.
func sourceAge(d time.Duration) string {
	if d >= 0 && d < 2*time.Minute {
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return age(d)
}

// clock is a time of day for people, with the day where the hour alone could
// be another day's.
func (s *shared) clock(t, now time.Time) string {
	gap := t.Sub(now)
	t = t.In(s.location)
	switch {
	case gap < 18*time.Hour && gap > -12*time.Hour:
		return t.Format("15:04")
	case gap < 6*24*time.Hour && gap > -6*24*time.Hour:
		return t.Format("Mon 15:04")
	}
	return t.Format("2 Jan 15:04")
}

// bare is text without its colours.
func (s *shared) bare(text string) string { return ansi.Strip(text) }

// slice is the cells of plain text from one column up to another. A wide
// character that does not fit whole becomes blanks.
func (s *shared) slice(text string, from, to int) string {
	var b strings.Builder
	var state byte
	at := from // the column that is written next
	for column := 0; len(text) > 0 && column < to; {
		piece, width, n, next := s.method.DecodeSequenceInString(text, state, nil)
		if column >= from && column+width <= to && width > 0 {
			b.WriteString(blanks(column-at) + piece)
			at = column + width
		}
		column += width
		state, text = next, text[n:]
	}
	return b.String() + blanks(to-at)
}
