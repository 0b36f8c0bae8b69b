package list_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"firstline/internal/race"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/list"
)

// After an action the cursor goes on to the next row that wants attention, at any
// length and height, wherever it was and whatever was acted upon; and nothing is
// hidden while there is room.
func TestTheCursorGoesOnAfterAnAction(t *testing.T) {
	race.Skip(t)
	for seed := range uint64(120) {
		random := rand.New(rand.NewPCG(seed, 13))
		size := [][2]int{{60, 20}, {80, 24}, {120, 30}, {200, 50}}[random.IntN(4)]
		n := 1 + random.IntN(70)
		acked := map[int]bool{}
		for i := range n {
			acked[i] = random.IntN(3) == 0
		}
		read := func() snapshotsMsg {
			d := pagerDutyData(noon)
			d.Incidents = nil
			for i := range n {
				in := incident(i)
				if acked[i] {
					in.Status = sources.Acknowledged
				}
				d.Incidents = append(d.Incidents, in)
			}
			return snapshotsMsg{list: []sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon, Data: d}}}
		}
		h := newHarness(t, size[0], size[1], func(o *list.Options) { o.Initial = storySources()[:1] })
		h.send(read())
		if seed%4 == 0 {
			h.press("v")
		}
		for step := range 12 {
			l := h.list
			l.MoveTo(random.IntN(len(l.Visible)))
			if random.IntN(3) == 0 {
				for range random.IntN(4) {
					h.press("space")
				}
			}
			done := l.Targets()
			ids, before := map[string]bool{}, l.Current().ID
			for _, g := range done {
				ids[g.ID] = true
			}
			want := ""
			for i := range l.Visible {
				line := l.Visible[(l.Cursor+i)%len(l.Visible)]
				if line >= 0 && !ids[l.Groups[line].ID] && l.Groups[line].State == triage.Triggered {
					want = l.Groups[line].ID
					break
				}
			}
			after := fmt.Sprintf("step %d of seed %d, %d rows at %v", step, seed, n, size)
			named := l.Next(done, l.Position())
			if (named == "") != (want == "") {
				t.Fatalf("after %s the next is named %q, and is %q", after, named, want)
			}
			if want == "" {
				want = before
			}
			l.Deselect(done)
			for _, g := range done {
				acked[g.Incident.Number-1000] = true
			}
			for range 2 {
				if got := l.Current().ID; got != want {
					t.Fatalf("after %s the cursor is on %s, not on %s", after, got, want)
				}
				h.full(after)
				h.send(read())
			}
		}
	}
}
