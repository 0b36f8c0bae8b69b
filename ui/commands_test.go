package ui

import (
	"testing"

	"firstline/internal/keys"
	"firstline/ui/keymap"
)

func TestACommandIsFoundByItsName(t *testing.T) {
	h := withStory(t, 80, 24, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press(":")
	h.dialog("Commands", "acknowledge", "hand off")
	h.write("hnd of")
	h.dialog("hand off")
	h.seesNot("▌ a")
	h.press("enter")
	h.dialog("Hand off", "enter takes it")
}

func TestACommandThatCanNotActSaysWhy(t *testing.T) {
	h := withStory(t, 100, 24, func(o *Options) { o.Respond.ReadOnly = true })
	h.put("Q1CHECKOUT")
	h.press(":")
	h.write("acknowledge")
	h.dialog("acknowledge: firstline runs read-only")
	h.press("enter")
	h.status("Acknowledge: firstline runs read-only")
}

// The keys of a configuration act, and are shown, in place of the usual ones.
func TestKeysOfAConfiguration(t *testing.T) {
	bound, faults := keys.Settings{Preset: "emacs", Keys: map[string][]string{"escalate": {"ctrl+x"}, "resolve": {}, "confirm": {"ctrl+y"}}}.Resolve()
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	d := newAccount()
	h := withStory(t, 120, 30, func(o *Options) {
		d.with(o)
		o.Keys = bound
	})
	h.put("Q1CHECKOUT")
	h.press("e")
	if h.m.mode() != keymap.InNormal {
		t.Fatal("e still escalates")
	}
	h.hints("ctrl-x escalate", "ctrl-s filter")
	h.press("ctrl+x")
	h.write("The rollback did not help.")
	h.press("enter")
	h.press("ctrl+g")
	if h.m.mode() != keymap.InNormal {
		t.Fatal("ctrl-g does not close the dialog")
	}
	h.press("ctrl+x", "ctrl+y", "ctrl+y")
	d.expect(t, "note Q1CHECKOUT", "policy")
}
