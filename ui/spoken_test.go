package ui

import (
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/ui/keyboard"
	"firstline/ui/plain"
	"firstline/ui/signal"
)

// speaker is a screen that is written as lines.
type speaker struct {
	t       *testing.T
	h       *harness
	g       *guarded
	written strings.Builder
	// heard is how much of it was looked at.
	heard int
	// pauses are the ends of typing that are waited for.
	pauses []tea.Cmd
}

func newSpeaker(t *testing.T, change func(*Options)) *speaker {
	t.Helper()
	s := &speaker{t: t}
	s.h = withStory(t, plain.Width, plain.Height, func(o *Options) {
		o.Plain = true
		change(o)
	})
	s.g = &guarded{Model: s.h.m, spoken: &spoken{write: func(text string) { s.written.WriteString(text) }}}
	s.say(nil)
	return s
}

// say has what is new written after a message.
func (s *speaker) say(msg tea.Msg) {
	if pause := s.g.spoken.say(s.g, msg); pause != nil {
		s.pauses = append(s.pauses, pause)
	}
}

func (s *speaker) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		s.h.press(k)
		s.say(keyboard.Typed{Msg: keyPress(k)})
	}
}

func (s *speaker) write(text string) {
	s.t.Helper()
	for _, r := range text {
		s.h.write(string(r))
		s.say(keyboard.Typed{Msg: keyPress(string(r))})
	}
}

// pause is a while in which nothing is typed.
func (s *speaker) pause() { s.say(pauseMsg(s.g.spoken.pauses)) }

// says checks what was written since the last look.
func (s *speaker) says(wanted ...string) {
	s.t.Helper()
	got := s.written.String()[s.heard:]
	s.heard = s.written.Len()
	if len(wanted) == 0 && got != "" {
		s.t.Fatalf("this is new: %q", got)
	}
	for _, w := range wanted {
		_, after, found := strings.Cut(got, w)
		if !found {
			s.t.Fatalf("%q is not said, or not in this order:\n%s", w, s.written.String())
		}
		got = after
	}
}

// steering matches what a screen reader can't read out: sequences but for those of the
// title, boxes and drawings.
var steering = regexp.MustCompile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\u2500-\u259f\u2800-\u28ff●✗✓…]")

// clean checks all that was written.
func (s *speaker) clean() {
	s.t.Helper()
	text := s.written.String()
	if at := steering.FindStringIndex(text); at != nil {
		s.t.Errorf("%q is written: %q", text[at[0]:at[1]], text[max(at[0]-80, 0):min(at[1]+20, len(text))])
	}
	lines := strings.Split(text, "\r\n")
	for i, line := range lines {
		if i > 0 && line == lines[i-1] && line != "" {
			s.t.Errorf("it is written twice: %q", line)
		}
		if strings.Contains(line, "   ") {
			s.t.Errorf("columns are written: %q", line)
		}
	}
}

func TestTheScreenInLines(t *testing.T) {
	d := newAccount()
	s := newSpeaker(t, func(o *Options) { withRunbooks(o); d.with(o) })
	s.says("Alert groups.\r\n", "1 of 8: critical, checkout, HighErrorRate", "2 firing", "yours", "escalates in 4m", "for 12m", "Keys: ", "Groups: 2 triggered")
	s.h.tick(ms)
	s.say(nil)
	s.says()
	s.press("j")
	s.says("2 of 8: error, mail")
	s.press("k", "enter")
	s.says("Runbook of #4711 HighErrorRate.", "Diagnosis", "to do: Roll back", "Keys: esc list")
	s.press("?")
	s.says("Keys.\r\n", "a, acknowledge\r\n")
	s.press("esc")
	if s.says("Runbook of #4711 HighErrorRate.\r\n"); strings.HasSuffix(s.written.String(), "Diagnosis\r\n") {
		t.Error("the runbook is read again after the help")
	}
	s.press("esc", "space")
	s.says("Alert groups.", "2 of 8", "1 selected")
	s.press("k", "space", "k", "e")
	s.says("Escalate to Ops first line.", "Notified now", "Why: ")
	s.write("It")
	s.says("It")
	s.h.send(snapshotsMsg{list: story(noon)})
	s.say(nil)
	s.says() // not while one types
	s.pause()
	s.press("enter")
	s.says("\r\n", "The note that goes along", "enter sends")
	s.press("enter")
	s.says("Alert groups.", "done: ")
	d.expect(t, "note Q1CHECKOUT", "policy")
	s.press("/")
	s.says("Filter.\r\n", "Filter: ")
	s.write("zzzz")
	s.says("zzzz")
	s.pause()
	s.says("\r\n0 of 8 groups\r\n")
	s.press("backspace", "backspace")
	s.says("Filter: zzz\r\nFilter: zz")
	s.press("esc")
	s.says("Alert groups.\r\n", "of 8: ")
	s.clean()
}

