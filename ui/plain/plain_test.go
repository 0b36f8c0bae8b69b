package plain

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"firstline/ui/room"
)

func TestWords(t *testing.T) {
	for line, want := range map[string]string{
		"":                                  "",
		"│  │":                              "",
		"━━ Meaning ━━━━":                   "Meaning",
		"▌ ● a  acknowledge":                "chosen: selected: a, acknowledge",
		"CRIT  checkout  Errors":            "critical, checkout, Errors",
		"10:13  · Press enter":              "10:13, Press enter",
		" [ Send ]  enter sends":            "button Send, enter sends",
		"12 %  30 %":                        "12 %, 30 %",
		"State:  firing":                    "State: firing",
		"✗ No source can be read":           "failed: No source can be read",
		" ! alertmanager: no answer":        "caution: alertmanager: no answer",
		"│ │ IMPORTANT │":                   "IMPORTANT",
		"[x] 1 Check the deploy":            "ticked: 1 Check the deploy",
		"↓ ↑ choose · enter takes it":       "down up choose, enter takes it",
		"⣿⣿⣀ 5 %":                           "5 %",
		"▼ 3 lines more, pgdn":              "below: 3 lines more, pgdn",
		"a\x1b[31mb\x07":                    "ab",
		"Notified now  Priya Nair, level 1": "Notified now, Priya Nair, level 1",
	} {
		if got := Words(line); got != want {
			t.Errorf("%q is read as %q, want %q", line, got, want)
		}
	}
}

func TestBox(t *testing.T) {
	title, lines := Box([]string{"┌ Escalate · 2 groups ───┐", "│ one                │", "│                    │", "└ ▼ 3 lines more ────┘"})
	var read []string
	for _, l := range lines {
		if w := Words(l); w != "" {
			read = append(read, w)
		}
	}
	if title != "Escalate, 2 groups" || strings.Join(read, "; ") != "one; below: 3 lines more" {
		t.Errorf("%q, %q", title, read)
	}
	if title, lines := Box(nil); title != "" || lines != nil {
		t.Errorf("%q, %q", title, lines)
	}
}

