package handover

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"firstline/internal/clean"
	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
)

var update = flag.Bool("update", false, "write the golden files anew")

var until = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

func at(hours float64) time.Time { return until.Add(time.Duration(hours * float64(time.Hour))) }

func user(name string) sources.Assignment {
	return sources.Assignment{User: sources.Reference{ID: "P" + name, Name: name}, At: at(-1)}
}

// night returns an eventful shift.
func night(t *testing.T) Shift {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	event := func(hours float64, kind history.Kind, id, text string) history.Event {
		return history.Event{
			At: at(hours), By: "Dana", Person: true, Kind: kind, Text: text, Source: history.FromPagerDuty,
			GroupID: id, Title: map[string]string{"Q1": "HighErrorRate", "Q9": "Disk full"}[id], Service: "checkout",
		}
	}
	byService := func(e history.Event) history.Event {
		e.Person, e.By = false, "checkout"
		return e
	}
	failed := event(-1, history.Escalated, "Q1", "Set its escalation policy to Payments: no answer.")
	failed.Outcome, failed.Source = respond.Failed, history.FromJournal
	begun := event(-0.5, history.Acknowledged, "Q1", "Set it acknowledged: begun, and how it ended was not written down.")
	begun.Outcome, begun.Source = history.Unsettled, history.FromJournal
	silence := sources.Silence{
		ID: "s1", State: "active", EndsAt: at(2), CreatedBy: "kofi@example.com", Comment: "kernel upgrade",
		Matchers: []sources.Matcher{{Name: "alertname", Value: "NodeDown", Equal: true}, {Name: "node", Value: "node-[0-9]+", Regex: true, Equal: true}},
	}
	later := silence
	later.ID, later.EndsAt = "s2", at(48)
	return Shift{
		By: "Dana Okafor", Since: at(-8), Until: until, Begin: "as the schedule Payments says", Location: berlin,
		Groups: []triage.Group{
			{
				ID: "Q1", State: triage.Triggered, Title: "HighErrorRate", Service: "checkout", Severity: "critical", Since: at(-2),
				Incident:    &sources.Incident{ID: "Q1", Number: 1042, URL: "https://example.pagerduty.com/incidents/Q1", Assignments: []sources.Assignment{user("Dana")}},
				Alerts:      []triage.Alert{{Alert: sources.Alert{State: sources.AlertFiring}}, {Alert: sources.Alert{State: sources.AlertFiring}}},
				Flaps:       triage.FlapsFrom,
				EscalatesAt: at(0.1), EscalatesTo: []string{"Jonas"},
			},
			{
				ID: "Q2", State: triage.Acknowledged, Title: "ReplicationLag", Service: "payments-db", Since: at(-30),
				Incident: &sources.Incident{ID: "Q2", Number: 1040, Acknowledgers: []sources.Assignment{user("Ann")}},
				Over:     triage.Over{State: triage.IsOver}, NotFiringSince: at(-3), AckEnds: at(1), Silences: []sources.Silence{silence}, Stale: []string{"prom-eu"},
			},
			{ID: "3f9c21ab", State: triage.Firing, Title: "NewsletterQueueStuck", Service: "newsletter", Severity: "warning", Since: at(-0.3), Unpaged: true, Why: "no route to PagerDuty"},
		},
		Events: []history.Event{
			byService(event(-7, history.Triggered, "Q9", "Triggered.")),
			event(-6.9, history.Acknowledged, "Q9", "Acknowledged by Dana."),
			byService(event(-6, history.Resolved, "Q9", "Resolved by checkout.")),
			byService(event(-2, history.Triggered, "Q1", "Triggered.")),
			event(-1.5, history.Noted, "Q1", "The last deploy is it.\nRolling back.\n\nHighErrorRate\nService: checkout"),
			event(-1.2, history.Noted, "Q1", "Dear Ann, # Shift handover, Sun 22 Nov 2026 22:00 CET\n\nall is well"),
			failed, begun,
		},
		Ticks: []record.Tick{
			{GroupID: "Q1", Text: "Check the deploy", By: "Dana", At: at(-1.8)},
			{GroupID: "Q9", Text: "Remove old logs", By: "Dana", At: at(-6.5)},
		},
		Silences: []sources.Silence{later, silence, silence},
		Services: []sources.Service{{ID: "1", Name: "checkout"}, {ID: "2", Name: "search"}, {ID: "3", Name: "newsletter"}, {ID: "4", Name: "billing"}},
		Missing:  []string{"prom-eu can't be read: no answer"},
	}
}