// Every room is read line by line, also what the drawn screen has in columns.
func TestEachRoomIsReadLineByLine(t *testing.T) {
	for name, c := range map[string]struct {
		keys  []string
		lines []string // each is the beginning of a line
	}{
		"the help":         {[]string{"?"}, []string{"a, acknowledge", "e, escalate", "q, quit"}},
		"its search":       {[]string{"?", "/"}, []string{"Find: "}},
		"the commands":     {[]string{":"}, []string{"chosen: a, acknowledge", "e, escalate", "Command: "}},
		"the messages":     {[]string{"m"}, []string{"pagerduty"}},
		"the filters":      {[]string{"F"}, []string{"chosen: a", "m, mine", "g, triggered"}},
		"the orders":       {[]string{"S"}, []string{"chosen: 1", "2, service"}},
		"the outline":      {[]string{"enter", "O"}, []string{"chosen: ", "D, Diagnosis"}},
		"the links":        {[]string{"enter", "f"}, nil},
		"find":             {[]string{"enter", "/"}, []string{"Find: "}},
		"details":          {[]string{"2", "enter"}, []string{"Severity, critical", "Service, "}},
		"timeline":         {[]string{"3", "enter"}, []string{"Timeline of "}},
		"graph":            {[]string{"4", "enter"}, []string{"Graph of "}},
		"past":             {[]string{"5", "enter"}, []string{"Past of "}},
		"on call":          {[]string{"6", "enter"}, []string{"On call of "}},
		"a hand-off":       {[]string{"h"}, []string{"To: ", "chosen: "}},
		"a note":           {[]string{"n"}, []string{"Note: "}},
		"a snooze":         {[]string{"z"}, []string{"Until: ", "chosen: 30m"}},
		"a silence":        {[]string{"s"}, []string{"Silence"}},
		"a resolution":     {[]string{"r"}, []string{"Resolve", "Why: "}},
		"the handover":     {[]string{"H"}, nil},
		"the end of a row": {[]string{"G", "a"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSpeaker(t, func(o *Options) { withRunbooks(o); newAccount().with(o) })
			s.press(c.keys...)
			s.pause()
			for _, line := range c.lines {
				if !strings.Contains("\r\n"+s.written.String(), "\r\n"+line) {
					t.Errorf("no line begins with %q:\n%s", line, s.written.String())
				}
			}
			s.clean()
		})
	}
}

func TestAPlainScreenHasOneSize(t *testing.T) {
	var drawn *spoken
	if msg := drawn.sized(windowSize(80, 24)); msg != tea.Msg(windowSize(80, 24)) {
		t.Errorf("a drawn screen gets %v", msg)
	}
	if drawn.say(nil, nil) != nil || drawn.sequences(nil) != nil {
		t.Error("a drawn screen is written too")
	}
	if msg := (&spoken{}).sized(windowSize(20, 5)); msg != tea.Msg(windowSize(plain.Width, plain.Height)) {
		t.Errorf("it gets %v", msg)
	}
}

// Sequences of commands are written among the lines, and nothing else of them is lost.
func TestSequencesAreWrittenAmongTheLines(t *testing.T) {
	written := ""
	s := &spoken{write: func(text string) { written += text }}
	var others []tea.Msg
	var run func(tea.Cmd)
	run = func(cmd tea.Cmd) {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				run(c)
			}
		default:
			others = append(others, msg)
		}
	}
	run(s.sequences(tea.Batch(tea.Raw("\a"), func() tea.Msg { return pauseMsg(1) }, tea.Batch(tea.Raw("\x1b]52;c;eA==\a"), tea.Quit))))
	if written != "\a\x1b]52;c;eA==\a" || len(others) != 2 {
		t.Errorf("%q, %v", written, others)
	}
}

// A group that is new rings, also while somebody is there: nobody sees that a line came.
func TestANewGroupRingsInLines(t *testing.T) {
	s := newSpeaker(t, func(o *Options) {
		o.Attention = signal.Options{Bell: true, Matches: func(g triage.Group, _ time.Time) bool { return g.Mine && g.Urgency == "high" }}
	})
	s.press("j")
	s.h.send(snapshotsMsg{list: withIncidents(noon, 30*time.Second, 1)})
	s.say(nil)
	s.says("caution: New: #4801 ")
	if got := strings.Join(s.h.asked, ""); got != "\a" {
		t.Errorf("the terminal gets %q", got)
	}
}

// The keys of the tabs say at the list which tab it is now, once.
func TestAnotherTabIsSaidAtTheList(t *testing.T) {
	s := newSpeaker(t, withRunbooks)
	s.says("Alert groups.")
	for _, c := range []struct{ key, says string }{
		{"4", "Tab: Graph\r\n"}, {"2", "Tab: Details\r\n"}, {"6", "Tab: On call\r\n"}, {"tab", "Tab: Runbook\r\n"}, {"tab", "Tab: Details\r\n"},
	} {
		s.press(c.key)
		if got := s.written.String()[s.heard:]; got != c.says {
			t.Errorf("after %s it says %q, not %q", c.key, got, c.says)
		}
		s.says(c.says)
	}
	s.press("j")
	s.says("2 of 8")
	s.press("enter")
	s.says("Details of ")
	s.press("3")
	s.says("Timeline of ")
	if strings.Contains(s.written.String()[strings.LastIndex(s.written.String(), "Details of "):], "Tab: ") {
		t.Errorf("the tab is said twice:\n%s", s.written.String())
	}
	s.clean()
}

// What a dialog is about and what is chosen are in lines of their own, also with several
// groups, and whatever severity they have.
func TestWhatIsChosenHasItsOwnLine(t *testing.T) {
	for _, key := range []string{"h", "z", "s", "J", "P", "U", "M"} {
		s := newSpeaker(t, func(o *Options) { withRunbooks(o); newAccount().with(o) })
		for range 8 {
			s.press(key)
			s.pause()
			s.press("esc", "j")
			s.pause()
		}
		s.press("g", "g", "space", "space", key)
		s.pause()
		for _, line := range strings.Split(s.written.String(), "\r\n") {
			if i := strings.Index(line, "chosen: "); i > 0 {
				t.Errorf("%s joins two lines: %q", key, line)
			}
			if strings.HasPrefix(line, "-,") || strings.HasPrefix(line, "...,") {
				t.Errorf("%s says a mark for a severity: %q", key, line)
			}
		}
		s.clean()
	}
}
