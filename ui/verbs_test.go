package ui

import (
	"slices"
	"strings"
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
		{"hand off to the owner", "Q1CHECKOUT", "hand off owner", respond.Developer, []string{"Hand off", "the owner"}, nil, nil},
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
	h.dialog("Escalate to first line, next level; hand off takes any name.")
}

// TestEachCommandWithAnArgument: for both roles, and with and without an incident, each
// command that takes an argument does what it says, or says why not.
func TestEachCommandWithAnArgument(t *testing.T) {
	type says struct{ incident, alerts string } // of a group with an incident, and of alerts alone
	same := func(text string) [2]says { return [2]says{{text, text}, {text, text}} }
	both := func(incident, alerts string) [2]says { return [2]says{{incident, alerts}, {incident, alerts}} }
	const noService, end = "not possible: Which PagerDuty se", "Write how long, such as 45m or 2h"
	commands := map[string][2]says{ // a developer's, and first line's
		"escalate owner":         {{"\"hand off owner\"", "\"hand off owner\""}, {"Escalate to the owner", "Who owns mail is not known"}},
		"escalate to the owner":  {{"\"hand off owner\"", "\"hand off owner\""}, {"Escalate to the owner", "Who owns mail is not known"}},
		"escalate first line":    {{"Escalate to Ops first line", "Which PagerDuty service"}, {"You are first line here", "You are first line here"}},
		"escalate first-line":    {{"Escalate to Ops first line", "Which PagerDuty service"}, {"You are first line here", "You are first line here"}},
		"escalate next_level":    both("Escalate to the next level", "There is no incident to escalate"),
		"escalate next level":    both("Escalate to the next level", "There is no incident to escalate"),
		"escalate next":          both("Escalate to the next level", "There is no incident to escalate"),
		"escalate Bo":            {{"Escalate to first line, next level; hand off takes any name", "Escalate to first line, next level"}, {"Escalate to owner, next level; hand off takes any name", "Escalate to owner, next level"}},
		"hand off owner":         both("Hand off to the owner", "not possible: Who owns"),
		"handoff ann okafor":     both("Hand off to Ann Okafor", noService),
		"assign me":              both("Hand off to Dana Diaz", "not possible"),
		"hand off nobody at all": same("Nobody by that name"),
		"ask ann okafor":         both("Ask to join: Ann Okafor", noService),
		"ask to join owner":      both("Ask to join: the owner", "not possible: Who owns"),
		"snooze 2h":              both("Snooze until 14:00", "There is no incident to snooze"),
		"snooze soon":            same(end),
		"silence 2h":             both("Silence what matches all of", "Silence what matches all of"),
		"silence 0m":             same(end),
		"extend 2h":              same("no silence covers this"),
		"extend silence never":   same(end),
		"urgency low":            both("Change the urgency to low", "There is no incident to change"),
		"urgency high":           both("What does not change", "There is no incident to change"),
		"urgency grave":          same("An urgency is high or low"),
		"priority p1":            both("Change the priority to P1", "There is no incident to change"),
		"priority nope":          both("No priority by that name is known", "There is no incident to change"),
		"merge 4708":             both("Merge into #4708", "There is no incident to merge"),
		"merge into nothing":     both("No other", "There is no incident to merge"),
		"note tried it":          both("tried it", "There is no incident to put a note on"),
		"filter service=search":  same("/ service=search"),
		"filter \"":              same("Filter"),
		"sort age":               same("Sorted by age"),
		"sort by size":           same("The list sorts by rank"),
		"choose order rank":      same("Sorted by what needs you first"),
		"group service":          same("Grouped by service"),
		"group by none":          same("Not grouped"),
		"group by size":          same("The list groups by none, service"),
		"tab on call":            same("On call"),
		"tab 3":                  same("No source with a history"),
		"tab nowhere":            same("The tabs are runbook, details"),
	}
	tried := map[string]bool{}
	for typed, wants := range commands {
		for i, role := range []respond.Role{respond.Developer, respond.FirstLine} {
			for on, want := range map[string]string{"Q1CHECKOUT": wants[i].incident, "QueueBacklog": wants[i].alerts} {
				t.Run(strings.Join([]string{typed, string(role), on}, "/"), func(t *testing.T) {
					d := newAccount()
					h := withAll(t, d, 120, 40, func(o *Options) { o.Respond.Role = role })
					h.put(on)
					h.press(":")
					h.write(typed)
					h.press("enter")
					if h.m.overlay != nil {
						h.dialog(want)
					} else {
						h.sees(want)
					}
					d.expect(t) // nothing is sent
					for _, v := range slices.Concat(h.m.actions.Verbs(), h.m.list.Verbs(), h.m.pane.Verbs()) {
						for _, words := range v.Words {
							tried[words] = tried[words] || strings.HasPrefix(typed, words+" ")
						}
					}
				})
			}
		}
	}
	for words, is := range tried {
		if !is {
			t.Errorf("try %q with an argument here", words)
		}
	}
}
