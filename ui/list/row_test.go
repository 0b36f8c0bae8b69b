package list_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/list"
	"firstline/ui/room"
)

func clockUTC(t time.Time) string { return t.UTC().Format("15:04") }

func TestNotesOfRows(t *testing.T) {
	firing := []triage.Alert{{Alert: sources.Alert{State: sources.AlertFiring}}, {Alert: sources.Alert{State: sources.AlertFiring}}}
	ann := []sources.Assignment{{User: sources.Reference{ID: "PANN", Name: "Ann"}}}
	silenced := []triage.Alert{{Alert: sources.Alert{State: sources.AlertSilenced}}, {Alert: sources.Alert{State: sources.AlertSilenced}}}
	silence := []sources.Silence{{EndsAt: noon.Add(time.Hour), CreatedBy: "ann@example.com"}}
	untold := &sources.Incident{}
	none, first := &sources.Incident{Assignments: ann}, &sources.Incident{Assignments: ann, Alerts: []sources.IncidentAlert{{ID: "A1"}}}
	for _, c := range []struct {
		name  string
		group triage.Group
		want  []string // the fullest first
	}{
		{"paged and firing", triage.Group{State: triage.Triggered, Alerts: firing}, []string{"2 firing"}},
		{"paged, nothing known", triage.Group{State: triage.Triggered}, []string{"paged"}},
		{"no longer firing", triage.Group{State: triage.Triggered, Over: triage.Over{State: triage.IsOver}}, []string{"paged, no longer firing", "not firing"}},
		{
			"no longer firing since",
			triage.Group{State: triage.Triggered, Over: triage.Over{State: triage.IsOver}, NotFiringSince: noon},
			[]string{"paged, no longer firing since 12:00", "not firing since 12:00", "not firing"},
		},
		{
			"flapping",
			triage.Group{State: triage.Triggered, Flaps: 5, Alerts: firing},
			[]string{"2 firing, flaps 5×/h", "flaps 5×/h"},
		},
		{
			"acked and flapping",
			triage.Group{State: triage.Acknowledged, Flaps: 12, Alerts: firing},
			[]string{"acked, 2 firing, flaps 12×/h", "acked, flaps 12×/h", "acked"},
		},
		{"acked", triage.Group{State: triage.Acknowledged, Alerts: firing}, []string{"acked, 2 firing", "acked"}},
		{"acked, not firing", triage.Group{State: triage.Acknowledged, Over: triage.Over{State: triage.IsOver}}, []string{"acked, no longer firing", "acked, not firing", "ack not firing"}},
		{"acked until", triage.Group{State: triage.Acknowledged, Alerts: firing, AckEnds: noon.Add(time.Hour)}, []string{"acked until 13:00, 2 firing", "acked until 13:00", "acked to 13:00"}},
		{"snoozed", triage.Group{State: triage.Acknowledged, Alerts: firing, AckEnds: noon.Add(time.Hour), Snoozed: true}, []string{"snoozed until 13:00, 2 firing", "snoozed until 13:00", "snoozed 13:00"}},
		{"snoozed, over", triage.Group{State: triage.Acknowledged, AckEnds: noon.Add(time.Hour), Snoozed: true, Over: triage.Over{State: triage.IsOver}, NotFiringSince: noon}, []string{"snoozed until 13:00, no longer firing since 12:00", "snoozed until 13:00, not firing", "acked, not firing", "ack not firing"}},
		{"nobody paged", triage.Group{State: triage.Firing, Unpaged: true, Alerts: firing}, []string{"2 firing, nobody paged", "nobody paged"}},
		{
			"nobody paged, and why",
			triage.Group{State: triage.Firing, Unpaged: true, Why: "no route to PagerDuty\x1b[31m", Alerts: firing},
			[]string{"2 firing, nobody paged: no route to PagerDuty", "nobody paged: no route to PagerDuty", "unpaged: no route to PagerDuty", "nobody paged"},
		},
		{"pending", triage.Group{State: triage.Pending, Unpaged: true}, []string{"pending"}},
		{"silenced", triage.Group{State: triage.Silenced, Unpaged: true}, []string{"silenced"}},
		{
			"silenced by two",
			triage.Group{State: triage.Silenced, Silences: []sources.Silence{{EndsAt: noon, CreatedBy: "ben"}, {EndsAt: noon.Add(time.Hour), CreatedBy: "ann@example.com"}}},
			[]string{"silenced until 13:00 by ann", "silenced until 13:00", "silenced 13:00"},
		},
		{
			"inhibited",
			triage.Group{State: triage.Silenced, Unpaged: true, InhibitedBy: []string{"NodeDown"}},
			[]string{"inhibited by NodeDown", "inhibited"},
		},
		{
			"inhibited, says Alertmanager",
			triage.Group{State: triage.Firing, Unpaged: true, Why: "inhibited"},
			[]string{"inhibited"},
		},
		{
			"several alerts in Prometheus",
			triage.Group{State: triage.Triggered, Incident: none, Alerts: []triage.Alert{{Alert: sources.Alert{State: sources.AlertFiring}, Originals: []map[string]string{{"pod": "a"}, {"pod": "b"}}}}},
			[]string{"1 firing, 2 alerts in Prometheus", "1 firing"},
		},
		{"resolved", triage.Group{State: triage.Resolved}, []string{"resolved"}},
		{"alerts not read", triage.Group{State: triage.Triggered, Incident: none, AlertsUnread: true}, []string{"paged, alerts not read yet", "alerts not read yet", "not read yet"}},
		{"so many not read", triage.Group{State: triage.Triggered, Incident: none, AlertsUnread: true, UnreadCount: 3}, []string{"paged, 3 alerts not read yet", "3 alerts not read yet", "not read yet"}},
		{"more not read", triage.Group{State: triage.Triggered, Incident: first, AlertsUnread: true, UnreadCount: 2, Alerts: firing}, []string{"2 firing, 2 more alerts not read yet", "2 firing"}},
		{"acked, not read", triage.Group{State: triage.Acknowledged, Incident: none, AlertsUnread: true, UnreadCount: 1}, []string{"acked, 1 alert not read yet", "acked"}},
		{
			"acked and firing, more not read",
			triage.Group{State: triage.Acknowledged, Incident: first, AlertsUnread: true, Alerts: firing},
			[]string{"acked, 2 firing, more alerts not read yet", "acked, 2 firing", "acked"},
		},
		{
			"not known if paged",
			triage.Group{State: triage.Firing, Alerts: firing, NotifiedUnknown: triage.NotifiedUnknown{Cause: triage.AlertsUnread, Incidents: 12}},
			[]string{"2 firing, not known if paged: the alerts of 12 incidents are not read yet", "2 firing, not known if paged", "2 firing, paged: unknown", "2 firing"},
		},
		{
			"not known if paged, PagerDuty fails",
			triage.Group{State: triage.Firing, Alerts: firing, NotifiedUnknown: triage.NotifiedUnknown{Cause: triage.PagerDutyFails, Source: "pd\x1b[31m", Missing: "does not answer"}},
			[]string{"2 firing, not known if paged: pd does not answer", "2 firing, not known if paged", "2 firing, paged: unknown", "2 firing"},
		},
		{"who has it is not told", triage.Group{State: triage.Triggered, Incident: untold}, []string{"paged: unknown"}},
		{"who has it is not told, firing", triage.Group{State: triage.Triggered, Incident: untold, Alerts: firing}, []string{"2 firing"}},
		{"who has it is not told, over", triage.Group{State: triage.Triggered, Incident: untold, Over: triage.Over{State: triage.IsOver}}, []string{"paged: unknown, no longer firing", "not firing"}},
		{"who has it is not told, unread", triage.Group{State: triage.Triggered, Incident: untold, AlertsUnread: true}, []string{"paged: unknown, alerts not read yet", "alerts not read yet", "not read yet"}},
		{
			"who has it is not told, firing unknown",
			triage.Group{State: triage.Triggered, Incident: untold, SentNames: []string{"X"}, Over: triage.Over{State: triage.OverUnknown, Because: "p does not answer"}},
			[]string{"paged: unknown, firing unknown: p does not answer", "paged: unknown, firing unknown", "firing unknown", "?"},
		},
		{"an incident whose alerts are silenced", triage.Group{State: triage.Triggered, Incident: none, Alerts: silenced, Silences: silence}, []string{"silenced until 13:00", "silenced 13:00"}},
		{"so, acknowledged", triage.Group{State: triage.Acknowledged, Incident: none, Alerts: silenced, Silences: silence}, []string{"acked, silenced until 13:00", "acked"}},
		{"so, one of them fires", triage.Group{State: triage.Triggered, Incident: none, Alerts: append(slices.Clone(firing[:1]), silenced...), Silences: silence}, []string{"1 firing"}},
		{"so, who has it is not told", triage.Group{State: triage.Triggered, Incident: untold, Alerts: silenced, Silences: silence}, []string{"silenced until 13:00", "silenced 13:00"}},
		{"so, until is not known", triage.Group{State: triage.Triggered, Incident: none, Alerts: silenced}, []string{"silenced"}},
		{"inhibited alerts of an incident", triage.Group{State: triage.Triggered, Incident: none, Alerts: silenced, InhibitedBy: []string{"NodeDown"}}, []string{"inhibited by NodeDown", "inhibited"}},
		{"no PagerDuty", triage.Group{State: triage.Firing, Alerts: firing, NotifiedUnknown: triage.NotifiedUnknown{Cause: triage.NoPagerDuty}}, []string{"2 firing"}},
		{"pending, not known if paged", triage.Group{State: triage.Pending, NotifiedUnknown: triage.NotifiedUnknown{Cause: triage.IncidentsReading, Source: "pd"}}, []string{"pending"}},
	} {
		all, _ := list.NotesOf(c.group, noon, clockUTC)
		got := slices.DeleteFunc(all[:], func(n string) bool { return n == "" })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if short, c := all[3], list.ColumnsFor(62, list.Wants{}); utf8.RuneCountInString(short) > c.Note {
			t.Errorf("%q does not fit the narrow column of %d", short, c.Note)
		}
	}
}

