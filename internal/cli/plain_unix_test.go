//go:build unix

package cli

import (
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// lineTerminal is firstline with --plain in a terminal, with every byte that it wrote, as a
// screen reader gets them.
type lineTerminal struct {
	*rawTerminal
	// sent is when keys were sent last, heard how much was looked at.
	sent  time.Time
	heard int
}

func startLines(t *testing.T, variables ...string) *lineTerminal {
	t.Helper()
	return &lineTerminal{rawTerminal: startRaw(t, 80, 24, variables, os.Args[0], "--plain", "--demo")}
}

// says waits until each of the texts was written, one after the other, after what was
// waited for before.
func (x *lineTerminal) says(wanted ...string) {
	x.t.Helper()
	const patience = 60 * time.Second
	for _, w := range wanted {
		for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			all := x.all()
			if at := strings.Index(all[x.heard:], w); at >= 0 {
				x.heard += at + len(w)
				break
			}
			if time.Since(begun) > patience {
				x.t.Fatalf("%q is never said after\n%s\nbut\n%s", w, all[:x.heard], all[x.heard:])
			}
		}
	}
}

// keys sends keys at the pace of a person.
func (x *lineTerminal) keys(keys ...string) {
	x.t.Helper()
	for _, k := range keys {
		time.Sleep(person - time.Since(x.sent))
		if _, err := io.WriteString(x.file, k); err != nil {
			x.t.Fatal(err)
		}
		x.sent = time.Now()
	}
}

const (
	escapeKey = "\x1b"
	enterKey  = "\r"
)

// ownSequences are the only sequences that may be written: the title of the window, and
// keeping and bringing back the one that was there.
var ownSequences = regexp.MustCompile("\x1b\\]2;[ -~]*\x07|\x1b\\[2[23];2t")

// notRead matches what no screen reader reads: control characters, boxes, blocks and
// dots.
var notRead = regexp.MustCompile("[\x00-\x06\x08\x09\x0b\x0c\x0e-\x1f\x7f\u2190-\u21ff\u2500-\u25ff\u2800-\u28ff]")

func TestTheWholeProgramInLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		variables []string
		title     bool
	}{
		"a terminal":        {[]string{"TERM=xterm-256color"}, true},
		"a dumb one":        {[]string{"TERM=dumb"}, false},
		"the Linux console": {[]string{"TERM=linux", "LC_ALL=C"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := startLines(t, c.variables...)
			x.says("Alert groups.\r\n", "1 of 10: critical, ", "HighErrorRate")
			x.says("yours")                         // all sources have answered
			x.keys("\x1b[200~a\r\nq\x1b[201~", "j") // a paste presses no key
			x.says("\r\n2 of 10: ")
			if strings.Contains(x.all(), "Acknowledge.") {
				t.Errorf("a paste acted: %s", x.all())
			}
			x.keys("k", enterKey)
			x.says("\r\nRunbook of #")
			opened := x.heard
			x.says("\r\nheading: Diagnosis\r\n", "\r\nto do: ")
			read := x.heard
			x.heard = opened
			x.says("Keys: esc list") // before the text or after it, as the text comes sooner or later
			x.heard = max(x.heard, read)
			x.keys("3")
			x.says("\r\nTimeline of #")
			x.keys("1", escapeKey)
			x.says("\r\nAlert groups.\r\n1 of 10: ")
			x.keys("a")
			x.says("\r\nAcknowledge.\r\n", "HighErrorRate", "\r\nNobody is notified.\r\n", "button Acknowledge, enter sends")
			x.keys(enterKey)
			x.says("done: Acknowledged #", "acked")
			x.keys("/")
			x.says("\r\nFilter.\r\n", "10 of 10 groups\r\n", "Filter: ")
			x.keys("s", "e", "a")
			x.says("sea\r\n", " of 10 groups\r\n") // typed once, and then what came of it
			x.keys("r", "c", "h")
			x.says("Filter: search\r\n"[:len("Filter: sear")])
			x.keys(enterKey)
			x.says("\r\nAlert groups.\r\n", " of ", "search")
			x.keys(escapeKey)
			x.says(" of 10: ")
			x.keys("?")
			x.says("\r\nKeys.\r\n", "\r\na, acknowledge", "\r\ne, escalate", "\r\nq, quit\r\n")
			x.keys(escapeKey)
			x.says("\r\nAlert groups.\r\n")
			x.keys(":")
			x.says("\r\nCommands.\r\n", "Command: ")
			x.keys("n", "o", "t", "e")
			x.says("note\r\n", "chosen: ")
			x.keys(escapeKey)
			x.says("\r\nAlert groups.\r\n")
			x.keys("q")
			select {
			case <-x.ended:
			case <-time.After(60 * time.Second):
				t.Fatal("it does not end")
			}
			if err := x.command.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			all := x.all()
			if has := ownSequences.MatchString(all); has != c.title {
				t.Errorf("a title: %v", has)
			}
			text := ownSequences.ReplaceAllString(all, "")
			if at := notRead.FindStringIndex(text); at != nil {
				t.Errorf("%q is written: %q", text[at[0]:at[1]], text[max(at[0]-100, 0):min(at[1]+20, len(text))])
			}
			lines := strings.Split(text, "\r\n")
			for i, line := range lines {
				if i > 0 && line != "" && line == lines[i-1] {
					t.Errorf("it is written twice: %q", line)
				}
				if strings.Contains(line, "   ") {
					t.Errorf("columns are written: %q", line)
				}
			}
		})
	}
}
