package plain

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWords(t *testing.T) {
	for line, want := range map[string]string{
		"":                                  "",
		"│  │":                              "",
		"━━ Meaning ━━━━":                   "Meaning",
		"▌ ● a  acknowledge":                "chosen: selected: a acknowledge",
		"✗ No source can be read":           "failed: No source can be read",
		" ! alertmanager: no answer":        "caution: alertmanager: no answer",
		"│ │ IMPORTANT │":                   "IMPORTANT",
		"[x] 1 Check the deploy":            "ticked: 1 Check the deploy",
		"↓ ↑ choose · enter takes it":       "down up choose, enter takes it",
		"⣿⣿⣀ 5 %":                           "5 %",
		"▼ 3 lines more, pgdn":              "below: 3 lines more, pgdn",
		"a\x1b[31mb\x07":                    "ab",
		"Notified now  Priya Nair, level 1": "Notified now Priya Nair, level 1",
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

// Each screen in turn, and what is written of it.
func TestOnlyWhatIsNewIsWritten(t *testing.T) {
	type step struct {
		screen Screen
		want   string
	}
	list := Screen{Title: "Alert groups", Row: "1 of 2: a", RowKey: "a", Keys: "a ack", Counts: "Groups: 2 triggered"}
	with := func(s Screen, change func(*Screen)) Screen { change(&s); return s }
	for name, steps := range map[string][]step{
		"the list": {
			{list, "Alert groups.|1 of 2: a|Keys: a ack|Groups: 2 triggered|"},
			{list, ""},
			{with(list, func(s *Screen) { s.Row = "1 of 2: a, for 2m" }), ""}, // only its age
			{with(list, func(s *Screen) { s.Row, s.RowKey = "2 of 2: b", "b" }), "2 of 2: b|"},
			{with(list, func(s *Screen) { s.Row, s.RowKey, s.Status = "2 of 2: b", "b", "✓ Acknowledged" }), "done: Acknowledged|"},
			{with(list, func(s *Screen) { s.Row, s.RowKey, s.Status = "2 of 2: b", "b", "" }), ""},
			{with(list, func(s *Screen) { s.Row, s.RowKey, s.Counts = "2 of 2: b", "b", "Groups: 1 acked" }), "Groups: 1 acked|"},
		},
		"a choice": {
			{Screen{Title: "Filter", Lines: []string{"▌ all", "  mine"}}, "Filter.|chosen: all|mine|"},
			{Screen{Title: "Filter", Lines: []string{"  all", "▌ mine"}}, "chosen: mine|"},
			{list, "Alert groups.|1 of 2: a|Keys: a ack|Groups: 2 triggered|"},
		},
		"typing": {
			{Screen{Title: "Escalate", Lines: []string{"Why", "│ ", "enter goes on"}}, "Escalate.|Why|enter goes on|"},
			{Screen{Title: "Escalate", Lines: []string{"Why", "│ R", "enter goes on"}}, "R|"},
			{Screen{Title: "Escalate", Lines: []string{"Why", "│ Ro", "enter goes on"}}, "o"},
			{Screen{Title: "Escalate", Lines: []string{"Why", "│ Rol", "enter goes on"}}, "l"},
			{Screen{Title: "Escalate", Lines: []string{"Why", "│ Ro", "enter goes on"}}, "|Ro|"},
			{Screen{Title: "Escalate", Lines: []string{"Why", "│ Roa", "enter goes on"}, Status: "! busy"}, "a|caution: busy|"},
		},
		"ages": {
			{Screen{Title: "Details", Loose: true, Lines: []string{"firing for 12m", "2 alerts"}}, "Details.|firing for 12m|2 alerts|"},
			{Screen{Title: "Details", Loose: true, Lines: []string{"firing for 13m", "2 alerts"}}, ""},
			{Screen{Title: "Details", Loose: true, Lines: []string{"firing for 13m", "2 alerts", "acked by Ann"}}, "acked by Ann|"},
		},
		"a preview, whose numbers matter": {
			{Screen{Title: "Snooze", Lines: []string{"until 13:00"}}, "Snooze.|until 13:00|"},
			{Screen{Title: "Snooze", Lines: []string{"Working it out …"}}, ""},
			{Screen{Title: "Snooze", Lines: []string{"until 14:00"}}, "until 14:00|"},
		},
	} {
		var l Lines
		for i, s := range steps {
			if got := strings.ReplaceAll(l.New(s.screen), "\r\n", "|"); got != s.want {
				t.Errorf("%s, %d: %q, want %q", name, i, got, s.want)
			}
		}
	}
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
