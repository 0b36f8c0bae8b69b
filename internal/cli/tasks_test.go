package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
)

// press is a key of a person with what the screen shows after it. A text is typed
// letter by letter, and is not counted as a key.
type press struct{ key, text, shows string }

func key(key, shows string) press    { return press{key: key, shows: shows} }
func typed(text, shows string) press { return press{text: text, shows: shows} }

// task is what a responder does at night, and how many keys it takes at most besides
// letters.
type task struct {
	name string
	keys int
	// from is what the screen shows when the person begins.
	from string
	// before is what the person did just before.
	before, presses []press
}

// tasks are those of the study. Each is done from the first screen, with the first
// row under the cursor, by developers and by operators of the first line.
func tasks(role string) []task {
	escalates := "✓ Escalated to Operations first line"
	if role == "first-line" {
		escalates = "✓ Escalated to "
	}
	escalate := []press{key("e", "Why"), typed("The rollback did not help.", "did not help"), key("Enter", "[ Escalate ]"), key("Enter", escalates)}
	return []task{
		{name: "acknowledge", keys: 2, from: "HighErrorRate", presses: []press{key("a", "[ Acknowledge ]"), key("a", "✓ Acknowledged")}},
		{name: "read the mitigation and copy its command", keys: 3, from: "HighErrorRate", presses: []press{
			key("Enter", "Meaning"), key("T", "Mitigation"), key("y", "Copied"),
		}},
		{name: "escalate with a reason", keys: 3, from: "HighErrorRate", presses: escalate},
		{name: "undo", keys: 2, from: "HighErrorRate", before: escalate, presses: []press{key("u", "Undo"), key("Enter", "✓ Given back")}},
		{name: "hand off to a person", keys: 4, from: "HighErrorRate", presses: []press{
			key("h", "enter takes it"), typed("ann schm", "Ann Schmidt"), key("Enter", "Hand off to Ann Schmidt"), key("Enter", "[ Hand off ]"), key("Enter", "✓ Handed off"),
		}},
		{name: "select all critical groups of this service", keys: 4, from: "HighErrorRate", presses: []press{
			key("F", "critical of this service: checkout"), key("c", "1–3 of 3"), key("*", "3 selected"),
		}},
		{name: "snooze two", keys: 6, from: "HighErrorRate", presses: []press{
			key("Space", "1 selected"), key("Space", "2 selected"), key("z", "Until"), key("Enter", "[ Snooze ]"), key("Enter", "✓"),
		}},
		{name: "silence for two hours", keys: 5, from: "HighErrorRate", presses: []press{
			key("s", "matches all of"), key("Enter", "Until"), typed("2h", "2 h"), key("Enter", "[ Silence ]"), key("Enter", "✓"),
		}},
		{name: "see who is next", keys: 1, from: "HighErrorRate", presses: []press{key("2", "level 2")}},
		{name: "copy the handover", keys: 2, from: "HighErrorRate", presses: []press{key("H", "## Open ("), key("y", "Copied")}},
	}
}

func TestTasksOfANight(t *testing.T) {
	t.Parallel()
	for n, role := range []string{"developer", "first-line"} {
		for m, task := range tasks(role) {
			if !race.Plays(n+m, 2) {
				continue
			}
			t.Run(role+", "+task.name, func(t *testing.T) {
				t.Parallel()
				w := newProgramHarness(t)
				x := startTerminalWith(t, t.TempDir(), "FIRSTLINE_ME_ROLE="+role, 80, 24, "--config "+w.config)
				x.sees(task.from, "triggered", "Meaning")
				x.does(task.before)
				if n := x.does(task.presses); n > task.keys {
					t.Errorf("it takes %d keys, at most %d are allowed", n, task.keys)
				}
			})
		}
	}
}

// does presses keys as a person does, and counts them.
func (x *terminal) does(presses []press) (keys int) {
	x.t.Helper()
	for _, p := range presses {
		time.Sleep(200 * time.Millisecond) // nobody reads faster, and a key that comes sooner is refused
		if p.text != "" {
			x.write(p.text)
		} else {
			x.keys(p.key)
			keys++
		}
		// A busy machine may show a question late, and ask for the key once more.
		x.until(p.shows, func() {
			if p.key != "" && asksAgain.MatchString(x.screen()) {
				x.keys(p.key)
			}
		}, func(screen string) bool { return strings.Contains(screen, p.shows) })
	}
	return keys
}

// What can be read without any key.
func TestWhatTheFirstScreenSays(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	state := t.TempDir()
	x := startTerminalIn(t, state, 120, 30, "--config "+w.config)
	x.sees("HighErrorRate", "triggered", "Meaning")
	// Why nobody was notified.
	x.sees("unpaged: no route to PagerDuty")
	x.keys("q")
	x.sees("it ended with 0")

	// What changed since the screen was left.
	id := w.incident("PaymentProviderErrors").ID
	if status := w.demo.PagerDuty.Do("PUANN01", http.MethodPut, "/incidents/"+id, `{"incident":{"type":"incident_reference","status":"resolved"}}`); status != http.StatusOK {
		t.Fatalf("resolving it: %d", status)
	}
	x = startTerminalIn(t, state, 120, 30, "--config "+w.config)
	x.sees("away ", "1 ended")
}