// Each screen in turn, and what is written of it: "|" ends a line.
func TestOnlyWhatIsNewIsWritten(t *testing.T) {
	type step struct {
		screen Screen
		want   string
	}
	row := func(id, position string, parts ...string) Row {
		return Row{ID: id, Name: "row " + id, Position: position, Parts: append([]string{id}, parts...), Ages: []string{"for 1m"}}
	}
	list := Screen{Title: "Alert groups", Row: row("a", "1 of 2", "2 firing"), Keys: "a ack", Counts: "Groups: 2 triggered"}
	b := Screen{Title: "Alert groups", Row: row("b", "2 of 2"), Counts: list.Counts}
	with := func(s Screen, change func(*Screen)) Screen { change(&s); return s }
	pane := Screen{Title: "Details", Loose: true, Lines: []string{" firing for 12m", " Level 1", "   Ann"}}
	for name, steps := range map[string][]step{
		"the list": {
			{list, "Alert groups.|1 of 2: a, 2 firing, for 1m|Keys: a ack|Groups: 2 triggered|"},
			{list, ""},
			{with(list, func(s *Screen) { s.Row.Ages = []string{"for 2m"} }), ""},
			{with(list, func(s *Screen) { s.Row = row("a", "1 of 3", "3 firing") }), "row a: 3 firing|"},
			{with(list, func(s *Screen) { s.Row = row("a", "1 of 3") }), "row a: no longer 3 firing|"},
			{b, "2 of 2: b, for 1m|"},
			{with(b, func(s *Screen) { s.Status = "✓ Acknowledged" }), "done: Acknowledged|"},
			{b, ""},
			{with(b, func(s *Screen) { s.Counts = "Groups: 1 acked" }), "Groups: 1 acked|"},
			{with(b, func(s *Screen) { s.Row, s.Counts = Row{}, "" }), ""}, // another filter is being used
			{list, "1 of 2: a, 2 firing, for 1m|Groups: 2 triggered|"},
		},
		"another tab": {
			{with(list, func(s *Screen) { s.Tab = "Runbook" }), "Alert groups.|1 of 2: a, 2 firing, for 1m|Keys: a ack|Groups: 2 triggered|"},
			{with(list, func(s *Screen) { s.Tab = "Graph" }), "Tab: Graph|"},
			{with(list, func(s *Screen) { s.Tab = "Graph" }), ""},
			{Screen{Title: "Commands", Over: true, Tab: "Graph"}, "Commands.|"},
			{with(list, func(s *Screen) { s.Tab = "Past" }), "Alert groups.|1 of 2: a, 2 firing, for 1m|Tab: Past|Groups: 2 triggered|"},
			{Screen{Title: "Past of a", Tab: "Past"}, "Past of a.|"},
			{Screen{Title: "Details of a", Tab: "Details"}, "Details of a.|"},
		},
		"a choice below what it is about": {
			{Screen{Title: "Hand off", Lines: []string{"CRIT  checkout", ""}}, "Hand off.|critical, checkout|"},
			{Screen{Title: "Hand off", Lines: []string{"CRIT  checkout", "", "  ▌ first line", "    Ann"}}, "chosen: first line|Ann|"},
		},
		"a choice below what is typed": {
			{Screen{Title: "Hand off", Lines: []string{"CRIT  checkout", "To"}, Input: room.Input{Label: "To"}}, "Hand off.|critical, checkout|To: "},
			{Screen{Title: "Hand off", Lines: []string{"CRIT  checkout", "To", "  ▌ first line"}, Input: room.Input{Label: "To"}}, "|chosen: first line|"},
		},
		"a choice": {
			{Screen{Title: "Filter", Lines: []string{"▌ all", "  mine"}}, "Filter.|chosen: all|mine|"},
			{Screen{Title: "Filter", Lines: []string{"  all", "▌ mine"}}, "chosen: mine|"},
			{list, "Alert groups.|1 of 2: a, 2 firing, for 1m|Keys: a ack|Groups: 2 triggered|"},
		},
		"the keys once": {
			{list, "Alert groups.|1 of 2: a, 2 firing, for 1m|Keys: a ack|Groups: 2 triggered|"},
			{pane, "Details.|firing for 12m|Level 1|Ann|"},
			{list, "Alert groups.|1 of 2: a, 2 firing, for 1m|Groups: 2 triggered|"},
		},
		"ages, and what stands below another line": {
			{pane, "Details.|firing for 12m|Level 1|Ann|"},
			{with(pane, func(s *Screen) { s.Lines = []string{" firing for 13m", " Level 1", "   Ann"} }), ""},
			{with(pane, func(s *Screen) { s.Lines = []string{" firing for 13m", " Level 1", "   Ben", "   Cem"} }), "Level 1: Ben|Cem|"},
		},
		"what is come back to": {
			{pane, "Details.|firing for 12m|Level 1|Ann|"},
			{Screen{Title: "Help", Over: true, Lines: []string{"a"}}, "Help.|a|"},
			{with(pane, func(s *Screen) { s.Lines = append(s.Lines, " acked") }), "Details.|acked|"},
			{list, "Alert groups.|1 of 2: a, 2 firing, for 1m|Keys: a ack|Groups: 2 triggered|"},
			{pane, "Details.|firing for 12m|Level 1|Ann|"},
		},
		"a preview, whose numbers matter": {
			{Screen{Title: "Snooze", Lines: []string{"until 13:00"}}, "Snooze.|until 13:00|"},
			{Screen{Title: "Snooze", Lines: []string{"Working it out …", "Notified now  …"}}, ""},
			{Screen{Title: "Snooze", Lines: []string{"until 14:00"}}, "until 14:00|"},
		},
	} {
		var l Lines
		for i, s := range steps {
			if got := strings.ReplaceAll(l.New(s.screen, false), "\r\n", "|"); got != s.want {
				t.Errorf("%s, %d: %q, want %q", name, i, got, s.want)
			}
		}
	}
}

