// Package plain writes the screen as lines, one after the other, for screen readers
// and for terminals that can't move their cursor: what has the keys first, words
// instead of marks, and only what is new.
package plain

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"firstline/internal/clean"
)

// The size of the screen from which the lines are taken: so high that nothing is left
// out.
const (
	Width  = 115
	Height = 400
)

// Screen is what can be read at one moment.
type Screen struct {
	// Title names what has the keys, Lines are all of its text.
	Title string
	Lines []string
	// Loose: lines that differ only in numbers, such as ages, say nothing new.
	Loose bool
	// Row is the row under the cursor of a list; it is new when RowKey is.
	Row, RowKey string
	// Status is the line of messages, Counts how many groups there are, Keys what can
	// be pressed.
	Status, Counts, Keys string
}

// Lines finds what is new on a screen.
type Lines struct {
	last Screen
	// open: the last line was begun by what was typed, and has no end yet.
	open bool
}

// New returns what is to be written of a screen after those before it; empty where
// nothing is new.
func (l *Lines) New(s Screen) string {
	s.Status, s.Counts, s.Keys = Words(s.Status), Words(s.Counts), Words(s.Keys)
	var lines []string
	for _, line := range s.Lines {
		if line = Words(line); line != "" && !strings.HasSuffix(strings.ToLower(line), thinking) {
			lines = append(lines, line)
		}
	}
	s.Lines = lines
	before := l.last
	l.last = s
	var out []string
	switch added, typed := typedText(before, s); {
	case s.Title != before.Title:
		out = append(append(out, s.Title+"."), s.Lines...)
		if s.Row != "" {
			out = append(out, s.Row)
		}
		if s.Keys != "" {
			out = append(out, "Keys: "+s.Keys)
		}
	case typed:
		l.open = true
		return added + l.end(others(before, s))
	default:
		out = newLines(before.Lines, s.Lines, s.Loose)
		if s.RowKey != before.RowKey && s.Row != "" {
			out = append(out, s.Row)
		}
	}
	return l.end(append(out, others(before, s)...))
}

// thinking ends a line that another replaces at once.
const thinking = "working it out ..."

// others are the message and the counts, where they are new.
func others(before, s Screen) (out []string) {
	if s.Status != before.Status && s.Status != "" {
		out = append(out, s.Status)
	}
	if s.Counts != before.Counts && s.Counts != "" {
		out = append(out, s.Counts)
	}
	return out
}

// end writes whole lines, after a line that was begun.
func (l *Lines) end(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	begin := ""
	if l.open {
		begin, l.open = "\r\n", false
	}
	return begin + strings.Join(lines, "\r\n") + "\r\n"
}

// typedText is what was added at the end of the only line that differs: what is
// typed is written as it is typed.
func typedText(before, s Screen) (added string, typed bool) {
	if s.Title != before.Title || len(s.Lines) != len(before.Lines) || s.Loose {
		return "", false
	}
	at := -1
	for i := range s.Lines {
		if s.Lines[i] == before.Lines[i] {
			continue
		}
		if at >= 0 {
			return "", false
		}
		at = i
	}
	if at < 0 {
		return "", false
	}
	added, typed = strings.CutPrefix(s.Lines[at], before.Lines[at])
	return added, typed && len([]rune(added)) <= mostTyped
}

// mostTyped is more than one key adds.
const mostTyped = 2

var digits = regexp.MustCompile(`[0-9]+`)

// newLines are those that were not there before. One that is only no longer chosen
// says nothing new.
func newLines(before, now []string, loose bool) (out []string) {
	same := func(line string) string {
		if loose {
			return digits.ReplaceAllString(line, "0")
		}
		return line
	}
	was := map[string]bool{}
	for _, line := range before {
		was[same(line)] = true
		was[same(strings.TrimPrefix(line, chosen))] = true
	}
	for _, line := range now {
		if !was[same(line)] {
			out = append(out, line)
		}
	}
	return out
}

// chosen is before the line that is chosen.
const chosen = "chosen: "

// marks are words for what the screen draws, at the beginning of a line and anywhere.
var (
	leading = []struct{ mark, word string }{
		{"▌", chosen},
		{"●", "selected: "},
		{"✗ ", "failed: "},
		{"✓ ", "done: "},
		{"! ", "caution: "},
		{"· ", ""},
		{"▸ ", "closed: "},
		{"▾ ", "open: "},
		{"[x] ", "ticked: "},
		{"[ ] ", "to do: "},
	}
	anywhere = strings.NewReplacer(
		" · ", ", ", "…", "...", "▲", "above: ", "▼", "below: ", "↓", "down", "↑", "up", "←", "left", "→", "right", "⌫", "backspace",
		"✗", "failed", "✓", "done", "●", "selected", "–", "-",
	)
)

// Words is a line without boxes, marks and colours; empty where nothing is left to
// read.
func Words(line string) string {
	line = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= 0x2500 && r <= 0x259f && r != '▌' || r >= 0x2800 && r <= 0x28ff {
			return ' ' // boxes, blocks, dots
		}
		return r
	}, clean.Line(line)))
	prefix := ""
	for found := true; found; {
		found = false
		for _, m := range leading {
			if rest, has := strings.CutPrefix(line, m.mark); has {
				prefix, line, found = prefix+m.word, strings.TrimSpace(rest), true
			}
		}
	}
	line = strings.Join(strings.Fields(strings.ReplaceAll(anywhere.Replace(line), "▌", " ")), " ")
	if !strings.ContainsFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return prefix + line
}

// Box takes a box apart: its title, and what is within and below. The lines have no
// colours.
func Box(lines []string) (title string, within []string) {
	if len(lines) == 0 {
		return "", nil
	}
	edge := "┌┐└┘─+- "
	within = slices.Clone(lines[1:])
	for i, line := range within {
		within[i] = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	}
	if last := len(within) - 1; last >= 0 {
		within[last] = strings.Trim(within[last], edge)
	}
	return Words(strings.Trim(lines[0], edge)), within
}
