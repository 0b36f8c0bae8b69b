package notetext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFitNote(t *testing.T) {
	const whole = "the whole is in /tmp/x.md on host"
	for _, c := range []struct {
		name, text string
		shortened  bool
	}{
		{"nothing", "", false},
		{"short", "# Shift\n\n- one", false},
		{"as long as a note", strings.Repeat("x", Limit), false},
		{"a byte too long", strings.Repeat("x", Limit+1), true},
		{"lines", strings.Repeat("- a line of a handover\n", 1000), true},
		{"one line", strings.Repeat("word ", 5000), true},
		{"wide", strings.Repeat("漢字\n", 3000), true},
		{"megabytes", strings.Repeat("- a line\n", 1<<20), true},
		{"space around", strings.Repeat("\n", Limit) + "text" + strings.Repeat("\n", Limit), false},
		{"hostile", strings.Repeat("\x1b[31mred\u202e\n", 2000), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			note, shortened := FitNote(c.text, whole)
			if len(note) > Limit || !utf8.ValidString(note) || shortened != c.shortened {
				t.Errorf("%d bytes, shortened %v", len(note), shortened)
			}
			if shortened && (!strings.HasSuffix(note, "(Shortened: "+whole+".)") || len(note) < Limit*9/10) {
				t.Errorf("it ends in %q after %d bytes", note[max(0, len(note)-60):], len(note))
			}
			if again, twice := FitNote(note, whole); again != note || twice {
				t.Errorf("it is shortened again")
			}
		})
	}
	if note, _ := FitNote(strings.Repeat("x", 2*Limit), strings.Repeat("y", 5000)); len(note) > Limit {
		t.Errorf("with a long path the note has %d bytes", len(note))
	}
}
