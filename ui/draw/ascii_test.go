package draw

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/ascii"
)

func TestOnlyASCII(t *testing.T) {
	for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
		s := &Pen{Theme: NewTheme(Colors{Dark: true}), Method: method}
		red := s.Theme.Of(Critical)
		for text, want := range map[string]string{
			"":                           "",
			"plain\ntext":                "plain\ntext",
			"┌─ A … ─┐\n│▌●│":            "+- A ~ -+\n|>*|",
			red.On("✗") + " ✓":           red.On("x") + " +",
			"José":                       "Jos?",
			"日本 x":                       "???? x",
			"e\u0301":                    "e",
			"\x1b]8;;https://a/é\x1b\\x": "x",
		} {
			got := s.OnlyASCII(text)
			if got != want {
				t.Errorf("%q is %q, want %q", text, got, want)
			}
			if s.WidthOf(got) != s.WidthOf(text) {
				t.Errorf("%q has another width: %q", text, got)
			}
		}
	}
}

// Two commands that differ never look alike before they run.
func TestExact(t *testing.T) {
	s := &Pen{ASCII: true}
	if got, want := s.Exact("rm josé ?"), `rm jos\u{e9} ?`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.ASCII = false
	if got := s.Exact("rm josé"); got != "rm josé" {
		t.Errorf("a terminal with all characters gets %q", got)
	}
}

// What is drawn beside each other and means different things has different signs.
func TestASCIISignsDiffer(t *testing.T) {
	s := &Pen{}
	for _, together := range []string{"▁▂▃▄▅▆▇█", "░▒█", "✓✗!", "▌●▸▾", "▲▼", "←→", "│─┌"} {
		seen := map[string]string{}
		for _, r := range together {
			sign := s.OnlyASCII(string(r))
			if other := seen[sign]; other != "" {
				t.Errorf("%s and %c are both %s", other, r, sign)
			}
			seen[sign] = string(r)
		}
	}
}

func FuzzOnlyASCII(f *testing.F) {
	f.Add("┌─ A … ─┐│▌ 日本 \x1b[31mé\x1b[m")
	f.Fuzz(func(t *testing.T, text string) {
		for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			if got := (&Pen{Method: method}).OnlyASCII(text); !ascii.Is(got) {
				t.Errorf("%q is %q", text, got)
			}
		}
	})
}
