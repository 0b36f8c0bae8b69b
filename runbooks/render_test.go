package runbooks

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
)

// checkRendered checks what holds for all rendered runbooks.
func checkRendered(t *testing.T, rb *Runbook, s Style, r Rendered) {
	t.Helper()
	if len(r.HeadingLines) != len(rb.Headings) {
		t.Fatalf("%s: %d heading lines for %d headings", rb.Name, len(r.HeadingLines), len(rb.Headings))
	}
	for i, at := range r.HeadingLines {
		if at < 0 || at >= len(r.Lines) {
			t.Errorf("%s: heading %q on line %d of %d", rb.Name, rb.Headings[i].Text, at, len(r.Lines))
			continue
		}
		// A long heading is broken: its first word must be on its line.
		words := strings.Fields(rb.Headings[i].Text)
		if line := ansi.Strip(r.Lines[at]); len(words) > 0 && len(words[0]) < s.Width/2 && !strings.Contains(strings.ReplaceAll(line, "`", ""), words[0]) {
			t.Errorf("%s: heading %q is not on line %q", rb.Name, rb.Headings[i].Text, line)
		}
	}
	for _, line := range r.Lines {
		if w := ansi.StringWidth(line); w > max(s.Width, minWidth) {
			t.Errorf("%s: a line of %d columns at width %d: %q", rb.Name, w, s.Width, ansi.Strip(line))
		}
		onlyTextAndColour(t, line, s.NoColor)
	}
}

// onlyTextAndColour checks with a scanner of its own that line is text, SGR
// and OSC 8 to http and https, and that it leaves nothing open.
func onlyTextAndColour(t *testing.T, line string, plain bool) {
	t.Helper()
	rest, open, linked := line, false, false
	for {
		i := strings.IndexByte(rest, '\x1b')
		text := rest
		if i >= 0 {
			text = rest[:i]
		}
		if strings.Contains(text, "\n") || clean.Text(text) != text {
			t.Fatalf("not plain text: %q in %q", text, line)
		}
		if i < 0 {
			break
		}
		rest = rest[i:]
		if plain {
			t.Fatalf("an escape sequence where none should be: %q", line)
		}
		if link, ok := strings.CutPrefix(rest, "\x1b]8;;"); ok {
			url, after, ended := strings.Cut(link, "\x1b\\")
			if !ended || (url != "" && clean.URL(url) != url) {
				t.Fatalf("a bad link: %q", line)
			}
			linked, rest = url != "", after
			continue
		}
		colour, ok := strings.CutPrefix(rest, "\x1b[")
		end := strings.IndexByte(colour, 'm')
		if !ok || end < 0 || strings.Trim(colour[:end], "0123456789;:") != "" {
			t.Fatalf("not a colour: %q", line)
		}
		open, rest = colour[:end] != "" && colour[:end] != "0", colour[end+1:]
	}
	if open || linked {
		t.Fatalf("the line leaves a colour or link open: %q", line)
	}
}
