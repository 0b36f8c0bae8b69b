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
		"pagerduty        pagerduty    ✓ read at 11:59:56", "alertmanager     alertmanager ✗ failing since 11:58, shown as of 11:58",
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

func TestASourceThatWasNotReadYet(t *testing.T) {
	s, _ := roomtest.Screen(100, 30, room.ReaderKeys())
	r := messages.New(s, func() []sources.Snapshot { return []sources.Snapshot{{Source: sources.Source{Name: "prom"}}} })
	if shown := roomtest.Shows(s, r); !strings.Contains(shown, "not read yet") {
		t.Errorf("it shows\n%s", shown)
	}
}