// What is typed is written once, at the end of its line; what it leads to comes when
// nobody types any more.
func TestTyping(t *testing.T) {
	type step struct {
		text   string
		lines  []string
		typing bool
		want   string
	}
	for name, steps := range map[string][]step{
		"at the end": {
			{"", []string{"3 groups"}, false, "Filter.|3 groups|Filter: "},
			{"m", []string{"2 groups"}, true, "m"},
			{"ma", []string{"1 group"}, true, "a"},
			{"ma", []string{"1 group"}, true, ""},
			{"ma", []string{"1 group"}, false, "|1 group|"},
			{"mai", []string{"1 group"}, true, "Filter: mai"},
			{"mail", []string{"1 group"}, true, "l"},
			{"mail", []string{"1 group"}, false, ""},
		},
		"elsewhere": {
			{"mail", nil, false, "Filter.|Filter: mail"},
			{"mai", nil, true, "|Filter: mai"},
			{"xmai", nil, true, "|Filter: xmai"},
			{"xmai", nil, false, ""},
			{"a\nb", nil, true, "|Filter: a|b"},
			{"a\nb\nc", nil, true, "|c"},
		},
		"fewer lines": {
			{"", []string{"a", "b"}, false, "Filter.|a|b|Filter: "},
			{"b", []string{"b"}, true, "b"},
			{"b", []string{"b"}, false, "|b|"},
			{"b", nil, false, ""},
		},
		"what steers": {
			{"", nil, false, "Filter.|Filter: "},
			{"\x1b[31ma\x07", nil, true, "a"},
		},
	} {
		var l Lines
		for i, s := range steps {
			got := strings.ReplaceAll(l.New(Screen{Title: "Filter", Lines: s.lines, Input: room.Input{Label: "Filter", Text: s.text}}, s.typing), "\r\n", "|")
			if got != s.want {
				t.Errorf("%s, %d: %q, want %q", name, i, got, s.want)
			}
		}
	}
}

func TestWithoutWhatIsTyped(t *testing.T) {
	box := []string{"┌ Note ──┐", "│ Note   │", "│ │ one  │", "│ │ two  │", "│ │      │", "│ Send   │", "└────────┘"}
	if got := strings.Join(Without(box, 3, "one two"), ";"); got != "┌ Note ──┐;│ Note   │;;│ Send   │;└────────┘" {
		t.Error(got)
	}
	for _, at := range []int{-1, 0, 7} {
		if got := Without(box, at, "one"); len(got) != len(box) {
			t.Errorf("%d: %q", at, got)
		}
	}
}

// Whatever the screens are, no line is written twice in a row, and each ends but the one
// that is typed.
func FuzzLines(f *testing.F) {
	f.Add("abcabca", "x")
	f.Add("aaaa", "")
	f.Fuzz(func(t *testing.T, seed, text string) {
		var l Lines
		out := ""
		for i, c := range []byte(seed) {
			s := Screen{Title: string('A' + rune(c%3)), Status: string('s' + rune(c%2)), Over: c%2 == 0, Loose: c%5 == 0}
			for n := range int(c % 4) {
				s.Lines = append(s.Lines, strings.Repeat(" ", n)+text+string('a'+rune(c%7)))
			}
			if c%3 == 1 {
				s.Input = room.Input{Label: "Why", Text: text[:min(i, len(text))]}
			} else {
				s.Row = Row{ID: string(rune(c % 5)), Name: text, Parts: []string{text, string(rune(c))}}
			}
			out += l.New(s, c%2 == 0)
		}
		lines := strings.Split(out, "\r\n")
		for i := 1; i < len(lines); i++ {
			if lines[i] == lines[i-1] && lines[i] != "" && !strings.Contains(text, "\n") {
				t.Errorf("twice: %q", lines[i])
			}
		}
	})
}

func FuzzWords(f *testing.F) {
	f.Add("▌ ● [x] ✗ a · b\x1b]52;c;eA==\a")
	f.Fuzz(func(t *testing.T, line string) {
		got := Words(line)
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x2500 && r <= 0x259f }) || !utf8.ValidString(got) {
			t.Errorf("%q is read as %q", line, got)
		}
	})
}

func TestWriterWritesAllInOrder(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	for _, text := range []string{"a", "", "b", "c"} {
		w.Write(text)
	}
	w.Close()
	if out.String() != "abc" {
		t.Errorf("%q", out.String())
	}
	if n, err := Silent(&out).Write([]byte("x")); n != 1 || err != nil || out.String() != "abc" || Beneath(&out) != &out {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
}