func TestMarkdown(t *testing.T) {
	for name, shift := range map[string]Shift{
		"night": night(t),
		"quiet": {Since: at(-8), Until: until, Location: time.UTC, Services: []sources.Service{{Name: "search"}}},
	} {
		t.Run(name, func(t *testing.T) {
			golden := filepath.Join("testdata", name+".md")
			got := shift.Markdown()
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant (%s; -update writes it anew)\n%s", got, golden, want)
			}
		})
	}
}

func TestMarkdownIsBounded(t *testing.T) {
	s := Shift{Since: at(-8), Until: until, Location: time.UTC}
	for range 3 * mostOpen {
		s.Groups = append(s.Groups, triage.Group{ID: "Q", Title: strings.Repeat("é", 4000)})
	}
	for i := range 500 {
		id := strings.Repeat("x", 1+i%7)
		s.Events = append(s.Events, history.Event{At: at(-1), Person: true, By: "Ann", Kind: history.Noted, Text: strings.Repeat("word ", 1000), GroupID: id})
		s.Ticks = append(s.Ticks, record.Tick{GroupID: "Q", Text: strings.Repeat("y", 1000)})
		s.Services = append(s.Services, sources.Service{Name: id + strings.Repeat("z", i)})
	}
	got := s.Markdown()
	if most := 400 * 1024; len(got) > most {
		t.Errorf("%d bytes, at most %d are wanted", len(got), most)
	}
	for _, want := range []string{"- and 80 more\n", "more\n", "and 488 more"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the text", want)
		}
	}
	if clean.Text(got) != got {
		t.Error("a character was cut in two")
	}
}

func TestBegin(t *testing.T) {
	on := func(user, schedule string, level int, from, to float64) sources.OnCall {
		return sources.OnCall{User: sources.Reference{ID: user}, Schedule: sources.Reference{Name: schedule}, Level: level, Start: at(from), End: at(to)}
	}
	always := sources.OnCall{User: sources.Reference{ID: "me"}, Level: 1}
	for name, tc := range map[string]struct {
		onCalls  []sources.OnCall
		since    float64
		schedule string
		ok       bool
	}{
		"nobody":                     {},
		"somebody else":              {onCalls: []sources.OnCall{on("other", "a", 1, -8, 1)}},
		"always is no shift":         {onCalls: []sources.OnCall{always}},
		"mine":                       {[]sources.OnCall{on("other", "a", 1, -9, 1), on("me", "b", 1, -8, 1)}, -8, "b", true},
		"the first level counts":     {[]sources.OnCall{on("me", "second", 2, -1, 1), on("me", "first", 1, -8, 1)}, -8, "first", true},
		"the shorter of two":         {[]sources.OnCall{on("me", "week", 1, -100, 1), on("me", "night", 1, -8, 1)}, -8, "night", true},
		"past and to come count not": {onCalls: []sources.OnCall{on("me", "past", 1, -8, -1), on("me", "next", 1, 1, 8)}},
	} {
		t.Run(name, func(t *testing.T) {
			since, schedule, ok := Begin(tc.onCalls, []string{"me"}, until)
			if ok != tc.ok || schedule != tc.schedule || ok && !since.Equal(at(tc.since)) {
				t.Errorf("got %v %q %v", since, schedule, ok)
			}
		})
	}
	if _, _, ok := Begin([]sources.OnCall{{Level: 1, Start: at(-8)}}, nil, until); ok {
		t.Error("a person who is not known has a shift")
	}
}

// FuzzMarkdown: no text from outside forms a line, a heading, a link or a tag,
// or contains an escape sequence.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"x", "# h", "a\n## b", "[l](javascript:1)", "<img src=x>", "\x1b[31mred", "`code`", "\\[x](y)", "**", "\u202e", "![i](u)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, outside string) {
		make := func(text string) string {
			who := sources.Assignment{User: sources.Reference{ID: "P", Name: text}}
			silence := sources.Silence{ID: text, State: "active", EndsAt: at(1), CreatedBy: text, Comment: "c" + text, Matchers: []sources.Matcher{{Name: text, Value: text}}}
			return Shift{
				By: "b" + text, Since: at(-8), Until: until, Location: time.UTC, Begin: "s" + text, Missing: []string{text},
				Groups: []triage.Group{{
					ID: "Q1", Title: text, Service: "s" + text, EscalatesAt: at(1), EscalatesTo: []string{text}, Unpaged: true, Why: "w" + text, Stale: []string{text},
					Incident: &sources.Incident{Assignments: []sources.Assignment{who}}, Silences: []sources.Silence{silence},
				}},
				Events: []history.Event{
					{Kind: history.Triggered, Source: history.FromPagerDuty, Service: "s" + text},
					{Kind: history.Noted, Person: true, GroupID: "Q1", Title: text, Text: "t" + text, By: "b" + text},
					{Kind: history.Other, Outcome: history.Unsettled, GroupID: "Q1", Title: text, Text: text},
				},
				Ticks:    []record.Tick{{GroupID: "Q1", Text: text, By: "b" + text}, {GroupID: "Q2", Text: text}},
				Silences: []sources.Silence{silence},
				Services: []sources.Service{{Name: "quiet" + text}},
			}.Markdown()
		}
		got, plain := make(outside), make("x")
		if clean.Text(got) != got {
			t.Errorf("not clean: %q", got)
		}
		if strings.Count(got, "\n") != strings.Count(plain, "\n") {
			t.Errorf("%q makes or takes lines:\n%s", outside, got)
		}
		bare := strings.NewReplacer(`\\`, "", "\\`", "", `\[`, "", `\]`, "", `\<`, "").Replace(got)
		if strings.ContainsAny(bare, "`[]<\\") {
			t.Errorf("%q makes Markdown:\n%s", outside, got)
		}
	})
}

