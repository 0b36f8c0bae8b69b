package ui

import (
	"fmt"
	"testing"

	"firstline/internal/respond"
)

// What a responder does most takes so many keys, besides what is written, in both
// roles and at each size that shows all of it at once.
func TestHowManyKeysAnActionTakes(t *testing.T) {
	for _, c := range []struct {
		name  string
		on    string
		keys  []string // "…" is text
		count int
		acts  []string
	}{
		{"acknowledge", "Q1CHECKOUT", []string{"a", "a"}, 2, []string{"acknowledge Q1CHECKOUT"}},
		{"escalate", "Q1CHECKOUT", []string{"e", "…", "enter", "enter"}, 3, []string{"note Q1CHECKOUT", "policy"}},
		{"hand off", "Q1CHECKOUT", []string{"h", "…okafor", "enter", "enter", "enter"}, 4, []string{"note Q1CHECKOUT", "assign PANN Q1CHECKOUT"}},
		{"snooze two", "Q1CHECKOUT", []string{"space", "j", "space", "z", "enter", "enter"}, 6, []string{"snooze", "snooze"}},
		{"silence for 2 h", "QueueBacklog", []string{"s", "enter", "2", "enter", "enter"}, 5, []string{"silence for 2h0m"}},
		{"undo", "Q1CHECKOUT", []string{"e", "…", "enter", "enter", "u", "enter"}, 3 + 2, []string{"note Q1CHECKOUT", "policy", "policy"}},
	} {
		for _, role := range []respond.Role{respond.Developer, respond.FirstLine} {
			for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
				t.Run(fmt.Sprintf("%s/%s/%dx%d", c.name, role, size[0], size[1]), func(t *testing.T) {
					d := newAccount()
					h := withAll(t, d, size[0], size[1], func(o *Options) { o.Respond.Role = role })
					h.put(c.on)
					if c.name == "snooze two" {
						h.press("/")
						h.write("paged !QueueBacklog")
						h.press("enter", "g")
					}
					count := 0
					for _, key := range c.keys {
						if text, is := cutText(key); is {
							h.write(text)
							continue
						}
						h.press(key)
						count++
					}
					if count != c.count {
						t.Errorf("%d keys, want %d", count, c.count)
					}
					d.expect(t, c.acts...)
				})
			}
		}
	}
}

// cutText is the text of a step that is written and not pressed.
func cutText(step string) (text string, is bool) {
	if step == "…" {
		return "The rollback did not help.", true
	}
	if rest := []rune(step); rest[0] == '…' {
		return string(rest[1:]), true
	}
	return "", false
}
