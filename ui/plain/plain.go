// Package plain writes the screen as lines, one after the other, for screen readers
// and for terminals that can't move their cursor: what has the keys first, words
// instead of marks, and only what is new.
package plain

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// The size of the screen from which the lines are taken: so large that nothing is left
// out, and no sentence is broken.
const (
	Width  = 500
	Height = 400
)

// Screen is what can be read at one moment.
type Screen struct {
	// Title names what has the keys, Lines are all of its text.
	Title string
	Lines []string
	// Over: it is open over another screen, which is come back to.
	Over bool
	// Loose: lines that differ only in numbers, such as ages, say nothing new.
	Loose bool
	// Row is the row under the cursor of a list.
	Row Row
	// Tab is which tab enter reads.
	Tab string
	// Input is what is typed into; without a label nothing is.
	Input room.Input
	// Status is the line of messages, Counts how many groups there are, Keys what can
	// be pressed.
	Status, Counts, Keys string

	// indents are how far the lines are from the left edge; begins: a blank or a field was
	// above the line.
	indents []int
	begins  []bool
}

// Row is a row of a list. What is new of the row that was read last is said alone.
type Row struct {
	// ID is whose row it is, Name a short name of it, Position where it is: "1 of 8".
	ID, Name, Position string
	// Parts are what it says, Ages what changes all the time, which is no news.
	Parts, Ages []string
}

// Lines finds what is new on a screen.
type Lines struct {
	last Screen
	// under is the last screen that was over no other.
	under Screen
	// open: the line of what is typed is the last one, and has no end yet.
	open bool
	// wrote is the line that was written last.
	wrote string
	// found is the text that was typed when the lines were said last.
	found string
	// keys are the lines of keys that were written: each is once.
	keys map[string]bool
}

// New returns what is to be written of a screen after those before it; empty where
// nothing is new. typing: keys come one after the other, so that nothing but what they
// type is said yet.
func (l *Lines) New(s Screen, typing bool) string {
	s = inWords(s)
	before := l.last
	there := s.Title == before.Title && s.Input.Label == before.Input.Label
	if typing && there && s.Input.Label != "" {
		l.last.Input = s.Input
		return l.typed(before.Input.Text, s.Input)
	}
	l.last = s
	defer func() {
		if !s.Over {
			l.under = s
		}
	}()
	text := ""
	var news []string
	if there {
		text = l.typed(before.Input.Text, s.Input)
		news = append(l.newLines(before, s), s.Row.news(before.Row)...)
	} else {
		news = append([]string{s.Title + "."}, s.Lines...)
		switch {
		case s.Title == before.Title: // only its field is another
			news = l.newLines(before, s)
		case !s.Over && s.Title == l.under.Title:
			news = append([]string{s.Title + "."}, l.newLines(l.under, s)...)
		}
		news = append(news, s.Row.whole()...)
		news = append(news, l.keysOnce(s.Keys)...)
	}
	text += l.whole(append(news, others(before, s)...))
	if !there && s.Input.Label != "" {
		text += l.prompt(s.Input)
	}
	return text
}

// inWords is a screen without marks.
func inWords(s Screen) Screen {
	s.Status, s.Counts, s.Keys = Words(s.Status), Words(s.Counts), Words(s.Keys)
	s.Title, s.Input.Label = Words(s.Title), Words(s.Input.Label)
	s.Input.Text = clean.Text(s.Input.Text)
	var lines []string
	s.indents, s.begins = nil, nil
	begins := true
	for _, line := range s.Lines {
		words := Words(line)
		begins = begins || words == "" || words == s.Input.Label
		if words == "" || words == s.Input.Label || isThinking(words) {
			continue
		}
		s.begins, begins = append(s.begins, begins), false
		lines, s.indents = append(lines, words), append(s.indents, utf8.RuneCountInString(line)-utf8.RuneCountInString(strings.TrimLeft(line, edges)))
	}
	s.Lines = lines
	return s
}

// isThinking reports whether a line is one that another replaces at once.
func isThinking(line string) bool {
	return strings.HasSuffix(strings.ToLower(line), "working it out ...") || strings.HasSuffix(line, ", ...")
}

// keysOnce are the keys, where they were not said before.
func (l *Lines) keysOnce(keys string) []string {
	if keys == "" || l.keys[keys] {
		return nil
	}
	if l.keys == nil {
		l.keys = map[string]bool{}
	}
	l.keys[keys] = true
	return []string{"Keys: " + keys}
}

// whole is all of a row.
func (r Row) whole() []string {
	text := draw.Join(": ", r.Position, draw.Join(", ", append(slices.Clone(r.Parts), r.Ages...)...))
	if text = Words(text); text == "" {
		return nil
	}
	return []string{text}
}

