package handover

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/history"
	"firstline/internal/triage"
	"firstline/sources"
)

// The text says that nothing is open, was done or was loud only when that was
// read.
func TestAbsenceIsClaimedOnlyWhenRead(t *testing.T) {
	note := []history.Event{{At: at(-1), By: "Dana", Person: true, Kind: history.Noted, Text: "look at the disk", GroupID: "Q1"}}
	group := []triage.Group{{ID: "Q1", Title: "Disk full"}}
	for _, tt := range []struct {
		name  string
		shift Shift
		says  []string
		not   []string // texts that must be absent
	}{
		{"all is known", Shift{}, []string{"## Open (0)\n\nNothing.", "Nothing by anybody.", "quiet: search"}, nil},
		{"not all that is open", Shift{OpenUnknown: true}, []string{"## Open (0, perhaps more)\n\nNothing that is known.", "Nothing by anybody."}, []string{"quiet:"}},
		{"not all that is open, and something is", Shift{OpenUnknown: true, Groups: group}, []string{"## Open (1, perhaps more)", "Disk full"}, []string{"quiet:"}},
		{"not all that was done", Shift{DoneUnknown: true}, []string{"## Open (0)\n\nNothing.", "Nothing that is known."}, []string{"Nothing by anybody", "quiet:"}},
		{"not all that was done, and a note", Shift{DoneUnknown: true, Events: note}, []string{"Nothing that is known but the notes below.", "look at the disk"}, []string{"quiet:"}},
		{"a note", Shift{Events: note}, []string{"Nothing but the notes below.", "quiet: search"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tt.shift
			s.Since, s.Until, s.Location, s.Services = at(-8), until, time.UTC, []sources.Service{{ID: "2", Name: "search"}}
			text := s.Markdown()
			for _, want := range tt.says {
				if !strings.Contains(text, want) {
					t.Errorf("want %q in\n%s", want, text)
				}
			}
			for _, bad := range tt.not {
				if strings.Contains(text, bad) {
					t.Errorf("%q is said in\n%s", bad, text)
				}
			}
		})
	}
}

// For what PagerDuty should have done by now, the text says that it was due.
func TestWhatWasDue(t *testing.T) {
	for _, tt := range []struct {
		hours float64
		ack   bool
		want  string
	}{
		{0.1, false, "escalates at 06:06 to Ben"},
		{-0.1, false, "the escalation to Ben was due 05:54"},
		{0.1, true, "the acknowledgement ends at 06:06"},
		{-0.1, true, "the end of the acknowledgement was due 05:54"},
	} {
		g := triage.Group{ID: "Q1", Title: "Disk full", EscalatesAt: at(tt.hours), EscalatesTo: []string{"Ben"}}
		if tt.ack {
			g = triage.Group{ID: "Q1", Title: "Disk full", AckEnds: at(tt.hours)}
		}
		text := Shift{Since: at(-8), Until: until, Location: time.UTC, Groups: []triage.Group{g}}.Markdown()
		if !strings.Contains(text, tt.want) {
			t.Errorf("want %q in\n%s", tt.want, text)
		}
	}
}
