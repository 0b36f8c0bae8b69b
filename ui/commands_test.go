package ui

import (
	"testing"

	"firstline/ui/keymap"
)

func TestACommandIsFoundByItsName(t *testing.T) {
	h := withStory(t, 80, 24, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press(":")
	h.sees("Commands", "acknowledge", "hand off")
	h.write("hnd of")
	h.sees("hand off")
	h.seesNot("▌ a")
	h.press("enter")
	h.sees("Hand off", "enter takes it")
}

func TestTheCommandsMoveAndClose(t *testing.T) {
	h := withStory(t, 80, 24, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press(":", "down", "down", "up", "enter")
	h.sees("Escalate to Ops first line")
	h.press("esc", ":", "up", "esc")
	if h.m.mode() != keymap.InNormal {
		t.Error("esc does not close the commands")
	}
	h.press(":")
	h.write("no such thing")
	h.sees("No command by that name")
	h.press("enter")
	if h.m.mode() != keymap.InCommands {
		t.Error("enter on nothing closed the commands")
	}
}

func TestTheCommandsScroll(t *testing.T) {
	h := withStory(t, 80, 24, nil)
	h.press(":")
	for range h.commands() {
		h.press("down")
	}
	last := h.commands()[len(h.commands())-1].Binding.Help()
	h.sees("▌ "+last.Key, last.Desc)
	h.checkFrame("commands")
}

func TestACommandThatCanNotActSaysWhy(t *testing.T) {
	h := withStory(t, 100, 24, func(o *Options) { o.Respond.ReadOnly = true })
	h.put("Q1CHECKOUT")
	h.press(":")
	h.write("acknowledge")
	h.sees("acknowledge: firstline runs read-only")
	h.press("enter")
	h.sees("Acknowledge: firstline runs read-only")
}