// news is what a row says that it did not say before.
func (r Row) news(before Row) []string {
	if r.ID != before.ID || r.Name == "" {
		if r.ID == before.ID && slices.Equal(r.Parts, before.Parts) {
			return nil
		}
		return r.whole()
	}
	var parts []string
	for _, p := range r.Parts {
		if p != "" && !slices.Contains(before.Parts, p) {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		for _, p := range before.Parts {
			if p != "" && !slices.Contains(r.Parts, p) {
				parts = append(parts, "no longer "+p)
			}
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{Words(r.Name + ": " + draw.Join(", ", parts...))}
}

// others are the tab, the message and the counts, where they are new. A title may have
// the tab's name already.
func others(before, s Screen) (out []string) {
	if s.Tab != before.Tab && before.Tab != "" && !strings.HasPrefix(s.Title, s.Tab) {
		out = append(out, "Tab: "+s.Tab)
	}
	if s.Status != before.Status && s.Status != "" {
		out = append(out, s.Status)
	}
	if s.Counts != before.Counts && s.Counts != "" {
		out = append(out, s.Counts)
	}
	return out
}

// whole writes whole lines, after a line that was begun. None is the same as the one
// before it.
func (l *Lines) whole(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		if line == l.wrote {
			continue
		}
		if l.open {
			b.WriteString("\r\n")
		}
		b.WriteString(line + "\r\n")
		l.open, l.wrote = false, line
	}
	return b.String()
}

// prompt begins a line for what is typed.
func (l *Lines) prompt(i room.Input) string {
	begin := ""
	if l.open {
		begin = "\r\n"
	}
	l.open, l.wrote = true, i.Label+": "+i.Text
	return begin + strings.ReplaceAll(l.wrote, "\n", "\r\n")
}

// typed is what was typed since before: what was added at the end by itself, else the
// line again.
func (l *Lines) typed(before string, i room.Input) string {
	if i.Label == "" || i.Text == before {
		return ""
	}
	added, longer := strings.CutPrefix(i.Text, before)
	if !l.open || !longer {
		return l.prompt(i)
	}
	l.wrote += added
	return strings.ReplaceAll(added, "\n", "\r\n")
}

var digits = lazyregexp.New(`[0-9]+`)

// newLines are the lines of a screen that it did not have before. One that is only no
// longer chosen says nothing new. One below a line that was there before
// says that line too. Where what is typed has only left fewer lines, all of these are new.
func (l *Lines) newLines(before, s Screen) (out []string) {
	same := func(line string) string {
		if s.Loose {
			return digits.ReplaceAllString(line, "0")
		}
		return line
	}
	was := map[string]bool{}
	for _, line := range before.Lines {
		was[same(line)] = true
		was[same(strings.TrimPrefix(line, chosen))] = true
	}
	of := -1
	for i, line := range s.Lines {
		if was[same(line)] {
			continue
		}
		above := s.above(i)
		if above >= 0 && above != of && was[same(s.Lines[above])] {
			line = s.Lines[above] + ": " + line
		}
		of = above
		out = append(out, line)
	}
	if len(out) == 0 && len(s.Lines) < len(before.Lines) && s.Input.Text != l.found {
		out = s.Lines
	}
	l.found = s.Input.Text
	return out
}

// above is the line that one belongs to: the last before it that is further left, with
// no blank between them; else -1.
func (s *Screen) above(line int) int {
	for at := line; at > 0 && !s.begins[at]; {
		if at--; s.indents[at] < s.indents[line] {
			return at
		}
	}
	return -1
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
		{"CRIT ", "critical, "},
		{"ERR ", "error, "},
		{"WARN ", "warning, "},
	}
	button = lazyregexp.New(`\[ ([^\[\]]+) \]`)
	// gap is between two things in one line.
	gap = lazyregexp.New(`([,:;.]?) {2,}`)
	// pieces are commas with nothing between them.
	pieces   = lazyregexp.New(` *,( *,)* +`)
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
	line = button.ReplaceAllString(anywhere.Replace(line), "button $1")
	line = gap.ReplaceAllStringFunc(strings.TrimSpace(strings.ReplaceAll(line, "▌", " ")), func(blanks string) string {
		if end := strings.TrimSpace(blanks); end != "" {
			return end + " "
		}
		return ", "
	})
	line = pieces.ReplaceAllString(line, ", ")
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

// Without is a box with one blank in place of the rows around one that show a text which
// is typed.
func Without(box []string, at int, text string) []string {
	if at <= 0 || at >= len(box) {
		return box
	}
	text = strings.Join(strings.Fields(text), " ")
	of := func(row int) bool {
		line := strings.Join(strings.Fields(strings.Trim(strings.TrimSpace(box[row]), edges)), " ")
		return strings.Contains(text, line)
	}
	from, to := at, at+1
	for from > 1 && of(from-1) {
		from--
	}
	for to < len(box)-1 && of(to) {
		to++
	}
	return slices.Replace(slices.Clone(box), from, to, "")
}

// edges are what a box and a field in it are drawn with.
const edges = "│|█▌●✗✓ "
