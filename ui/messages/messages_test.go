package messages_test

import (
	"strings"
	"testing"
	"time"

	"firstline/sources"
	"firstline/ui/messages"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

func TestSourcesAndMessages(t *testing.T) {
	s, _ := roomtest.Screen(100, 30, room.ReaderKeys())
	r := messages.New(s, func() []sources.Snapshot { return roomtest.Story(roomtest.Noon) })
	shown := roomtest.Shows(s, r)
	for _, want := range []string{
		"pagerduty         pagerduty     ✓ read at 11:59:56", "alertmanager      alertmanager  ✗ failing since 11:58, shown as of 11:58",
		"No answer within 5 s", "No messages yet",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing in\n%s", want, shown)
		}
	}
	s.Messages.Add(room.OK, "the first \x1b[31m", "", roomtest.Noon)
	s.Messages.Add(room.Failure, strings.Repeat("long ", 40), "", roomtest.Noon.Add(time.Second))
	r.Resize()
	shown = roomtest.Shows(s, r)
	first, last := strings.Index(shown, "12:00:00  ✓ the first"), strings.Index(shown, "12:00:01  ✗ long")
	if first < 0 || last < 0 || last > first || strings.Contains(shown, "\x1b") {
		t.Errorf("the messages are not there, the latest first:\n%s", shown)
	}
}

// TestOrderOfTime: what is noted later of an earlier time is where its time is.
func TestOrderOfTime(t *testing.T) {
	s, _ := roomtest.Screen(100, 30, room.ReaderKeys())
	r := messages.New(s, func() []sources.Snapshot { return nil })
	for _, second := range []int{5, 2, 9} {
		s.Messages.Add(room.Info, "said", "", roomtest.Noon.Add(time.Duration(second)*time.Second))
		s.Messages.Note(room.Info, "noted", roomtest.Noon.Add(time.Duration(second+1)*time.Second))
	}
	r.Resize()
	last := len(roomtest.Shows(s, r))
	for _, second := range []string{"02", "03", "05", "06", "09", "10"} {
		at := strings.Index(roomtest.Shows(s, r), "12:00:"+second)
		if at < 0 || at > last {
			t.Errorf("12:00:%s is not above the one before it:\n%s", second, roomtest.Shows(s, r))
		}
		last = at
	}
}

func TestASourceThatWasNotReadYet(t *testing.T) {
	s, _ := roomtest.Screen(100, 30, room.ReaderKeys())
	r := messages.New(s, func() []sources.Snapshot { return []sources.Snapshot{{Source: sources.Source{Name: "prom"}}} })
	if shown := roomtest.Shows(s, r); !strings.Contains(shown, "not read yet") {
		t.Errorf("it shows\n%s", shown)
	}
}

// The columns of the longest names are two things also where they are read.
func TestSourcesInColumns(t *testing.T) {
	s, _ := roomtest.Screen(100, 30, room.ReaderKeys())
	for _, kind := range []sources.Kind{sources.PagerDuty, sources.Prometheus, sources.Alertmanager} {
		r := messages.New(s, func() []sources.Snapshot {
			return []sources.Snapshot{{Source: sources.Source{Name: strings.Repeat("n", 16), Kind: kind}, AsOf: roomtest.Noon}}
		})
		if shown := roomtest.Shows(s, r); !strings.Contains(shown, "n  "+string(kind)+"  ") {
			t.Errorf("%s: a column has no edge:\n%s", kind, shown)
		}
	}
}
