package draw

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

func TestAges(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 42 * time.Second: "42s", 90 * time.Second: "1m", 59*time.Minute + 59*time.Second: "59m",
		time.Hour: "1h", 47 * time.Hour: "47h", 49 * time.Hour: "2d", 24 * 4000 * time.Hour: "999d",
	} {
		if got := Age(d); got != want || len(got) > 4 {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if got := SourceAge(76 * time.Second); got != "76s" {
		t.Errorf("76 s of a source is %q", got)
	}
}

// What is wrapped goes on under its text, not under its mark.
func TestWrappedTextIsIndentedUnderItself(t *testing.T) {
	s := &Pen{Theme: NewTheme(Colors{Dark: true})}
	text := "PagerDuty notifies nobody else, and the order of those who follow may differ from what it was."
	for _, width := range []int{12, 20, 33, 58, 200} {
		for _, mark := range []string{"! ", "✗ ", "✓ ", ""} {
			for i, l := range s.Paragraph(mark+text, width, Warning) {
				l = s.Bare(l)
				if want := Blanks(s.WidthOf(mark)); i > 0 && (!strings.HasPrefix(l, want) || strings.HasPrefix(l, want+" ")) || i == 0 && !strings.HasPrefix(l, mark+"P") {
					t.Errorf("%q at %d: line %d is %q", mark, width, i, l)
				}
				if s.WidthOf(l) > width {
					t.Errorf("%q at %d: line %d is %d wide", mark, width, i, s.WidthOf(l))
				}
			}
		}
	}
}

// Text is cut or filled to the very width, whatever is in it and however the
// terminal measures.
func TestFitIsExact(t *testing.T) {
	for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
		s := &Pen{Theme: NewTheme(Colors{Dark: true}), Method: method}
		for _, text := range []string{"", "plain", "日本語 text", "👩‍👩‍👧 family", "e\u0301 a\u0301", s.Theme.Of(Critical).On("red text")} {
			for width := range 14 {
				for name, fitted := range map[string]string{"left": s.Fit(text, width), "right": s.FitRight(text, width)} {
					if got := s.WidthOf(fitted); got != width {
						t.Errorf("%q fitted %s into %d is %q, %d wide", text, name, width, fitted, got)
					}
				}
				if got := s.WidthOf(s.Cut(text, width)); got > width {
					t.Errorf("%q cut to %d is %d wide", text, width, got)
				}
			}
		}
	}
}

// A box is as large as its rectangle, with titles and lines of any length.
func TestABoxFillsItsRectangle(t *testing.T) {
	s := &Pen{Theme: NewTheme(Colors{Dark: true})}
	for _, title := range []string{"", "Title", strings.Repeat("long ", 20)} {
		lines := s.Box(Rectangle{Width: 30, Height: 5}, title, title, true, []string{Blanks(28)})
		if len(lines) != 5 {
			t.Errorf("a box of 5 lines has %d", len(lines))
		}
		for _, l := range lines {
			if s.WidthOf(l) != 30 {
				t.Errorf("a line of a box for 30 cells is %d wide: %q", s.WidthOf(l), l)
			}
		}
	}
}

// A hint loses whole pieces, the last first, and never the first.
func TestHintsLoseWholePieces(t *testing.T) {
	s := &Pen{}
	for width, want := range map[int]string{40: "enter sends · esc closes · n edits", 33: "enter sends · esc closes", 24: "enter sends · esc closes", 23: "enter sends", 3: "enter sends"} {
		if got := s.Whole("enter sends · esc closes · n edits", width); got != want {
			t.Errorf("at %d: %q, want %q", width, got, want)
		}
	}
}

// What is wrapped fits, and names with dashes are in one line where they have room.
func TestWrap(t *testing.T) {
	for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
		s := &Pen{Method: method}
		text := "service=mail pod=mail-0, since 11:59 checkout-7d9f8c6b5-k2x4p --output=json 日本語-テキスト"
		for width := 2; width <= 100; width++ {
			lines := s.Wrap(text, width)
			for _, l := range lines {
				if s.WidthOf(l) > width {
					t.Errorf("at %d: %q is %d wide", width, l, s.WidthOf(l))
				}
			}
			if all := strings.Join(lines, "\n"); width >= 25 && !strings.Contains(all, "checkout-7d9f8c6b5-k2x4p") {
				t.Errorf("at %d a name is broken: %q", width, lines)
			}
		}
	}
}