func TestWhoHasWhatIsOpen(t *testing.T) {
	ann := []sources.Assignment{{User: sources.Reference{Name: "Ann"}}}
	none := []sources.Assignment{}
	for _, c := range []struct {
		incident sources.Incident
		want     string
	}{
		{sources.Incident{Status: sources.Triggered, Assignments: ann}, "**nobody has acknowledged it**, assigned to Ann"},
		{sources.Incident{Status: sources.Triggered, Assignments: none}, "**nobody has acknowledged it**, assigned to nobody"},
		{sources.Incident{Status: sources.Triggered}, "**nobody has acknowledged it**, assigned to whom is unknown, because PagerDuty did not say"},
		{sources.Incident{Status: sources.Acknowledged, Acknowledgers: ann}, "acknowledged by Ann"},
		{sources.Incident{Status: sources.Acknowledged, Acknowledgers: none, Assignments: ann}, "acknowledged, by whom is unknown, because PagerDuty did not say"},
		{sources.Incident{Status: sources.Acknowledged}, "acknowledged, by whom is unknown, because PagerDuty did not say"},
		{sources.Incident{Assignments: []sources.Assignment{{}}}, "**nobody has acknowledged it**, assigned to no user"},
		{sources.Incident{Assignments: []sources.Assignment{{User: sources.Reference{ID: "P", Deleted: true}}}}, "**nobody has acknowledged it**, assigned to a deleted user"},
	} {
		if got := whoHas(triage.Group{Incident: &c.incident}); got != c.want {
			t.Errorf("%+v: %q, want %q", c.incident, got, c.want)
		}
	}
}

// TestWhetherItIsClosed: a group is closed where it was resolved, or where all that is open
// was read of its account.
func TestWhetherItIsClosed(t *testing.T) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	const unknown = "(whether it is open is not known)"
	for what, test := range map[string]struct {
		kind    history.Kind
		outcome respond.Outcome
		open    bool
		away    []string
		want    string
	}{
		"all was read":                      {history.Acknowledged, respond.Done, false, nil, "(closed)"},
		"not all was read":                  {history.Acknowledged, respond.Done, true, nil, unknown},
		"not all was read, but resolved":    {history.Resolved, "", true, nil, "(closed)"},
		"not all was read, resolve refused": {history.Resolved, respond.Failed, true, nil, unknown},
		"its account is not read":           {history.Acknowledged, respond.Done, false, []string{"Q1"}, unknown},
		"another account is not read":       {history.Acknowledged, respond.Done, false, []string{"Q2"}, "(closed)"},
		"resolved, and not read any more":   {history.Resolved, respond.Done, false, []string{"Q1"}, "(closed)"},
	} {
		events := []history.Event{{At: at, Person: true, By: "Ann", Kind: history.Acknowledged, Outcome: respond.Done, Text: "Acknowledged", GroupID: "Q1", Title: "Disk"}}
		events = append(events, history.Event{At: at, Person: true, By: "Ann", Kind: test.kind, Outcome: test.outcome, Text: "x", GroupID: "Q1", Title: "Disk"})
		text := Shift{Since: at.Add(-time.Hour), Until: at.Add(time.Hour), Location: time.UTC, OpenUnknown: test.open, Elsewhere: test.away, Events: events}.Markdown()
		if !strings.Contains(text, "**Disk** "+test.want) {
			t.Errorf("%s: %q is not in\n%s", what, test.want, text)
		}
	}
}
