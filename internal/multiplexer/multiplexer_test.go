package multiplexer

import (
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	for pairs, want := range map[string]Program{
		"":                                        None,
		"TERM=screen-256color":                    None, // of another machine
		"TERM=screen-256color TMUX=a":             Tmux,
		"TERM=screen STY=1.pts":                   Screen,
		"TERM=tmux-256color TMUX=a STY=1":         Tmux,
		"TERM=screen TMUX=a STY=1":                Tmux,
		"TERM=screen.xterm-256color TMUX=a STY=1": Screen,
	} {
		environment := func(name string) string {
			for _, pair := range strings.Fields(pairs) {
				if value, is := strings.CutPrefix(pair, name+"="); is {
					return value
				}
			}
			return ""
		}
		if got := Of(environment); got != want {
			t.Errorf("%s: %v, want %v", pairs, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for program, want := range map[Program]string{None: "\x1b]9;a\a", Tmux: "\x1bPtmux;\x1b\x1b]9;a\a\x1b\\", Screen: "\x1bP\x1b]9;a\a\x1b\\"} {
		if got := program.Wrap("\x1b]9;a\a"); got != want {
			t.Errorf("%v: %q, want %q", program, got, want)
		}
		if got := program.Wrap(""); got != "" {
			t.Errorf("%v: nothing becomes %q", program, got)
		}
	}
}
