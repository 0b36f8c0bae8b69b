package ui

import (
	"context"
	"testing"
	"time"

	"firstline/internal/change"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/room"
)

// However the cursor moves, and whatever the tab shows, one read begins in each 300 ms.
func TestAllTabsShareAPace(t *testing.T) {
	var begun []time.Time
	var h *harness
	d := &deploys{}
	h = withStory(t, 140, 60, func(o *Options) {
		newChronicle().with(o)
		o.Changes = func(ctx context.Context, g triage.Group) change.Found {
			begun = append(begun, h.now)
			return d.of(ctx, g)
		}
		o.SLOs = func(context.Context, triage.Group, []sources.Snapshot) measure.Found {
			begun = append(begun, h.now)
			return measure.Found{}
		}
	})
	h.put("Q1CHECKOUT")
	h.press("2")
	for _, step := range []time.Duration{350, 100, 700, 301, 40} {
		for range 6 {
			for _, k := range []string{"j", "k"} {
				h.now = h.now.Add(step * time.Millisecond)
				h.press(k)
			}
		}
	}
	if len(begun) < 4 {
		t.Errorf("%d reads", len(begun))
	}
	for i := 1; i < len(begun); i++ {
		if gap := begun[i].Sub(begun[i-1]); gap < room.Apart {
			t.Errorf("read %d begins %v after the one before", i, gap)
		}
	}
}
