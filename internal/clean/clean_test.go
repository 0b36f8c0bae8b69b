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
		{"unicode stays", "Größe 漢字 👩‍🚒", "Größe 漢字 👩‍🚒"},
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

func TestTextKeepsBreaks(t *testing.T) {
	if got, want := Text("a\r\nb\tc\rd\n\x1b[2J"), "a\nb    c\nd\n"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
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
	for _, s := range []string{"", "plain", "\x1b[31mx", "\u009b31m", "a\r\nb", "\x1b]52;c;eA==\x07", "\x1b\x1b[[mm", "\xff\u202e"} {
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
