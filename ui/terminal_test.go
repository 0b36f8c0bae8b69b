package ui

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/runbooks"
	"firstline/ui/draft"
)

// Whatever kills the program while another one has the terminal, the store has
// all that was typed, read and ticked: the delay of a draft is not awaited.
func TestWhatWasTypedIsSavedBeforeTheTerminalIsGivenAway(t *testing.T) {
	for _, tt := range []struct {
		name, typing string
		keys         []string
	}{
		{"the editor for a reason", "e", []string{"ctrl+e"}},
		{"the editor for a note", "n", []string{"ctrl+e"}},
		{"the editor for a runbook", "e", []string{"esc", "enter", "j", "w"}},
		{"a step in the foreground", "e", []string{"esc", "enter", "j", "J", "x", "i"}},
		{"the shell after ctrl-z", "e", []string{"esc", "ctrl+z"}},
		{"the end", "e", []string{"esc", "q"}},
		{"the end by ctrl-c", "e", []string{"ctrl+c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, store, left, dir := newShelf(), newMemory(), false, t.TempDir()
			text := []byte("# HighErrorRate\n\n1. Say hello: `echo hello`\n2. Fail: `false`\n")
			if err := os.WriteFile(filepath.Join(dir, "HighErrorRate.md"), text, 0o600); err != nil {
				t.Fatal(err)
			}
			h := withStory(t, 120, 30, func(o *Options) {
				s.with(o)
				o.Library = runbooks.Open(runbooks.Options{Directories: []string{dir}})
				o.Editor, o.Memory, o.MayRun = &typist{}, store, true
			})
			h.put("Q1CHECKOUT")
			action := map[string]string{"e": "escalate", "n": "note"}[tt.typing]
			h.left = func() {
				left = true
				s.expect(t, map[draft.Key]string{{Action: action, Groups: "Q1CHECKOUT"}: "Please look"})
				if tt.keys[0] == "esc" && tt.keys[1] == "enter" && len(store.positions) != 1 {
					t.Errorf("the positions saved are %v", store.positions)
				}
			}
			h.m.terminal.Start = func(tea.ExecCommand, tea.ExecCallback) tea.Cmd {
				return func() tea.Msg {
					h.left()
					return nil
				}
			}
			h.press(tt.typing)
			h.holdReplies = true // also that to the delay
			h.write("Please look")
			h.holdReplies = false
			s.expect(t, nil)
			h.press(tt.keys...)
			if !left {
				t.Errorf("nothing got the terminal:\n%s", h.screen())
			}
		})
	}
}

// A saving that is under way when the terminal is given away may still fail: what
// it saves is saved again.
func TestASavingUnderWayIsNotTrustedWhenTheTerminalIsGivenAway(t *testing.T) {
	s := newShelf()
	h := withStory(t, 120, 30, func(o *Options) {
		s.with(o)
		o.Editor = &typist{leaves: "Please look"}
	})
	h.put("Q1CHECKOUT")
	h.press("e")
	h.holdReplies = true
	h.write("Please look")
	h.holdReplies = false
	underWay := h.m.drafts.Save(t.Context())
	h.m.terminal.Start = func(_ tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
		return func() tea.Msg {
			s.mu.Lock()
			saved := maps.Clone(s.saved)
			s.mu.Unlock()
			if saved[draft.Key{Action: "escalate", Groups: "Q1CHECKOUT"}] != "Please look" {
				t.Errorf("saved are %v", saved)
			}
			return done(nil)
		}
	}
	h.press("ctrl+e")
	h.run(underWay)
	s.expect(t, map[draft.Key]string{{Action: "escalate", Groups: "Q1CHECKOUT"}: "Please look"})
}