// What still needs somebody is not green, and an escalation that is near is as loud as
// that nobody was paged.
func TestRolesOfNotes(t *testing.T) {
	over := triage.Over{State: triage.IsOver}
	for _, c := range []struct {
		name string
		g    triage.Group
		want draw.Role
	}{
		{"triggered, over", triage.Group{State: triage.Triggered, Over: over}, draw.Plain},
		{"acknowledged, over", triage.Group{State: triage.Acknowledged, Over: over}, draw.Good},
		{"nobody paged", triage.Group{State: triage.Firing, Unpaged: true}, draw.Warning},
	} {
		if _, got := list.NotesOf(c.g, noon, clockUTC); got != c.want {
			t.Errorf("%s: role %d, want %d", c.name, got, c.want)
		}
	}
	for _, size := range [][2]int{{60, 20}, {80, 24}, {120, 30}, {200, 50}} {
		for _, c := range []struct {
			in   time.Duration
			loud bool
		}{{4 * time.Minute, true}, {20 * time.Minute, false}, {-time.Minute, true}} {
			h := newHarness(t, size[0], size[1], func(o *list.Options) { o.Initial = storySources()[:1] })
			h.Theme = draw.NewTheme(draw.Colors{Dark: true})
			d := pagerDutyData(noon)
			first, second := incident(1), incident(2)
			first.Assignments = []sources.Assignment{{User: userReference(ann)}}
			second.Assignments = first.Assignments
			second.Pending = []sources.PendingAction{{Type: "escalate", At: noon.Add(c.in)}}
			d.Incidents = []sources.Incident{first, second}
			h.send(snapshotsMsg{list: []sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon, Data: d}}})
			warning := string(h.Theme.Of(draw.Warning))
			if got := strings.Contains(strings.Join(h.list.View(true, false), "\n"), warning); got != c.loud {
				t.Errorf("at %v an escalation in %s is loud: %v:\n%s", size, c.in, got, h.screen())
			}
		}
	}
}

