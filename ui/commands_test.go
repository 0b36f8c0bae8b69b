package ui

import (
	"testing"
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
