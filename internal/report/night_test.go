package report

import (
	"testing"
	"time"

	"firstline/internal/history/past"
)

// Nights of the history that was computed by hand.
func TestLastNight(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	h := readHand(t)
	for _, tc := range []struct {
		now, since, until string
		me                string
		all, own          int
		unread            bool
	}{
		// c1 c2 c5 of ann, f1 of the day before is not in it, f2 of bob at 7:00
		{now: "2026-10-21T12:00Z", since: "2026-10-20T20:00Z", until: "2026-10-21T06:00Z", me: "ann", all: 4, own: 3},
		{now: "2026-10-21T06:00Z", since: "2026-10-20T20:00Z", until: "2026-10-21T06:00Z", me: "bob", all: 4, own: 1},
		// Within a night the last is the one before.
		{now: "2026-10-22T01:00Z", since: "2026-10-20T20:00Z", until: "2026-10-21T06:00Z", me: "nobody", all: 4},
		// c3 of ann; x2 comes when the night has ended
		{now: "2026-10-22T20:59Z", since: "2026-10-21T20:00Z", until: "2026-10-22T06:00Z", me: "ann", all: 1, own: 1},
		// The night has 11 hours: d1 d2.
		{now: "2026-10-25T12:00Z", since: "2026-10-24T20:00Z", until: "2026-10-25T07:00Z", me: "ann", all: 2, own: 2},
		// d3 d4 of cat, in the evening of New York and in the night of Berlin
		{now: "2026-11-01T12:00Z", since: "2026-10-31T21:00Z", until: "2026-11-01T07:00Z", me: "cat", all: 2, own: 2},
		// A quiet night, and one that was not read to its end.
		{now: "2026-10-28T12:00Z", since: "2026-10-27T21:00Z", until: "2026-10-28T07:00Z", me: "ann"},
		{now: "2026-11-02T12:00Z", since: "2026-11-01T21:00Z", until: "2026-11-02T07:00Z", me: "ann", unread: true},
	} {
		span := LastNight(instant(t, tc.now).In(zone))
		if !span.Since.Equal(instant(t, tc.since)) || !span.Until.Equal(instant(t, tc.until)) {
			t.Errorf("at %s the night is %v", tc.now, span)
		}
		n := NewNight(h, span, tc.me)
		if n.Interruptions != tc.all || n.Own != tc.own || n.Unread != tc.unread || n.AtLeast {
			t.Errorf("at %s the night of %s is %+v", tc.now, tc.me, n)
		}
	}
	// Of a notification it is not recorded how it came.
	for n := range h.Incidents {
		for k := range h.Incidents[n].Entries {
			h.Incidents[n].Entries[k].Way = past.UnknownWay
		}
	}
	if n := NewNight(h, LastNight(instant(t, "2026-10-21T12:00Z").In(zone)), "ann"); !n.AtLeast || n.Interruptions != 0 {
		t.Errorf("of unknown ways the night is %+v", n)
	}
	if n := NewNight(past.History{}, LastNight(instant(t, "2026-10-21T12:00Z")), "ann"); !n.Unread {
		t.Errorf("of nothing the night is %+v", n)
	}
}
