package tips_test

import (
	"slices"
	"testing"

	"firstline/ui/keymap"
	"firstline/ui/roomtest"
	"firstline/ui/tips"
)

func TestATipGoesOnceItWasUsed(t *testing.T) {
	s, _ := roomtest.Screen(100, 24, nil)
	free := true
	var stored []string
	r := tips.New(s, tips.Options{Show: true, Store: func(used []string) { stored = used }}, func() bool { return free })
	shows := func(want string) {
		t.Helper()
		if got := s.Messages.Tip(); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	shows("New here? enter reads the runbook · ? shows all keys · : finds a command")
	free = false
	shows("")
	free = true
	r.Note(keymap.MoveDown)
	r.Note(keymap.ShowHelp)
	shows("New here? enter reads the runbook · : finds a command")
	roomtest.Run(r.Follow())
	if !slices.Equal(stored, []string{"help"}) {
		t.Errorf("stored: %q", stored)
	}
	if r.Follow() != nil {
		t.Error("it is stored again")
	}
	for range 100 {
		r.Note(keymap.MoveDown)
	}
	shows("")
	roomtest.Run(r.Follow())
	if len(stored) != 3 {
		t.Errorf("stored: %q", stored)
	}
	tips.New(s, tips.Options{Show: true, Used: stored}, func() bool { return true })
	shows("")
	tips.New(s, tips.Options{}, func() bool { return true })
	shows("")
}
