package cli

import (
	"strings"
	"testing"
	"time"
)

// keyed is a key, or a text that begins with "…", and what shows that it was taken.
type keyed struct{ key, shows string }

// takes presses the keys as a person does, and returns how many there were besides
// the texts.
func (x *terminal) takes(steps ...keyed) int {
	x.t.Helper()
	count := 0
	for _, step := range steps {
		time.Sleep(200 * time.Millisecond) // a person reads before they press
		if text, is := strings.CutPrefix(step.key, "…"); is {
			x.write(text)
		} else {
			x.keys(step.key)
			count++
		}
		x.sees(step.shows)
	}
	return count
}

// What a responder does most takes this many keys from the list on, in both roles,
// at 80x24.
func TestHowManyKeysTheStudysTasksTake(t *testing.T) {
	t.Parallel()
	escalate := []keyed{{"e", "Notified now  "}, {"…The roll-back did not help.", "did not help."}, {"Enter", "enter sends"}, {"Enter", "✓ Escalated to "}}
	for _, task := range []struct {
		name, on string
		before   []keyed
		steps    []keyed
		keys     int
	}{
		{"acknowledge", "", nil, []keyed{{"a", "enter sends"}, {"a", "✓ Acknowledged #"}}, 2},
		{"escalate", "", nil, escalate, 3},
		{"hand off", "", nil, []keyed{
			{"h", "enter takes it"}, {"…ann schm", "▌ Ann Schmidt"}, {"Enter", "Hand off to Ann Schmidt"}, {"Enter", "enter sends"}, {"Enter", "✓ Handed off"},
		}, 4},
		{"snooze two", "", nil, []keyed{
			{"Space", "1 selected"}, {"j", "1 selected"}, {"Space", "2 selected"}, {"z", "Until"}, {"Enter", "enter sends"}, {"Enter", "✓ "},
		}, 6},
		{"silence for two hours", "newsletter", nil, []keyed{
			{"s", "Matches 1 alert in am now"}, {"Enter", "Until"}, {"2", "▌ 2h"}, {"Enter", "enter sends"}, {"Enter", "✓ Made 1 silence until"},
		}, 5},
		{"undo", "", escalate, []keyed{{"u", "enter sends"}, {"Enter", "✓ Given back"}}, 2},
	} {
		for _, role := range []string{"developer", "first-line"} {
			t.Run(task.name+"/"+role, func(t *testing.T) {
				t.Parallel()
				w := newProgramHarness(t)
				w.configure(strings.Replace(w.pagerDuty(), "[me]\n", "[me]\nrole = \""+role+"\"\n", 1), w.prometheus(), w.alertmanager())
				x := startTerminal(t, 80, 24, "--config "+w.config)
				x.sees("HighErrorR", "am ")
				x.until("that all sources were read", nil, func(screen string) bool { return !strings.Contains(screen, "am …") })
				if task.on != "" {
					x.on(task.on)
				}
				x.takes(task.before...)
				if keys := x.takes(task.steps...); keys != task.keys {
					t.Errorf("it takes %d keys, want %d", keys, task.keys)
				}
			})
		}
	}
}