func TestSeverityColumn(t *testing.T) {
	priority := &sources.Incident{AlertsRead: true, Priority: &sources.Priority{Name: "P2"}}
	grave := &sources.Incident{AlertsRead: true, Priority: &sources.Priority{Name: "Critical"}}
	loading := &sources.Incident{Priority: &sources.Priority{Name: "P1"}}
	read, unread := &sources.Incident{AlertsRead: true}, &sources.Incident{}
	closed := &sources.Incident{Status: sources.Resolved}
	for _, c := range []struct {
		group triage.Group
		want  string
	}{
		{triage.Group{Severity: triage.Critical, Urgency: "low", Incident: read}, "CRIT"},
		{triage.Group{Severity: triage.Warning, Incident: unread, AlertsUnread: true}, "WARN"},
		{triage.Group{SeverityText: "gold", Incident: read}, "gold"},
		{triage.Group{Urgency: "high", Incident: unread, AlertsUnread: true}, "…"},
		{triage.Group{Urgency: "low", Incident: unread}, "…"},
		{triage.Group{Urgency: "high", Incident: closed}, "–"},
		{triage.Group{Urgency: "high", Incident: read}, "–"},
		{triage.Group{Urgency: "low", Incident: read}, "–"},
		{triage.Group{SeverityText: "\x1b[2J", Incident: read}, "–"},
		{triage.Group{Urgency: "high", Incident: priority}, "–"},
		{triage.Group{Urgency: "high", Incident: grave}, "–"},
		{triage.Group{Urgency: "high", Incident: loading}, "…"},
		{triage.Group{Urgency: "high"}, "–"},
		{triage.Group{Incident: read}, "–"},
		{triage.Group{}, "–"},
	} {
		if got, _ := room.SeverityWord(c.group); got != c.want {
			t.Errorf("%+v: %q, want %q", c.group, got, c.want)
		}
	}
}

