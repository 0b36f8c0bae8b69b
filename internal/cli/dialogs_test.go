package cli

import (
	"strings"
	"testing"
)

// on puts the cursor on the only row that fits a filter.
func (x *terminal) on(filter string) {
	x.t.Helper()
	x.keys("/", "C-u") // another filter may be there
	x.write(filter)
	x.keys("Enter", "g")
	x.until("the only row of "+filter, nil, func(screen string) bool {
		return strings.Contains(screen, "/ "+filter) && strings.Contains(screen, "of 1 ")
	})
}

// choose finds a command by its name and begins it.
func (x *terminal) choose(name, heading string) {
	x.t.Helper()
	x.keys(":")
	x.sees("Commands")
	x.write(name)
	x.sees("▌ :        " + name)
	x.enter(heading)
}

func TestEachDialogInATerminal(t *testing.T) {
	t.Parallel()
	t.Run("incidents", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("Meaning", "Dana Okafor")

		x.keys("E")
		x.sees("Escalate to the next level", "Notified now", "Jonas Weber")
		x.write("No answer.")
		x.enter("What changes")
		x.sees("level 2 of Payments")
		x.readsOn("Why: No answer.")
		x.carryOut("✓ Escalated")

		x.on("HighErrorRate")
		x.keys("3")
		x.sees("Note", "│ Why: No answer.")
		x.keys("1")

		x.on("VolumeFillingUp")
		x.keys("z")
		x.sees("Until", "until 09:00")
		x.write("2h")
		x.sees("▌ 2h")
		x.carryOut("✓ Snoozed")

		x.choose("change the urgency", "Urgency")
		x.write("high")
		x.sees("▌ high")
		x.carryOut("is high now.")
		x.choose("change the priority", "▌ P1")
		x.keys("Down", "Down")
		x.sees("▌ P3")
		x.carryOut("is P3 now.")

		x.choose("ask others to join", "Ask to join")
		x.write("priya")
		x.sees("▌ Priya Nair")
		x.enter("Ask to join: Priya Nair")
		x.carryOut("✓ Asked")

		x.keys("r")
		x.sees("Resolve", "Notified now  nobody")
		x.write("It was a deploy.")
		x.enter("What changes")
		x.sees("still fires", "It was a deploy.")
		x.carryOut("✓ Resolved")
	})
	t.Run("undo", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("Meaning", "Dana Okafor")
		x.keys("e")
		x.sees("Notified now", "Priya Nair")
		x.write("Too early.")
		x.enter("What changes")
		x.readsOn("Why: Too early.")
		x.carryOut("✓ Escalated to Operations first line: now assigned to Priya Nair.")
		x.keys("u")
		x.sees("Undo: escalate", "Dana Okafor", "The note stays on #")
		x.carryOut("✓ Given back")
	})
	t.Run("the next on call", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("Meaning", "Dana Okafor")
		x.keys("h")
		x.sees("enter takes it")
		x.write("next on call")
		x.sees("whoever is next on call")
		x.enter("Hand off to ")
		x.sees("Notified now")
		x.write("My shift ends.")
		x.enter("What changes")
		x.readsOn("Why: My shift ends.")
		x.carryOut("✓ Handed off: now assigned to ")
	})
	t.Run("merge", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 80, 24, "--demo")
		x.sees("Meaning", "prom-eu")
		x.on("service=billing")
		x.choose("merge into another incident", "Into")
		x.write("SearchLatency")
		x.sees("▌ #")
		x.enter("Merge into #")
		x.carryOut("✓ Merged")
	})
	t.Run("silences", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 80, 24, "--demo")
		x.sees("Meaning", "prom-eu")
		x.on("service=newsletter")
		x.keys("s")
		x.sees("Silence what matches all of", `service="newsletter"`, "Matches 1 alert in alertmanager now")
		x.enter("Until", "24h")
		x.enter("[ Silence ]")
		x.keys("n")
		x.sees("Comment")
		x.write("Sent by hand.")
		x.carryOut("✓ Made 1 silence until")
		x.until("the row as silenced", nil, func(screen string) bool {
			for line := range strings.Lines(screen) {
				if strings.HasPrefix(line, "│▌") && strings.Contains(line, "silenced") {
					return true
				}
			}
			return false
		})
		x.choose("extend a silence", "Until")
		x.write("5h")
		x.sees("▌ 5h")
		x.enter("Extends 1 silence")
		x.carryOut("✓ Extended")
		x.choose("end a silence", "Ends 1 silence now")
		x.confirm("nobody paged")
	})
	t.Run("read-only", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 80, 24, "--demo --read-only")
		x.sees("Meaning", "prom-eu")
		for _, key := range []string{"E", "r", "z", "s", "h", "e", "n", "a"} {
			x.keys(key)
			x.sees("firstline runs read-only")
			x.keys("j", "k")
			x.seesNot("runs read-only")
		}
	})
}
