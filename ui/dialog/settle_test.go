package dialog

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"firstline/internal/respond"
	"firstline/sources"
	"firstline/ui/reply"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// What is not known of what was sent is looked for while the screen stays open,
// not before a moment has gone by and just when it can't come about any more, and
// what came of it is reported once.
func TestAnUnknownOutcomeIsFoundOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := sources.Now()
		until := begin.Add(74 * time.Second)
		var reads []time.Duration
		said := 0
		screen, _ := roomtest.Screen(80, 24, nil)
		screen.TimeNow = sources.Now
		m := New(screen, Options{Settled: func() { said++ }, Settle: func(context.Context) ([]respond.Result, time.Time) {
			now := sources.Now()
			reads = append(reads, now.Sub(begin))
			if now.Before(until) {
				next := now.Add(30 * time.Second)
				if until.Before(next) {
					next = until
				}
				return nil, next
			}
			return []respond.Result{
				{Outcome: respond.Failed, Sentence: "It did not come about."},
				{Outcome: respond.Done, Sentence: "It was done."},
				{Outcome: respond.Unknown, Sentence: "It is not known."},
			}, time.Time{}
		}})
		if m.settleLater([]respond.Result{{Outcome: respond.Done}, {Outcome: respond.Failed}}) != nil {
			t.Error("it reads what is known")
		}
		cmd := m.settleLater([]respond.Result{{Outcome: respond.Done}, {Outcome: respond.Unknown}})
		if m.settleLater([]respond.Result{{Outcome: respond.Unknown}}) != nil {
			t.Error("it reads twice at a time")
		}
		for cmd != nil {
			cmd = cmd().(reply.Message).Deliver()
		}
		if want := []time.Duration{30 * time.Second, 60 * time.Second, 74 * time.Second}; !slices.Equal(reads, want) {
			t.Errorf("it read after %v, want %v", reads, want)
		}
		// What was done is no warning.
		if h := m.Messages.History; len(h) != 3 || h[0].Text != "It did not come about." || h[0].Level != room.Failure || h[1].Level != room.OK || h[2].Level != room.Caution {
			t.Errorf("the messages are %+v", h)
		}
		if said != 1 {
			t.Errorf("it was said %d times that something was found", said)
		}
		if m.settling.Busy() {
			t.Error("it still reads")
		}
	})
}
