package attention

import (
	"strings"
	"testing"

	"firstline/internal/multiplexer"
)

func environment(pairs string) func(string) string {
	return func(name string) string {
		for _, pair := range strings.Split(pairs, "|") {
			if value, is := strings.CutPrefix(pair, name+"="); is {
				return value
			}
		}
		return ""
	}
}

func TestTerminalOf(t *testing.T) {
	for _, c := range []struct {
		environment string
		configured  Method
		want        Terminal
	}{
		{"TERM=xterm-256color", Auto, Terminal{Off, multiplexer.None}},
		{"", Auto, Terminal{Off, multiplexer.None}},
		{"TERM=xterm-256color", OSC777, Terminal{OSC777, multiplexer.None}},
		{"TERM=xterm-kitty|KITTY_WINDOW_ID=1", Auto, Terminal{OSC99, multiplexer.None}},
		{"TERM=xterm-kitty", Off, Terminal{Off, multiplexer.None}},
		{"TERM=foot", Auto, Terminal{OSC777, multiplexer.None}},
		{"TERM=xterm-256color|TERM_PROGRAM=ghostty", Auto, Terminal{OSC777, multiplexer.None}},
		{"TERM=xterm-256color|TERM_PROGRAM=WezTerm", Auto, Terminal{OSC777, multiplexer.None}},
		{"TERM=xterm-256color|TERM_PROGRAM=iTerm.app", Auto, Terminal{OSC9, multiplexer.None}},
		{"TERM=xterm-256color|LC_TERMINAL=iTerm2", Auto, Terminal{OSC9, multiplexer.None}}, // over SSH
		{"TERM=tmux-256color|TERM_PROGRAM=tmux|TMUX=/tmp/tmux,1,0|KITTY_WINDOW_ID=1", Auto, Terminal{OSC99, multiplexer.Tmux}},
		{"TERM=screen-256color|TMUX=/tmp/tmux,1,0", OSC9, Terminal{OSC9, multiplexer.Tmux}},
		{"TERM=screen|STY=1.pts", OSC9, Terminal{OSC9, multiplexer.Screen}},
	} {
		if got := TerminalOf(c.configured, environment(c.environment)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.environment, got, c.want)
		}
	}
}

func TestSequence(t *testing.T) {
	m := Message{Title: "2 new", Body: "#1 Errors; #2 Lag"}
	for _, c := range []struct {
		terminal Terminal
		message  Message
		want     string
	}{
		{Terminal{Off, multiplexer.None}, m, ""},
		{Terminal{Off, multiplexer.Tmux}, m, ""},
		{Terminal{OSC9, multiplexer.None}, m, "\x1b]9;firstline: 2 new (#1 Errors; #2 Lag)\a"},
		{Terminal{OSC777, multiplexer.None}, m, "\x1b]777;notify;2 new;#1 Errors, #2 Lag\a"},
		{Terminal{OSC99, multiplexer.None}, m, "\x1b]99;i=firstline:d=0:e=1:f=Zmlyc3RsaW5l;MiBuZXc=\a\x1b]99;i=firstline:e=1:p=body;IzEgRXJyb3JzOyAjMiBMYWc=\a"},
		{Terminal{OSC99, multiplexer.None}, Message{Title: "2 new"}, "\x1b]99;i=firstline:d=1:e=1:f=Zmlyc3RsaW5l;MiBuZXc=\a"},
		{Terminal{OSC9, multiplexer.Tmux}, Message{Title: "a"}, "\x1bPtmux;\x1b\x1b]9;firstline: a\a\x1b\\"},
		{Terminal{OSC9, multiplexer.Screen}, Message{Title: "a"}, "\x1bP\x1b]9;firstline: a\a\x1b\\"},
	} {
		if got := c.terminal.Sequence(c.message); got != c.want {
			t.Errorf("%+v: %q, want %q", c.terminal, got, c.want)
		}
	}
}

// No text of a group ends a sequence, or begins another one.
func FuzzSequence(f *testing.F) {
	f.Add("New: #1 \x1b]0;x\a", "a\x9c;b\x07")
	f.Add("\u009b31m", "\x1bPtmux;\x1b\\")
	f.Fuzz(func(t *testing.T, title, body string) {
		for _, method := range []Method{OSC9, OSC99, OSC777} {
			sequence := Terminal{Method: method}.Sequence(Message{Title: title, Body: body})
			for part := range strings.SplitAfterSeq(sequence, "\a") {
				inner, ended := strings.CutSuffix(part, "\a")
				if part == "" {
					continue
				}
				inner, begun := strings.CutPrefix(inner, "\x1b]")
				if !begun || !ended || strings.ContainsFunc(inner, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
					t.Errorf("%s: %q", method, sequence)
				}
			}
			if method == OSC777 && strings.Count(sequence, ";") != 3 {
				t.Errorf("a part more: %q", sequence)
			}
		}
	})
}