// Whoever is alone with an incident sees at each width that nobody follows, why
// as far as there is room, and how many alerts fire.
func TestNotesOfThoseWhoAreAloneWithIt(t *testing.T) {
	s := newHarness(t, 120, 30, nil).list
	for _, c := range []struct {
		width, firing int
		end           escalation.EndKind
		want          string
	}{
		{200, 1, escalation.LowUrgency, "1 firing, low urgency: nobody follows"},
		{200, 12, escalation.Direct, "12 firing, assigned directly: nobody follows"},
		{118, 1, escalation.LowUrgency, "1 firing, nobody follows"},
		{118, 345, escalation.Direct, "345 firing, nobody follows"},
		{88, 12, escalation.Direct, "12 firing, nobody follows"},
		{88, 0, escalation.Direct, "paged, nobody follows"},
		{78, 1, escalation.LowUrgency, "1 firing, low"},
		{78, 12, escalation.LowUrgency, "12 firing, low"},
		{78, 123, escalation.LowUrgency, "123 firing low"},
		{78, 1, escalation.Direct, "1 firing, only Ann"},
		{78, 12, escalation.Direct, "12 firing only Ann"},
		{78, 123, escalation.Direct, "none follows   Ann"},
		{78, 0, escalation.Direct, "paged, only    Ann"},
		{78, 0, escalation.LowUrgency, "paged, low     Ann"},
		{58, 1, escalation.LowUrgency, "1 firing, low  Ann"},
		{58, 2, escalation.Direct, "2 firing, only Ann"},
		{58, 1234, escalation.LowUrgency, "low urgency    Ann"},
	} {
		in := &sources.Incident{AlertsRead: true, Assignments: []sources.Assignment{{User: sources.Reference{ID: "U", Name: "Ann Lee"}}}}
		f := &escalation.Forecast{End: escalation.End{Kind: c.end}}
		g := triage.Group{State: triage.Triggered, Incident: in, Escalation: f, Title: "x"}
		for range c.firing {
			g.Alerts = append(g.Alerts, triage.Alert{Alert: sources.Alert{State: sources.AlertFiring}})
		}
		r := list.NewRow(g, triage.Shared{}, nil, noon, clockUTC)
		if line := ansi.Strip(s.DrawRow(list.RowKey{Row: r, Width: c.width})); !strings.Contains(line, " "+c.want) {
			t.Errorf("%d firing, %s at %d: %q, want %q", c.firing, c.end, c.width, line, c.want)
		}
	}
}

