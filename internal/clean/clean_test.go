package clean

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "HighErrorRate", "HighErrorRate"},
		{"unicode stays", "Größe 漢字 👩\u200d🚒", "Größe 漢字 👩\u200d🚒"},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"clipboard write", "a\x1b]52;c;ZXZpbA==\x07b", "ab"},
		{"title set, ST ended", "a\x1b]0;x\x1b\\b", "ab"},
		{"eight-bit CSI", "a\u009b31mb", "a31mb"},
		{"breaks", "one\r\n\ttwo\nthree", "one two three"},
		{"bell and backspace", "a\a\bb", "ab"},
		{"override", "abc\u202ecba", "abccba"},
		{"invalid", "a\xffb", "a\ufffdb"},
	} {
		if got := Line(c.in); got != c.want {
			t.Errorf("%s: Line(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestTextPreservesBreaks(t *testing.T) {
	if got, want := Text("a\r\nb\tc\rd\n\x1b[2J"), "a\nb    c\nd\n"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}

// Invisible characters stay only where they have a use.
func TestHidden(t *testing.T) {
	for _, r := range []rune{
		0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180e, 0x180f, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f,
		0x202a, 0x202e, 0x2060, 0x2061, 0x2064, 0x2065, 0x2066, 0x2069, 0x206a, 0x206f, 0x3164, 0xfe00, 0xfe0e, 0xfe0f, 0xfeff, 0xffa0,
		0xfff0, 0xfff9, 0xfffb, 0x1bca0, 0x1d173, 0x1d17a, 0xe0000, 0xe0001, 0xe0020, 0xe007f, 0xe0100, 0xe01ef, 0xe0fff,
	} {
		for _, s := range []string{string(r), "a" + string(r) + "b", string(r) + "ab", "ab" + string(r), "a" + strings.Repeat(string(r), 3) + "b", "1" + string(r) + "2"} {
			want := strings.ReplaceAll(s, string(r), "")
			if got := Line(s); got != want {
				t.Errorf("%U: Line(%q) = %q, want %q", r, s, got, want)
			}
			if got := Text(s); got != want {
				t.Errorf("%U: Text(%q) = %q, want %q", r, s, got, want)
			}
		}
	}
	for _, s := range []string{
		"👩\u200d🚒", "👩🏽\u200d🚒", "👨\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "❤️", "☎︎ 5", "1️⃣", "#️⃣ x", "⚠️ disk", "©️", // emoji
		"می\u200cخواهم", "नमस्ते", "क्\u200dष", "শ্রমিক", "র\u200d্য", "ශ්\u200dරී", "കണ്\u200dണ", // scripts that need them
		"ကြွှေ့း", "Việt Nam", "é", "བསྒྲུབས", "שָׁלוֹם", "กรุ๊ป", "각", // marks
		"漢字", "Größe", "a\u00a0b", "\u06dd١", "→ x",
	} {
		if got := Line(s); got != s {
			t.Errorf("Line(%q) = %q, want it as it is", s, got)
		}
	}
	for in, want := range map[string]string{
		"a\u200db": "ab", "a\u200cb": "ab", "a\u200d🚒": "a🚒", "🚒\u200da": "🚒a", "۱\u200cx": "۱x", // joiners in the wrong position
		"1️": "1", "a️": "a", "1️2": "12", "🏴\U000e0067\U000e007f": "🏴", // variation selectors
		"a\u2800b": "a b", "\u2800": "",
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMarksAreBounded(t *testing.T) {
	for _, mark := range []string{"\u0301", "\u0489", "\u20dd", "\u064b", "\u0e49", "\u1161", "\u093e", "\U000e0100\u0301"} {
		bare := strings.ReplaceAll(mark, "\U000e0100", "")
		if got, want := Line("a"+strings.Repeat(mark, 500)+"b"), "a"+strings.Repeat(bare, MaxMarks)+"b"; got != want {
			t.Errorf("%+q: %d bytes stay, want %d", mark, len(got), len(want))
		}
		for _, s := range []string{mark + "a", " " + mark + "a", "\n" + mark + "a", "\u2800" + mark + "a", "\u00a0" + mark + "a"} {
			if got := Line(s); got != "a" {
				t.Errorf("at the start, Line(%+q) = %+q: it would change what stands before the line", s, got)
			}
		}
	}
}

// A sequence without an end hides nothing. A complete one is removed whole.
func TestSequences(t *testing.T) {
	for in, want := range map[string]string{
		"Disk \x1b]0;full on db-1":                 "Disk 0;full on db-1",
		"Disk \x1b]8;;http://x full":               "Disk 8;;http://x full",
		"Disk \x1bPq full":                         "Disk q full",
		"Disk \x1b_ full":                          "Disk  full",
		"Disk \x1b^ full":                          "Disk  full",
		"Disk \x1bX full":                          "Disk  full",
		"Disk \x1b[38;5":                           "Disk 38;5",
		"Disk \x1b":                                "Disk",
		"Disk \x1b]0;a\x1b[31m full\a":             "Disk 0;a full",
		"\x1b]0;a\nb\a":                            "0;a b",
		"Disk \x1b]0;x\u009c full":                 "Disk  full",
		"Disk \x1b]52;c;ZXZpbA==\x1b\\full":        "Disk full",
		"Disk \x1b(B full":                         "Disk  full",
		"Disk \x1b#8 full":                         "Disk  full",
		"Disk \x1b[?1049h full":                    "Disk  full",
		"Disk \x1b[31\u00e4 full":                  "Disk 31ä full",
		"Disk \x1b\x1b[31m full":                   "Disk  full",
		"Disk \x1b]" + strings.Repeat("x", 5) + "": "Disk xxxxx",
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Text("a \x1b]0;b\nc\nd\a\n"); got != "a 0;b\nc\nd\n" {
		t.Errorf("an unfinished sequence hides the lines after it: %q", got)
	}
}

func TestLineIsBounded(t *testing.T) {
	for name, s := range map[string]string{
		"ASCII": strings.Repeat("x", 5<<20), "words": strings.Repeat("disk full ", 500_000), "wide": strings.Repeat("漢", 1<<20),
		"emoji": strings.Repeat("👩\u200d🚒", 1<<18), "invalid": strings.Repeat("\xff", 1<<20), "hidden first": strings.Repeat("\u200b", 1<<20) + "x",
		"sequences": strings.Repeat("\x1b[31m", 1<<20) + "x", "breaks": strings.Repeat("a\n", 1<<20), "marks": "a" + strings.Repeat("\u0301", 1<<20),
		"an unfinished sequence": "\x1b]0;" + strings.Repeat("x", 1<<20), "just too long": strings.Repeat("é", maxLine+1),
	} {
		got := Line(s)
		if n := utf8.RuneCountInString(got); n > maxLine || !strings.HasSuffix(got, cutMark) {
			t.Errorf("%s: %d characters, ending in %q", name, n, got[max(0, len(got)-20):])
		}
		if again := Line(got); again != got {
			t.Errorf("%s: cut again to %d bytes", name, len(again))
		}
	}
	for _, s := range []string{strings.Repeat("x", maxLine), strings.Repeat("漢", maxLine), strings.Repeat("é", maxLine)} {
		if got := Line(s); got != s {
			t.Errorf("%d characters become %d", maxLine, utf8.RuneCountInString(got))
		}
	}
	if got := HTML("<b>" + strings.Repeat("x", 5<<20)); len(got) > maxHTML+len(cutMark) || !strings.HasSuffix(got, cutMark) {
		t.Errorf("HTML gives %d bytes", len(got))
	}
}

func TestURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://runbooks.example.com/a.md#x":  "https://runbooks.example.com/a.md#x",
		" http://127.0.0.1:9090/graph?g0=1 ":   "http://127.0.0.1:9090/graph?g0=1",
		"javascript:alert(1)":                  "",
		"file:///etc/passwd":                   "",
		"<error expanding template: https://x": "",
		"https://user:secret@example.com/":     "",
		"https://example.com/\x1b[31m":         "",
		"/relative.md":                         "",
		"":                                     "",
	} {
		if got := URL(in); got != want {
			t.Errorf("URL(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[31mx", "\u009b31m", "a\r\nb", "👩\u200d🚒", "ب\u200cب", "a\u0301\u0301", "1\ufe0f\u20e3", "\x1b]0;x", "\x1b]52;c;eA==\x07", "\x1b\x1b[[mm", "\xff\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, text := Line(s), Text(s)
		for _, r := range line {
			if unicode.IsControl(r) {
				t.Fatalf("Line(%q) keeps %U", s, r)
			}
		}
		for _, r := range text {
			if unicode.IsControl(r) && r != '\n' {
				t.Fatalf("Text(%q) keeps %U", s, r)
			}
		}
		wantHarmless(t, s, line)
		wantHarmless(t, s, text)
		if utf8.RuneCountInString(line) > maxLine {
			t.Fatalf("Line gives %d characters", utf8.RuneCountInString(line))
		}
		if !utf8.ValidString(line) || !utf8.ValidString(text) {
			t.Fatalf("not UTF-8 from %q", s)
		}
		if again := Line(line); again != line {
			t.Fatalf("Line is not stable: %q then %q", line, again)
		}
		if u := URL(s); u != "" && !strings.HasPrefix(strings.ToLower(u), "http") {
			t.Fatalf("URL(%q) = %q", s, u)
		}
	})
}

// wantHarmless checks the cleaned form of s: hidden characters only where they
// join, and no character with too many marks.
func wantHarmless(t *testing.T, s, got string) {
	t.Helper()
	runes := []rune(got + "\n")
	marks := 0
	for i, r := range runes {
		if Hidden(r) && (i == 0 || !joins(r, runes[i-1], runes[i+1])) && (i < 2 || !IsMark(runes[i-1])) {
			t.Fatalf("%q keeps %U of %q", got, r, s)
		}
		switch {
		case IsMark(r):
			marks++
		case !Hidden(r):
			marks = 0
		}
		if marks > MaxMarks || IsMark(r) && (i == 0 || runes[i-1] == '\n') {
			t.Fatalf("%q has marks out of place, from %q", got, s)
		}
	}
}
