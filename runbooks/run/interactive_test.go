package run

import (
	"strings"
	"testing"

	"firstline/runbooks/session"
)

// What is drawn on the other screen is not recorded, wherever a write ends.
func TestTheOtherScreenIsNotRecorded(t *testing.T) {
	const text = "before\r\n\x1b[?1049h\x1b[2Jdrawn\r\nmore\x1b[?1049l\x1b[31mafter\x1b[m\r\n\x1b[?47hagain\x1b[?47l\x1b[?104"
	for size := 1; size <= len(text); size++ {
		out := &lines{}
		d := &drawn{to: out}
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if wrote, err := d.Write([]byte(rest[:n])); wrote != n || err != nil {
				t.Fatalf("Write = %d, %v", wrote, err)
			}
			rest = rest[n:]
		}
		out.flush()
		got, _ := out.text()
		if want := "before\n\n[… it drew on the whole screen …]\nafter\n\n[… it drew on the whole screen …]\n"; got != want {
			t.Errorf("in pieces of %d it is %q", size, got)
		}
	}
}

func TestInTerminalSharesTheSession(t *testing.T) {
	of := &session.Session{}
	var out strings.Builder
	r := InTerminal(t.Context(), Step{Text: "read A; echo got $A", Session: of, Name: "step 1"}, strings.NewReader("typed\n"), &out, &out)
	if r.ExitCode != 0 || r.Output != "got typed\n" || out.String() != "got typed\n" || r.NotTaken != nil {
		t.Errorf("result = %+v, wrote %q", r, out.String())
	}
	if a, _ := of.State().Of("A"); a.Value != "typed" {
		t.Errorf("the session has %+v", of.State())
	}
}
