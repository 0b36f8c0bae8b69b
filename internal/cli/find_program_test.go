package cli

import (
	"strings"
	"testing"
)

func TestFindingInATerminal(t *testing.T) {
	t.Parallel()
	t.Run("complete a filter", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("HighErrorRate", "on call until")
		x.keys("/")
		x.write("serv")
		x.sees("tab  service=")
		x.keys("Tab")
		x.sees("/ service=", "checkout", "▲", "a value is missing")
		x.write("sea")
		x.keys("Tab")
		x.sees("/ service=search", "1–1 of 1")
		x.keys("Enter")
		x.sees("SearchLatencyP99", "esc clear")
		// Cleared, the list shows its first rows again.
		x.keys("Escape")
		x.sees("HighErrorRate", "1–10 of 10")
	})
	t.Run("saved filters", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 80, 24, "--demo")
		x.sees("HighErrorRate", "of 10")
		x.keys("F")
		x.sees("this service: checkout", "@night: severity=critical !silenced", "@soon: mine escalates<10m")
		x.keys("1")
		x.sees("/ @night ── 3 of 10", "HighErrorRate")
		x.keys("F", "c", "*")
		x.sees("/ service=checkout severity=critical ── 3 of 10", "3 selected")
		x.keys("*", "F", "a")
		x.sees("of 10")
		x.keys("/")
		x.write("@ni")
		x.keys("Tab", "Enter")
		x.sees("/ @night", "of 3")
		x.keys("Escape")
		x.sees("of 10")
	})
	t.Run("group, close, select all", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("HighErrorRate", "1–10 of 10", "on call until")
		x.keys("v")
		x.sees("▾ checkout  4 groups", "10 groups under 6 headings")
		x.keys("c")
		x.sees("▸ checkout  4 groups", "c opens this")
		x.until("no row of checkout in the list", nil, func(screen string) bool {
			for line := range strings.Lines(screen) {
				if list, _, _ := strings.Cut(line, "││"); strings.Contains(list, "HighErrorRate") {
					return false
				}
			}
			return true
		})
		x.keys("a")
		x.sees("space selects all that is under it")
		x.keys("Space")
		x.sees("4 selected")
		x.keys("C")
		x.sees("▸ kubernetes", "lines 1–6 of 6")
		x.keys("C")
		x.sees("▾ kubernetes", "HighErrorRate")
		x.keys("*")
		x.sees("10 selected")
		x.keys("*")
		x.seesNot("selected")
		x.keys("S")
		x.sees("Sort by", "6 services")
		x.keys("2")
		x.sees("Alert groups by service")
		x.keys("q")
		x.sees("it ended with 0")
	})
}