// A priority is in the row as what it is, where the title has room.
func TestPriorityInTheRow(t *testing.T) {
	s := newHarness(t, 120, 30, nil).list
	for _, c := range []struct {
		name  string
		width int
		want  string // how the row goes on after the service; empty: no priority
	}{
		{"P1", 200, "P1 · DB replication lag"},
		{"P1", 118, "P1 · DB replication lag"},
		{"P1", 78, "P1 · DB replication"},
		{"P1", 58, ""},
		{"P12", 118, "P12 · DB"},
		{"SEV-1", 200, "priority SEV-1 · DB"},
		{"SEV-1", 78, ""},
		{"Critical", 118, "priority Critical · DB"},
		{"high", 118, "priority high · DB"},
		{"P", 118, "priority P · DB"},
		{"", 118, ""},
		{"P1\x1b[2J", 118, "P1 · DB"},
	} {
		in := &sources.Incident{AlertsRead: true, Priority: &sources.Priority{Name: c.name}}
		r := list.NewRow(triage.Group{Incident: in, Title: "DB replication lag", Service: "payments", Urgency: "high"}, triage.Shared{}, nil, noon, clockUTC)
		line := ansi.Strip(s.DrawRow(list.RowKey{Row: r, Age: "1h", Width: c.width}))
		if got := ansi.StringWidth(line); got != c.width {
			t.Errorf("%s at %d: %d cells wide", c.name, c.width, got)
		}
		if !strings.HasPrefix(line, "  –   ") || strings.Contains(line, "HIGH") {
			t.Errorf("%s at %d: no severity is told: %q", c.name, c.width, line)
		}
		if c.want == "" && strings.Contains(line, "·") || !strings.Contains(line, c.want) {
			t.Errorf("%s at %d: %q, want %q", c.name, c.width, line, c.want)
		}
	}
}

func TestTheFullestNoteThatFitsIsShown(t *testing.T) {
	s := newHarness(t, 120, 30, nil).list
	escalates := list.Row{Notes: list.Notes("2 firing"), Next: "escalates"}
	acked := list.Row{Notes: list.Notes("acked until 10:20, 2 firing", "acked until 10:20", "acked to 10:20"), Next: "ends"}
	unpaged := list.Row{Notes: list.Notes("1 firing, nobody paged: not at Alertmanager", "1 firing, nobody paged", "nobody paged")}
	for _, c := range []struct {
		row  list.Row
		left string
		near bool
		room int
		want string
	}{
		{escalates, "14m", false, 26, "2 firing, escalates in 14m"},
		{escalates, "14m", false, 12, "2 firing"},
		{escalates, "4m", true, 12, "escalates 4m"},
		{escalates, "", false, 26, "2 firing"},
		{acked, "12m", false, 44, "acked until 10:20, 2 firing"},
		{acked, "12m", false, 26, "acked until 10:20"},
		{acked, "2m", true, 14, "acked to 10:20"},
		{acked, "was due 10:20", true, 44, "acked, 2 firing, end was due 10:20"},
		{acked, "was due 10:20", true, 26, "acked, end was due 10:20"},
		{acked, "was due 10:20", true, 14, "due 10:20"},
		{unpaged, "", false, 44, "1 firing, nobody paged: not at Alertmanager"},
		{unpaged, "", false, 26, "1 firing, nobody paged"},
		{unpaged, "", false, 12, "nobody paged"},
	} {
		if got := s.NoteFor(c.row, c.left, c.near, c.room); got != c.want {
			t.Errorf("%q with %s in %d cells: %q, want %q", c.row.Notes, c.left, c.room, got, c.want)
		}
	}
}

