package terminal

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/roomtest"
)

// fakeClipboard is a clipboard for tests.
type fakeClipboard struct {
	sequence string
	others   bool
	took     []string
	err      error
}

func (b fakeClipboard) Sequence(string) string                         { return b.sequence }
func (b fakeClipboard) Others() bool                                   { return b.others }
func (b fakeClipboard) Copy(context.Context, string) ([]string, error) { return b.took, b.err }

func TestACopySaysWhereItWent(t *testing.T) {
	const asks = "\x1b]52;c;eA==\a"
	for name, c := range map[string]struct {
		clip        fakeClipboard
		says, shows string
	}{
		"the terminal alone":  {fakeClipboard{sequence: asks}, "Copied, if the terminal takes it: the link x (ctrl-y shows it)", "It never says whether it did"},
		"the system too":      {fakeClipboard{asks, true, []string{"the system"}, nil}, "Copied by the system: the link x (ctrl-y shows it)", "✓ Taken by the system."},
		"tmux and the system": {fakeClipboard{asks, true, []string{"tmux", "the system"}, nil}, "Copied by tmux and the system: the link x (ctrl-y shows it)", "✓ Taken by tmux and the system."},
		"the system failed":   {fakeClipboard{asks, true, nil, errors.New("the system: it has no \x1b[31mwindow")}, "Copied, if the terminal takes it: the link x (ctrl-y shows it)", "✗ Not taken by the system: it has no window."},
		"nothing":             {fakeClipboard{}, "There is no clipboard here for the link x (ctrl-y shows it)", "! There is no clipboard here"},
	} {
		s, _ := roomtest.Screen(120, 30, keymap.Table{keymap.Key(keymap.InNormal, keymap.ShowCopied, "show it")})
		term := New(s, Options{Clipboard: c.clip})
		if term.WhyNothingCopied() == "" {
			t.Errorf("%s: before, there is something to show", name)
		}
		var raw []string
		var run func(tea.Cmd)
		run = func(cmd tea.Cmd) {
			if cmd == nil {
				return
			}
			switch msg := cmd().(type) {
			case tea.BatchMsg:
				for _, c := range msg {
					run(c)
				}
			case tea.RawMsg:
				raw = append(raw, msg.Msg.(string))
			case reply.Message:
				run(msg.Deliver())
			}
		}
		cmd := term.Copy("the link x", "https://x\nand\tmore\x1b[2J")
		if c.clip.others && s.StatusText(80) != strings.Repeat(" ", 80) {
			t.Errorf("%s: before an answer it says %q", name, s.StatusText(80))
		}
		run(cmd)
		if strings.Join(raw, "") != c.clip.sequence {
			t.Errorf("%s: the terminal got %q", name, raw)
		}
		if got := s.Bare(s.StatusText(100)); !strings.Contains(got, c.says) {
			t.Errorf("%s: it says %q", name, got)
		}
		shown := roomtest.Shows(s, term.Copied())
		for _, want := range []string{"the link x, at 12:00", c.shows, "https://x", "and", "more"} {
			if !strings.Contains(shown, want) {
				t.Errorf("%s: it does not show %q:\n%s", name, want, shown)
			}
		}
	}
}

// TestALongCopyIsSaidWhole: however long what was copied is, a narrow line says who took it
// and how to see it.
func TestALongCopyIsSaidWhole(t *testing.T) {
	s, _ := roomtest.Screen(80, 24, keymap.Table{keymap.Key(keymap.InNormal, keymap.ShowCopied, "show it")})
	term := New(s, Options{Clipboard: fakeClipboard{sequence: "x"}})
	term.Copy("the link https://example.com/"+strings.Repeat("long/", 40), "https://example.com")
	for _, width := range []int{60, 80, 100, 300} {
		got := s.Bare(s.StatusText(width))
		if !strings.Contains(got, "if the terminal takes it: the") || !strings.Contains(got, "(ctrl-y shows it)") {
			t.Errorf("in %d columns it says %q", width, got)
		}
	}
}
