package list_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/race"
	"firstline/sources"
	"firstline/ui/list"
)

// full fails where a line of the list is blank while a row is hidden, or a row
// that matches has no line.
func (h *harness) full(after string) {
	h.t.Helper()
	l := h.list
	if l.Offset > 0 && l.Offset+l.Height() > len(l.Visible) {
		h.t.Fatalf("after %s the first %d of %d rows are hidden, and %d lines are blank:\n%s", after, l.Offset, len(l.Visible), l.Offset+l.Height()-len(l.Visible), h.screen())
	}
	if l.Roomy {
		lines := len(l.Visible)
		for _, line := range l.Visible {
			if line >= 0 {
				lines++
			}
		}
		if l.Offset > 0 || lines > l.Height() {
			h.t.Fatalf("after %s %d lines are to fit into %d from row %d:\n%s", after, lines, l.Height(), l.Offset, h.screen())
		}
	}
	if len(l.Sections) > 0 {
		return
	}
	had := map[int]int{}
	for _, line := range l.Visible {
		had[line]++
	}
	for _, line := range l.Matching {
		if had[line] != 1 {
			h.t.Fatalf("after %s %s has %d lines", after, l.Rows[line].ID, had[line])
		}
	}
}

// Whatever comes, goes or changes its rank, at any length and height: no line is
// blank while a row is hidden, and the row under the cursor stays on its line.
// Only where the list has become too short for that line it is at its end.
func TestTheListIsFullAndTheRowStays(t *testing.T) {
	race.Skip(t)
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 9))
		size := [][2]int{{80, 24}, {60, 20}, {120, 30}, {200, 50}, {80, 40}}[random.IntN(5)]
		h := newHarness(t, size[0], size[1], onePrometheus)
		var alerts []*sources.Alert
		add := func(n int) {
			for range n {
				word := []string{"critical", "error", "warning", "info"}[random.IntN(4)]
				at := random.IntN(900)
				a := numbered(word, at, at+1)[0]
				if !slices.ContainsFunc(alerts, func(o *sources.Alert) bool { return o.Name() == a.Name() }) {
					alerts = append(alerts, a)
				}
			}
		}
		add(1 + random.IntN(70))
		h.send(alertsSnapshot(alerts...))
		grouped := false
		for step := range 40 {
			after := fmt.Sprintf("step %d of seed %d at %v", step, seed, size)
			l := h.list
			switch random.IntN(8) {
			case 0:
				h.press([]string{"j", "k", "g", "G", "ctrl+d", "ctrl+u"}[random.IntN(6)])
				h.full(after)
				continue
			case 1:
				size = [][2]int{{80, 24}, {60, 20}, {120, 30}, {200, 50}, {80, 40}}[random.IntN(5)]
				h.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				h.full(after)
				continue
			case 2:
				if seed%3 == 0 {
					h.press("v")
					grouped = len(l.Sections) > 0
					h.full(after)
				}
				continue
			case 3:
				if len(l.Visible) > 0 {
					l.MoveTo(l.Offset + random.IntN(min(l.Height(), len(l.Visible)-l.Offset)))
				}
				continue
			case 4: // many end at once
				share := random.Float64()
				alerts = slices.DeleteFunc(slices.Clone(alerts), func(*sources.Alert) bool { return random.Float64() > share })
			case 5: // what is under the cursor is graver now, or less
				alerts = slices.Clone(alerts)
				if n := len(alerts); n > 0 {
					at := random.IntN(n)
					alerts[at].Labels = withLabel(alerts[at].Labels, "severity", []string{"critical", "info"}[random.IntN(2)])
				}
			default:
				alerts = slices.Clone(alerts)
				add(random.IntN(20))
			}
			if len(l.Visible) == 0 || l.HeadingAt(l.Cursor) != nil || l.CurrentRow().Gone {
				h.send(alertsSnapshot(alerts...))
				h.full(after)
				continue
			}
			id, row := l.Current().ID, h.cursorRow()-l.Layout.List.Y-1
			h.send(alertsSnapshot(alerts...))
			h.full(after)
			if grouped {
				continue
			}
			if now := l.Current().ID; now != id {
				t.Fatalf("after %s the cursor went from %s to %s", after, id, now)
			}
			last := len(l.Visible) - 1
			if l.Roomy {
				last *= 2
			}
			if now := h.cursorRow() - l.Layout.List.Y - 1; now != min(row, last) {
				t.Fatalf("after %s the row under the cursor went from line %d to %d of %d:\n%s", after, row, now, last, h.screen())
			}
		}
	}
}

func withLabel(labels map[string]string, name, value string) map[string]string {
	out := map[string]string{name: value}
	for n, v := range labels {
		if n != name {
			out[n] = v
		}
	}
	return out
}

// After an action of one's own: the incident ranks lower, and nothing is hidden.
func TestAfterAnActionNothingIsHidden(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {120, 60}, {200, 50}} {
		for _, n := range []int{2, 8, 15, 33, 80} {
			for _, at := range []int{0, 1, n / 2, n - 1} {
				h := newHarness(t, size[0], size[1], func(o *list.Options) { o.Initial = storySources()[:1] })
				read := func(acked int) snapshotsMsg {
					d := pagerDutyData(noon)
					d.Incidents = nil
					for i := range n {
						in := incident(i)
						if i == acked {
							in.Status = sources.Acknowledged
						}
						d.Incidents = append(d.Incidents, in)
					}
					return snapshotsMsg{list: []sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon, Data: d}}}
				}
				h.send(read(-1))
				h.list.MoveTo(at)
				row := h.cursorRow()
				h.send(read(at))
				after := fmt.Sprintf("the acknowledgement of %d of %d at %v", at, n, size)
				h.full(after)
				if got := h.cursorRow(); got != row {
					t.Errorf("after %s the row went from line %d to %d", after, row, got)
				}
				if n <= h.list.Height() && !strings.Contains(h.screen(), fmt.Sprintf("1–%d of %d", n, n)) {
					t.Errorf("after %s not all is shown:\n%s", after, h.screen())
				}
			}
		}
	}
}

// What becomes one's own and moves above the screen is not hidden without a sign.
func TestOnesOwnIsNotHiddenSilently(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 21))
		size := [][2]int{{60, 15}, {80, 24}, {120, 30}, {80, 40}}[random.IntN(4)]
		n, mine := 20+random.IntN(40), map[int]bool{}
		read := func() snapshotsMsg {
			d := pagerDutyData(noon)
			d.Incidents = nil
			for i := range n {
				in := incident(i)
				in.Assignments = []sources.Assignment{{User: userReference(ann), At: noon}}
				if mine[i] {
					in.Assignments[0].User = userReference(dana)
				}
				d.Incidents = append(d.Incidents, in)
			}
			return snapshotsMsg{list: []sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon, Data: d}}}
		}
		h := newHarness(t, size[0], size[1], func(o *list.Options) { o.Initial = storySources()[:1] })
		h.send(read())
		for range random.IntN(h.list.Height()) {
			h.press("j")
		}
		for step := range 5 {
			given := random.IntN(n)
			mine[given] = true
			h.send(read())
			l := h.list
			at := slices.IndexFunc(l.Visible, func(line int) bool { return l.Rows[line].ID == incident(given).ID })
			if at < l.Offset && !strings.Contains(h.screen(), "new above") {
				t.Fatalf("step %d of seed %d at %v: row %d is above the screen, without a sign:\n%s", step, seed, size, at, h.screen())
			}
		}
	}
}
