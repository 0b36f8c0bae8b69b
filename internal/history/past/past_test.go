package past

import (
	"math/rand/v2"
	"testing"
	"time"

	"firstline/sources"
)

func at(minutes int) time.Time {
	return time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

func span(from, to int) sources.Span { return sources.Span{Since: at(from), Until: at(to)} }

// Union and Gaps together are the span, minute by minute.
// TestPeopleOfOneName: they have their ids, and others their name alone.
func TestPeopleOfOneName(t *testing.T) {
	people := People([]Person{{ID: "U1", Name: "Dana"}, {ID: "U2", Name: "dana", Deleted: true}, {ID: "U3", Name: "Ann"}, {ID: "U4"}, {ID: "U5"}})
	got := ""
	for _, id := range []string{"U1", "U2", "U3", "U4", "U5"} {
		got += people[id].Name + ";"
	}
	if want := "Dana (U1);dana (U2);Ann;;;"; got != want {
		t.Errorf("the names are %q, want %q", got, want)
	}
}

func TestGapsAndSpansAreTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var spans []sources.Span
		covered := map[int]bool{}
		for range r.IntN(6) {
			from := r.IntN(100)
			to := from + r.IntN(30)
			spans = append(spans, span(from, to))
			for m := from; m < to; m++ {
				covered[m] = true
			}
		}
		of := span(10, 90)
		gap := map[int]bool{}
		for _, g := range Gaps(of, Union(spans)) {
			for m := 0; m < 130; m++ {
				if !at(m).Before(g.Since) && at(m).Before(g.Until) {
					gap[m] = true
				}
			}
		}
		for m := 0; m < 130; m++ {
			if want := m >= 10 && m < 90 && !covered[m]; gap[m] != want {
				t.Fatalf("minute %d of %v is a gap: %v, want %v", m, spans, gap[m], want)
			}
		}
	}
}

func TestCoveredLeavesOutWhatMayComeLate(t *testing.T) {
	got := Covered([]Window{{span(0, 60), at(60)}, {span(60, 90), at(200)}})
	if len(got) != 2 || got[0] != span(0, 50) || got[1] != span(60, 90) {
		t.Errorf("it is %v", got)
	}
}

func TestMerge(t *testing.T) {
	entry := func(id string, minute int, kind string) Entry {
		return EntryOf(sources.LogEntry{ID: id, Type: kind, CreatedAt: at(minute), Agent: sources.Reference{ID: "U", Type: "user_reference"}})
	}
	trigger, ack, resolve := entry("a", 0, "trigger"), entry("b", 5, "acknowledge"), entry("c", 9, "resolve")
	log := Incident{ID: "I", Entries: []Entry{resolve, ack}}
	read := Incident{ID: "I", ReadAt: at(7), Title: "old", Status: sources.Acknowledged, Entries: []Entry{trigger, ack}}
	for name, merged := range map[string]Incident{"log first": Merge(log, read), "log last": Merge(read, log)} {
		if len(merged.Entries) != 3 || merged.Entries[0].Hash != trigger.Hash || merged.Entries[2].Hash != resolve.Hash || merged.Title != "old" {
			t.Errorf("%s: it is %+v", name, merged)
		}
		if !merged.IsStale() || !merged.Open() {
			t.Errorf("%s: it was resolved after it was read, and is not stale", name)
		}
	}
	newer := Incident{ID: "I", ReadAt: at(20), Title: "new", Status: sources.Resolved}
	for name, merged := range map[string]Incident{"newer last": Merge(read, newer), "newer first": Merge(newer, read)} {
		if merged.Title != "new" || merged.Open() || len(merged.Entries) != 2 {
			t.Errorf("%s: it is %+v", name, merged)
		}
	}
	gone := Merge(read, Incident{ID: "I", ReadAt: at(30), Deleted: true})
	if !gone.Deleted || gone.Title != "old" || len(gone.Entries) != 2 || gone.Open() || gone.IsStale() {
		t.Errorf("a deleted one is %+v", gone)
	}
	if again := Merge(gone, newer); again.Deleted {
		t.Error("an incident that was read again is deleted")
	}
	if still := Merge(gone, Incident{ID: "I", Entries: []Entry{resolve}}); !still.Deleted {
		t.Error("entries bring a deleted incident back")
	}
}

// Entries of one second are in an order in which they can have happened, whatever
// the order in which they were read.
func TestOrderWithinASecond(t *testing.T) {
	var entries []Entry
	for n, kind := range []string{"resolve", "acknowledge", "notify", "assign", "trigger"} {
		entries = append(entries, EntryOf(sources.LogEntry{ID: string(rune('a' + n)), Type: kind, CreatedAt: at(0)}))
	}
	merged := Merge(Incident{}, Incident{ID: "I", Entries: entries}).Entries
	for n, want := range []Kind{Trigger, Assign, Notify, Acknowledge, Resolve} {
		if merged[n].Kind != want {
			t.Errorf("entry %d is %v, want %v", n, merged[n].Kind, want)
		}
	}
}

func TestEntryOf(t *testing.T) {
	e := EntryOf(sources.LogEntry{ID: "x", Type: "notify", Way: "push", Assignees: []sources.Reference{{ID: "U"}}, Agent: sources.Reference{ID: "U", Type: "user_reference"}})
	if e.Kind != Notify || e.Way != Push || len(e.To) != 1 || e.By != "" {
		t.Errorf("a notification is %+v", e)
	}
	if e := EntryOf(sources.LogEntry{Type: "resolve", Agent: sources.Reference{ID: "S", Type: "service_reference"}}); e.By != "" {
		t.Errorf("a service is a person: %+v", e)
	}
	if e := EntryOf(sources.LogEntry{Type: "notify", Way: "carrier pigeon"}); e.Way != OtherWay {
		t.Errorf("the way is %v", e.Way)
	}
}
