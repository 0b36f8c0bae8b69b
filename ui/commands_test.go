package ui

import (
	"testing"
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

func TestACommandThatCanNotActSaysWhy(t *testing.T) {
	h := withStory(t, 100, 24, func(o *Options) { o.Respond.ReadOnly = true })
	h.put("Q1CHECKOUT")
	h.press(":")
	h.write("acknowledge")
	h.sees("acknowledge: firstline runs read-only")
	h.press("enter")
	h.sees("Acknowledge: firstline runs read-only")
}