func TestWhoHasIt(t *testing.T) {
	at := func(users ...sources.User) []sources.Assignment {
		out := []sources.Assignment{}
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
		{"nobody", sources.Incident{Assignments: at()}, false, "nobody"},
		{"not told", sources.Incident{}, false, "?"},
		{"not told, by a policy", sources.Incident{Policy: sources.Reference{ID: "P1"}}, false, "?"},
		{"acked, by whom is not told", sources.Incident{Status: sources.Acknowledged, Assignments: at()}, false, "?"},
		{"resolved", sources.Incident{Status: sources.Resolved}, false, "–"},
		{"unnamed", sources.Incident{Assignments: []sources.Assignment{{User: sources.Reference{Type: "user_reference"}}}}, false, "unnamed user"},
		{"deleted", sources.Incident{Assignments: []sources.Assignment{{User: sources.Reference{ID: "P1", Deleted: true}}}}, false, "deleted user"},
		{"deleted, with a name", sources.Incident{Assignments: []sources.Assignment{{User: sources.Reference{Name: "Ann Lee", Deleted: true}}}}, false, "Ann Lee (deleted)"},
		{"of whom only the id is told", sources.Incident{Assignments: []sources.Assignment{{User: sources.Reference{ID: "P1"}}}}, false, "unnamed user"},
		{"of whom nothing is told", sources.Incident{Assignments: []sources.Assignment{{}}}, false, "no user"},
		{"nobody, by a deleted policy", sources.Incident{Assignments: at(), Policy: sources.Reference{ID: "P1", Deleted: true}}, false, "nobody"},
		{"a name that steers the terminal", sources.Incident{Assignments: []sources.Assignment{{User: sources.Reference{Name: "\x1b[31m"}}}}, false, ""},
	} {
		if got := list.WhoHasIt(c.incident, c.mine, dana.ID); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for who, want := range map[string]string{"Ben Ortiz +1": "Ben +1", "Ben Ortiz": "Ben", "you +2": "you", "–": "–", "": "", "deleted user +1": "deleted +1", "Ann Lee (deleted)": "Ann"} {
		if got := list.FirstName(who); got != want {
			t.Errorf("%q became %q, want %q", who, got, want)
		}
	}
}

func TestRowsAreAsWideAsTheList(t *testing.T) {
	s := newHarness(t, 120, 30, nil).list
	r := list.Row{ID: "x", Severity: "CRIT", Title: "宽字符 title of a group", Service: "a-rather-long-service", Notes: list.Notes("2 firing"), Who: "Ann Okafor"}
	for width := 58; width <= 220; width++ {
		for _, selected := range []bool{false, true} {
			line := s.DrawRow(list.RowKey{Row: r, Age: "999d", Cursor: selected, Mark: selected, Width: width})
			if got := s.Method.StringWidth(line); got != width {
				t.Fatalf("a row for %d cells is %d wide: %q", width, got, line)
			}
		}
	}
}

// In the narrowest list a row says when its snooze, acknowledgement or silence ends,
// whatever the day: by the hour within a day, else by the day.
func TestTheNarrowestNoteSaysWhenItEnds(t *testing.T) {
	pen := draw.Pen{Location: time.UTC}
	clock := func(at time.Time) string { return pen.Clock(at, noon) }
	for hours := 1; hours < 400; hours += 5 {
		end := noon.Add(time.Duration(hours) * time.Hour)
		want := end.Format("15:04")
		switch {
		case hours >= 6*24:
			want = end.Format("2 Jan")
		case hours >= 24:
			want = end.Format("Mon")
		}
		silence := sources.Silence{EndsAt: end, CreatedBy: "ann@example.com"}
		for word, g := range map[string]triage.Group{
			"snoozed":  {State: triage.Acknowledged, AckEnds: end, Snoozed: true},
			"acked to": {State: triage.Acknowledged, AckEnds: end},
			"silenced": {State: triage.Silenced, Silences: []sources.Silence{silence}},
		} {
			if hours >= 6*24 {
				word = strings.TrimSuffix(word, " to") // it does not fit
			}
			notes, _ := list.NotesOf(g, noon, clock)
			text := word + " " + want
			if utf8.RuneCountInString(text) > list.NarrowNote && hours >= 6*24 {
				text = word // two digits of a day have no room beside it
			}
			if got := notes[3]; got != text || utf8.RuneCountInString(got) > list.NarrowNote {
				t.Errorf("in %d hours: %q, want %q", hours, got, text)
			}
		}
	}
}
