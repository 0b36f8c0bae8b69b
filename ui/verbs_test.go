package ui

import (
	"testing"

	"firstline/internal/respond"
)

// A command with an argument opens the dialog of its key, with the same preview: it
// sends nothing by itself.
func TestCommandsWithArguments(t *testing.T) {
	for _, c := range []struct {
		name, on, typed string
		role            respond.Role
		dialog          []string
		then            []string // keys, "…" is text
		acts            []string
	}{
		{"snooze", "Q1CHECKOUT", "snooze 2h", respond.Developer, []string{"Snooze", "enter sends"}, []string{"enter"}, []string{"snooze"}},
		{"hand off to a name", "Q1CHECKOUT", "handoff ann okafor", respond.Developer, []string{"Hand off", "Ann Okafor"}, []string{"…", "enter", "enter"}, []string{"note Q1CHECKOUT", "assign PANN Q1CHECKOUT"}},
		{"hand off to a part of names", "Q1CHECKOUT", "hand off a", respond.Developer, []string{"Hand off", "enter takes it"}, nil, nil},
		{"escalate to the owner as first line", "Q1CHECKOUT", "escalate owner", respond.FirstLine, []string{"Escalate", "owner"}, nil, nil},
		{"escalate to the owner as a developer", "Q1CHECKOUT", "escalate owner", respond.Developer, []string{"Hand off", "the owner"}, nil, nil},
		{"escalate", "Q1CHECKOUT", "escalate first line", respond.Developer, []string{"Escalate"}, []string{"…", "enter", "enter"}, []string{"note Q1CHECKOUT", "policy"}},
		{"next level", "Q1CHECKOUT", "escalate next", respond.Developer, []string{"next level"}, nil, nil},
		{"note", "Q1CHECKOUT", "note tried the rollback", respond.Developer, []string{"Note", "tried the rollback"}, []string{"tab", "enter"}, []string{"note Q1CHECKOUT"}},
		{"silence", "QueueBacklog", "silence 2h", respond.Developer, []string{"Silence", "alertname="}, []string{"enter", "enter"}, []string{"silence for 2h0m"}},
		{"urgency", "Q1CHECKOUT", "urgency low", respond.Developer, []string{"low"}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newAccount()
			h := withAll(t, d, 120, 40, func(o *Options) { o.Respond.Role = c.role })
			h.put(c.on)
			h.press(":")
			h.write(c.typed)
			h.press("enter")
			h.dialog(c.dialog...)
			d.expect(t)
			for _, key := range c.then {
				if text, is := cutText(key); is {
					h.write(text)
					continue
				}
				h.press(key)
			}
			d.expect(t, c.acts...)
		})
	}
}

func TestTheListAndThePaneTakeArguments(t *testing.T) {
	h := withStory(t, 120, 40, nil)
	command := func(text string) {
		h.press(":")
		h.write(text)
		h.press("enter")
	}
	command("filter service=search")
	h.list("search")
	h.press("esc")
	command("group by service")
	h.status("Grouped by service")
	command("sort age")
	h.status("Sorted by age")
	command("tab graph")
	if got := h.m.pane.Title(); got == "" {
		t.Error("no tab has a title")
	}
	h.press(":")
	h.write("filter service=")
	h.write(`"`)
	h.press("enter")
	h.dialog("Commands") // it stays, and says what is wrong
	h.press("esc", ":")
	h.write("tab grap")
	h.dialog("tab graph")
	h.write("x")
	h.dialog("The tabs are runbook, details")
	h.press("esc", ":")
	h.write("snooze soon")
	h.dialog("Write how long, such as 45m or 2h")
	h.press("esc", ":")
	h.write("escalate the boss")
	h.dialog("Escalate to first line, next level, owner; hand off takes any name.")
}
