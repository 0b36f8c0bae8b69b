package clipboard

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"firstline/internal/multiplexer"
)

func TestWhichClipboards(t *testing.T) {
	for name, c := range map[string]struct {
		environment      map[string]string
		system           string
		without          bool // the system has no clipboard
		asks, in         bool // the terminal, and within GNU Screen's sequence
		tmux, systemsOwn bool
	}{
		"a terminal on a display": {environment: map[string]string{"TERM": "xterm-256color", "DISPLAY": ":0"}, asks: true, systemsOwn: true},
		"Wayland":                 {environment: map[string]string{"TERM": "foot", "WAYLAND_DISPLAY": "wayland-0"}, asks: true, systemsOwn: true},
		"a Mac":                   {environment: map[string]string{"TERM": "xterm-256color"}, system: "darwin", asks: true, systemsOwn: true},
		"no display":              {environment: map[string]string{"TERM": "xterm-256color"}, asks: true},
		"a display without xclip": {environment: map[string]string{"TERM": "xterm-256color", "DISPLAY": ":0"}, without: true, asks: true},
		"through SSH":             {environment: map[string]string{"TERM": "xterm", "SSH_CONNECTION": "1 2 3 4"}, asks: true},
		"with X forwarding":       {environment: map[string]string{"TERM": "xterm", "SSH_TTY": "/dev/pts/1", "DISPLAY": "localhost:10.0"}, asks: true, systemsOwn: true},
		"through SSH to a Mac":    {environment: map[string]string{"TERM": "xterm", "SSH_TTY": "/dev/ttys1", "DISPLAY": "localhost:10.0"}, system: "darwin", asks: true},
		"tmux":                    {environment: map[string]string{"TERM": "tmux-256color", "TMUX": "/tmp/t,1,0"}, without: true, asks: true, tmux: true},
		"GNU Screen":              {environment: map[string]string{"TERM": "screen-256color", "STY": "1.pts"}, without: true, asks: true, in: true},
		"tmux in GNU Screen":      {environment: map[string]string{"TERM": "screen", "STY": "1.pts", "TMUX": "/tmp/t,1,0"}, without: true, asks: true, tmux: true},
		"no screen":               {environment: map[string]string{"TERM": "dumb"}, without: true},
		"the console of Linux":    {environment: map[string]string{"TERM": "linux"}, without: true},
		"no environment":          {environment: map[string]string{}, without: true},
		"the console, with xclip": {environment: map[string]string{"TERM": "linux", "DISPLAY": ":0"}, systemsOwn: true},
	} {
		installed := func(string) bool { return !c.without }
		clip := New(func(name string) string { return c.environment[name] }, c.system, installed, nil)
		sequence := clip.Sequence("héllo")
		text := base64.StdEncoding.EncodeToString([]byte("héllo"))
		if asks := strings.Contains(sequence, "\x1b]52;c;"+text+"\a"); asks != c.asks || strings.HasPrefix(sequence, "\x1bP") != c.in {
			t.Errorf("%s: the terminal gets %q", name, sequence)
		}
		tmux := clip.within == multiplexer.Tmux
		if tmux != c.tmux || clip.system() != c.systemsOwn || clip.Others() != (c.tmux || c.systemsOwn) {
			t.Errorf("%s: tmux %v, the system %v", name, tmux, clip.system())
		}
	}
}

func TestWhatTookIt(t *testing.T) {
	fails := errors.New("it has no window")
	for name, c := range map[string]struct {
		runs []error // what each run of tmux answers
		says error   // the system
		took []string
		err  string
	}{
		"both":            {runs: []error{nil}, took: []string{"tmux and its terminal", "the system"}},
		"an older tmux":   {runs: []error{fails, nil}, says: fails, took: []string{"tmux"}, err: "the system: it has no window"},
		"the system only": {runs: []error{fails, fails}, took: []string{"the system"}, err: "tmux: it has no window"},
		"nothing":         {runs: []error{fails, fails}, says: fails, err: "tmux: it has no window\nthe system: it has no window"},
	} {
		var ran []string
		clip := &Clipboard{within: multiplexer.Tmux, write: func(string) error { return c.says }, run: func(_ context.Context, text, name string, arguments ...string) error {
			ran = append(ran, strings.Join(arguments, " ")+" "+text)
			return c.runs[len(ran)-1]
		}}
		took, err := clip.Copy(t.Context(), "it")
		said := ""
		if err != nil {
			said = err.Error()
		}
		if !slices.Equal(took, c.took) || said != c.err || len(ran) != len(c.runs) || ran[0] != "load-buffer -w - it" {
			t.Errorf("%s: %v, %q, tmux got %v", name, took, said, ran)
		}
	}
}
