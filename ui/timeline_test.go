package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"firstline/internal/history"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/pane"
)

// chronicle answers with events, and counts how often it is asked.
type chronicle struct {
	asked  []string
	events []history.Event
	err    error
}

func (c *chronicle) with(o *Options) {
	newAccount().with(o)
	o.History = func(_ context.Context, g triage.Group, _ []sources.User) (history.History, error) {
		c.asked = append(c.asked, g.ID)
		return history.History{Events: c.events}, c.err
	}
}

func newChronicle() *chronicle {
	return &chronicle{events: []history.Event{
		{At: noon.Add(-26 * time.Hour), Kind: history.Triggered, Text: "Triggered through the API.", Source: history.FromPagerDuty},
		{At: noon.Add(-9 * time.Minute), Kind: history.Acknowledged, By: "Dana Diaz", Text: "Acknowledged by Dana Diaz.", Source: history.FromPagerDuty},
		{At: noon.Add(-8 * time.Minute), Kind: history.Noted, By: "Dana Diaz", Text: "Looked at the deploy.\nIt is \x1b[31mnot it.", Source: history.FromPagerDuty},
		{At: noon.Add(-7 * time.Minute), Kind: history.Silenced, By: "Dana Diaz", Text: "Silence 1 alert: no answer", Source: history.FromJournal, Outcome: respond.Failed},
	}}
}

func TestTheTimelineHasTheLatestFirst(t *testing.T) {
	c := newChronicle()
	h := withStory(t, 120, 30, c.with)
	h.put("Q1CHECKOUT")
	if len(c.asked) > 0 {
		t.Errorf("history is read while nobody looks at it: %v", c.asked)
	}
	h.press("3")
	h.reads("Tue 10 Mar 2026", "Mon 9 Mar 2026", "11:51:00  Acknowledged by Dana Diaz.", "11:52:00  Note · Dana Diaz", "│ Looked at the deploy.", "│ It is not it.", "11:53:00  ✗ Silence 1 alert: no answer · Dana Diaz", "10:00:00  Triggered")
	h.checkFrame("timeline")
}

func TestTheTimelineIsReadAgainWhenItsGroupChanged(t *testing.T) {
	c := newChronicle()
	h := withStory(t, 120, 30, c.with)
	h.put("Q1CHECKOUT")
	h.press("3")
	h.tick(time.Second)
	h.press("1", "3")
	if len(c.asked) != 1 {
		t.Fatalf("asked %d times for a group that did not change", len(c.asked))
	}
	h.press("ctrl+r")
	if len(c.asked) != 2 {
		t.Errorf("asked %d times after a wish to read all anew", len(c.asked))
	}
	snapshots := story(h.now)
	snapshots[0].Data.Incidents[0].UpdatedAt = h.now
	h.send(snapshotsMsg{list: snapshots})
	if len(c.asked) != 3 {
		t.Errorf("asked %d times after the incident changed", len(c.asked))
	}
	h.press("a", "enter") // an action of our own
	if len(c.asked) < 4 {
		t.Errorf("asked %d times after an action", len(c.asked))
	}
	h.put("Q3DISK")
	if last := c.asked[len(c.asked)-1]; last != "Q3DISK" {
		t.Errorf("last asked for %s", last)
	}
}

func TestATimelineThatCanNotBeReadShowsWhatWasReadBefore(t *testing.T) {
	c := newChronicle()
	h := withStory(t, 120, 30, c.with)
	h.put("Q1CHECKOUT")
	h.press("3")
	c.events, c.err = c.events[3:], errors.Join(errUnreachable)
	h.press("ctrl+r")
	h.reads("! No connection.", "What was read at 12:0", "Acknowledged by Dana Diaz.")
}

func TestATimelineWithoutEventsSaysSo(t *testing.T) {
	c := &chronicle{}
	h := withStory(t, 80, 24, c.with)
	h.press("tab", "tab")
	h.reads("Nothing is written down about it yet.")
	h = withStory(t, 80, 24, newAccount().with)
	h.press("3")
	h.reads("No source with a history is configured.")
}

func TestTheTimelineForgetsTheOldest(t *testing.T) {
	c := newChronicle()
	h := newHarness(t, 120, 30, c.with)
	h.send(snapshotsMsg{list: fleet(noon, pane.MostHistories+5)})
	h.press("3")
	for range pane.MostHistories + 5 {
		h.press("j")
	}
	if n := len(h.m.pane.Timeline.Groups); n != pane.MostHistories || len(h.m.pane.Timeline.Order) != n {
		t.Errorf("%d histories are kept, %d in order", n, len(h.m.pane.Timeline.Order))
	}
}
