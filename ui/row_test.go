package ui

import (
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

func clockUTC(t time.Time) string { return t.UTC().Format("15:04") }

func TestShortTitle(t *testing.T) {
	for title, want := range map[string]string{
		"[FIRING:3] HighErrorRate checkout": "HighErrorRate checkout",
		"[FIRING] HighErrorRate":            "HighErrorRate",
		"[RESOLVED] Disk full":              "Disk full",
		"[FIRING:3]":                        "[FIRING:3]",
		"[FIRING:x] odd":                    "[FIRING:x] odd",
		"[EU] checkout":                     "[EU] checkout",
		"plain":                             "plain",
	} {
		if got := shortTitle(title); got != want {
			t.Errorf("%q became %q, want %q", title, got, want)
		}
	}
}

func TestNotesOfRows(t *testing.T) {
	firing := []triage.Alert{{Alert: sources.Alert{State: sources.AlertFiring}}, {Alert: sources.Alert{State: sources.AlertFiring}}}
	for _, c := range []struct {
		name        string
		group       triage.Group
		long, short string
	}{
		{"paged and firing", triage.Group{State: triage.Triggered, Alerts: firing}, "2 firing", "2 firing"},
		{"paged, nothing known", triage.Group{State: triage.Triggered}, "paged", "paged"},
		{"no longer firing", triage.Group{State: triage.Triggered, NoLongerFiring: true}, "paged, no longer firing", "not firing"},
		{"acked", triage.Group{State: triage.Acknowledged, Alerts: firing}, "acked, 2 firing", "acked"},
		{"acked, quiet", triage.Group{State: triage.Acknowledged, NoLongerFiring: true}, "acked, no longer firing", "acked, quiet"},
		{"nobody paged", triage.Group{State: triage.Firing, Unpaged: true, Alerts: firing}, "2 firing, nobody paged", "nobody paged"},
		{"pending", triage.Group{State: triage.Pending, Unpaged: true}, "pending, nobody paged", "pending"},
		{"silenced", triage.Group{State: triage.Silenced, Unpaged: true}, "silenced", "silenced"},
		{
			"silenced by two",
			triage.Group{State: triage.Silenced, Silences: []sources.Silence{{EndsAt: noon}, {EndsAt: noon.Add(time.Hour)}}},
			"silenced until 13:00", "silent 13:00",
		},
		{"inhibited", triage.Group{State: triage.Firing, Unpaged: true, Why: "inhibited"}, "inhibited, nobody paged", "inhibited"},
		{"resolved", triage.Group{State: triage.Resolved}, "resolved", "resolved"},
	} {
		long, short, _ := noteOf(c.group, clockUTC)
		if long != c.long || short != c.short {
			t.Errorf("%s: %q and %q, want %q and %q", c.name, long, short, c.long, c.short)
		}
		if c := columnsFor(62); len(short) > c.note {
			t.Errorf("%q does not fit the narrow column of %d", short, c.note)
		}
		if c := columnsFor(88); len(long) > c.note {
			t.Errorf("%q does not fit the wide column of %d", long, c.note)
		}
	}
}

func TestWhoHasIt(t *testing.T) {
	at := func(users ...sources.User) []sources.Assignment {
		var out []sources.Assignment
		for _, u := range users {
			out = append(out, sources.Assignment{User: userReference(u)})
		}
		return out
	}
	for _, c := range []struct {
		name     string
		incident sources.Incident
		mine     bool
		want     string
	}{
		{"assigned", sources.Incident{Assignments: at(ann)}, false, "Ann Okafor"},
		{"mine", sources.Incident{Assignments: at(ann, dana)}, true, "you +1"},
		{"acked by another although assigned to me", sources.Incident{Assignments: at(dana), Acknowledgers: at(ben)}, true, "Ben Ortiz"},
		{"acked by me", sources.Incident{Assignments: at(dana), Acknowledgers: at(dana)}, true, "you"},
		{"nobody", sources.Incident{}, false, "nobody"},
	} {
		if got := whoHasIt(c.incident, c.mine, dana.ID); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for who, want := range map[string]string{"Ben Ortiz +1": "Ben +1", "Ben Ortiz": "Ben", "you +2": "you", "–": "–"} {
		if got := firstName(who); got != want {
			t.Errorf("%q became %q, want %q", who, got, want)
		}
	}
}

func TestRowsAreAsWideAsTheList(t *testing.T) {
	s := newHarness(t, 120, 30, nil).m.shared
	r := row{id: "x", severity: "CRIT", title: "宽字符 title of a group", service: "a-rather-long-service", note: "2 firing", short: "2 firing", who: "Ann Okafor"}
	for width := 58; width <= 220; width++ {
		for _, selected := range []bool{false, true} {
			line := s.drawRow(rowKey{row: r, age: "999d", cursor: selected, mark: selected, width: width})
			if got := s.method.StringWidth(line); got != width {
				t.Fatalf("a row for %d cells is %d wide: %q", width, got, line)
			}
		}
	}
}

func TestAges(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 42 * time.Second: "42s", 90 * time.Second: "1m", 59*time.Minute + 59*time.Second: "59m",
		time.Hour: "1h", 47 * time.Hour: "47h", 49 * time.Hour: "2d", 24 * 4000 * time.Hour: "999d",
	} {
		if got := age(d); got != want || len(got) > 4 {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if got := sourceAge(76 * time.Second); got != "76s" {
		t.Errorf("76 s of a source is %q", got)
	}
}
